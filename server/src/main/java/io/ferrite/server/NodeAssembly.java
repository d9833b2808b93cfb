package io.ferrite.server;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.engine.Families;
import io.ferrite.memory.Slab;
import io.ferrite.memory.SlabGroup;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.NodeKind;
import io.ferrite.node.NodeParts;
import io.ferrite.node.ProcessFacts;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.Log;
import io.ferrite.store.Keyspace;
import io.ferrite.store.KeyspaceSettings;
import io.ferrite.store.value.Values;

/** Puts a node together from its settings. */
final class NodeAssembly {

    /** Enough that a few event loops seldom meet, few enough that an idle server stays small. */
    private static final int TABLES_MIN = 16;

    private static final int TABLES_MAX = 64;

    private NodeAssembly() {}

    static Node assemble(
            Environment environment,
            ProcessFacts process,
            Settings settings,
            ConfigService config,
            Log log,
            NodeKind kind) {
        int stripes = TABLES_MIN;
        while (stripes < 4 * environment.loops() && stripes < TABLES_MAX) {
            stripes <<= 1;
        }
        Settings.Listener pages =
                now -> SlabGroup.preferHugePages(now.get(ServerOptions.HUGE_PAGES));
        pages.apply(settings);
        settings.onChange(pages, ServerOptions.HUGE_PAGES);
        SlabGroup memory = new SlabGroup();
        Slab[] slabs = new Slab[stripes];
        for (int i = 0; i < stripes; i++) {
            slabs[i] = memory.newSlab();
        }
        boolean cluster = settings.get(ClusterOptions.CLUSTER_ENABLED);
        Keyspace keyspace =
                new Keyspace(
                        new KeyspaceSettings(
                                settings.getInt(
                                        cluster
                                                ? ClusterOptions.CLUSTER_DATABASES
                                                : ServerOptions.DATABASES),
                                cluster ? HashSlot.COUNT : stripes,
                                cluster,
                                slabs,
                                Values.operations(),
                                environment.nanos()));
        CommandLog commandLog =
                new CommandLog(
                        memory.newSlab(), settings.get(ReplicationOptions.REPL_BACKLOG_SIZE));
        NodeParts parts =
                new NodeParts(
                        environment, process, settings, config, log, memory, keyspace, commandLog);
        return new Node(parts, kind, Families::register);
    }
}
