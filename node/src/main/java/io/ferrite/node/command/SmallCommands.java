package io.ferrite.node.command;

import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.node.Node;

/** TIME and LOLWUT. */
public final class SmallCommands {

    private final Node node;

    private SmallCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        SmallCommands commands = new SmallCommands(node);
        table.bind("TIME", LockPlan.NONE, commands::time)
                .bind("LOLWUT", LockPlan.NONE, LolwutCommand::lolwut);
    }

    /** TIME: seconds and microseconds. In a transaction or script it stands still. */
    private void time(ExecutionUnit unit) {
        long micros = unit.isNested() ? unit.nowMs() * 1000 : node.environment().nowMicros();
        unit.reply().array(2);
        unit.reply().bulkNumber(micros / 1_000_000);
        unit.reply().bulkNumber(micros % 1_000_000);
    }
}
