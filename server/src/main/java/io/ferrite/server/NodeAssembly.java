package io.ferrite.server;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.EffectSink;
import io.ferrite.engine.Families;
import io.ferrite.memory.Slab;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.store.Keyspace;
import io.ferrite.store.KeyspaceSettings;

/** Puts a node together from its settings. */
final class NodeAssembly {

    private NodeAssembly() {}

    static Node assemble(Environment environment, Settings settings) {
        int tables = 16;
        while (tables < 4 * environment.loops() && tables < 64) {
            tables <<= 1;
        }
        Keyspace keyspace = new Keyspace(KeyspaceSettings.ofStrings(settings.getInt(ServerOptions.DATABASES), tables, slabs(tables)));
        CommandLog log = new CommandLog(new Slab(), settings.get(ReplicationOptions.REPL_BACKLOG_SIZE));
        CommandTable.Builder table = CommandTable.builder(CommandCatalog.load());
        Families.register(table);
        return new Node(environment, keyspace, table.build(), new LogSink(log), Slab::new);
    }

    private static Slab[] slabs(int count) {
        Slab[] slabs = new Slab[count];
        for (int i = 0; i < count; i++) {
            slabs[i] = new Slab();
        }
        return slabs;
    }

    /** The log as the engine sees it. */
    private record LogSink(CommandLog log) implements EffectSink {
        @Override
        public boolean active() {
            return log.isActive();
        }

        @Override
        public long append(int database, long address, int length, int databaseAfter) {
            return log.append(database, address, length, databaseAfter);
        }
    }
}
