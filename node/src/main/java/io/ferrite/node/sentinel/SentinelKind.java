package io.ferrite.node.sentinel;

import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.node.Node;
import io.ferrite.node.NodeKind;
import io.ferrite.spec.CommandFlag;
import io.ferrite.spec.CommandSpec;
import java.util.function.Supplier;

/** A node that is a Sentinel: few commands, some of which do something else than a server's. */
public final class SentinelKind implements NodeKind {

    private final Supplier<SentinelService> service;

    /**
     * @param service asked when a command runs, not before
     */
    public SentinelKind(Supplier<SentinelService> service) {
        this.service = service;
    }

    @Override
    public void choose(CommandTable.Builder table, Node node) {
        table.keepOnly(this::knows);
        SentinelCommands commands = new SentinelCommands(service);
        SentinelOrders orders = new SentinelOrders(service);
        commands.register(table);
        orders.register(table);
        table.rebind("INFO", LockPlan.NONE, commands::info)
                .rebind("ROLE", LockPlan.NONE, commands::role)
                .rebind("PUBLISH", LockPlan.NONE, this::publish);
    }

    /** PUBLISH: how other Sentinels send their hellos straight here. */
    private void publish(ExecutionUnit unit) {
        SentinelCommands.publish(service.get(), unit);
    }

    @Override
    public boolean knows(CommandSpec spec) {
        return spec.is(CommandFlag.SENTINEL) || spec.name().equals("quit");
    }

    @Override
    public String mode() {
        return "sentinel";
    }

    @Override
    public boolean isSentinel() {
        return true;
    }
}
