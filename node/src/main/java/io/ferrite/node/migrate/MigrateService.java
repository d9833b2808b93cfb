package io.ferrite.node.migrate;

import io.ferrite.engine.ByteKey;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.store.Database;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The command MIGRATE, and what all of its moves share. */
public final class MigrateService {

    private final Node node;
    private final MigrateLinks links;
    private final KeyGuard guard;

    public MigrateService(Node node) {
        this.node = node;
        this.links = new MigrateLinks(node);
        this.guard = new KeyGuard(node.state(), node.pause());
    }

    public static void register(CommandTable.Builder table, Supplier<MigrateService> service) {
        table.bind("MIGRATE", unit -> service.get().migrate(unit));
    }

    Node node() {
        return node;
    }

    public MigrateLinks links() {
        return links;
    }

    /** The keys that are on their way now. */
    public KeyGuard guard() {
        return guard;
    }

    private void migrate(ExecutionUnit unit) {
        MigrateOptions options = MigrateOptions.parse(unit);
        Set<ByteKey> present = new LinkedHashSet<>();
        for (ByteKey key : options.keys()) {
            if (unit.findRead(unit.slice(key)) != Database.NONE) {
                present.add(key);
            }
        }
        if (present.isEmpty()) {
            unit.reply().status("NOKEY");
            return;
        }
        if (!unit.mayBlock()) {
            throw CommandError.of("ERR MIGRATE cannot wait inside a transaction or a script");
        }
        if (!guard.add(unit.databaseIndex(), options.keys())) {
            throw CommandError.of("TRYAGAIN A key is on its way to another server already");
        }
        Dispatcher dispatcher = (Dispatcher) unit.attachment();
        new Migration(this, unit, dispatcher, options, present).begin(unit);
    }

    void ended(int database, List<ByteKey> keys, boolean heldAll) {
        guard.remove(database, keys, heldAll);
    }
}
