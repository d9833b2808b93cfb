package io.ferrite.node;

import io.ferrite.engine.CommandTable;
import io.ferrite.node.acl.AclCommands;
import io.ferrite.node.cluster.ClusterCommands;
import io.ferrite.node.command.ClientCommands;
import io.ferrite.node.command.ConfigCommands;
import io.ferrite.node.command.ConnectionState;
import io.ferrite.node.command.DebugCommands;
import io.ferrite.node.command.DumpCommands;
import io.ferrite.node.command.InfoCommands;
import io.ferrite.node.command.MemoryCommands;
import io.ferrite.node.command.ModuleCommands;
import io.ferrite.node.command.ProcessCommands;
import io.ferrite.node.command.SmallCommands;
import io.ferrite.node.hot.HotKeyCommands;
import io.ferrite.node.migrate.MigrateService;
import io.ferrite.node.persistence.RdbLoader;
import io.ferrite.node.persistence.SaveCommands;
import io.ferrite.node.persistence.aof.AofCommands;
import io.ferrite.node.replication.ReplicationCommands;
import io.ferrite.node.script.EvalCommands;
import io.ferrite.node.script.FunctionCommands;
import io.ferrite.node.script.ScriptCommands;
import io.ferrite.node.slots.SlotMoveCommands;

/** The commands that need the node around the engine: the one list of their families. */
final class NodeCommands {

    private NodeCommands() {}

    static void register(CommandTable.Builder table, Node node) {
        AclCommands.register(table, node);
        AofCommands.register(table, node);
        ClientCommands.register(table, node);
        ClusterCommands.register(table, node);
        ConfigCommands.register(table, node);
        ConnectionState.register(table, node);
        DebugCommands.register(table, node);
        DumpCommands.register(
                table,
                node::skipsChecksums,
                failure -> RdbLoader.reportPayload(node.log(), failure));
        HotKeyCommands.register(table, node, node::hotKeys);
        InfoCommands.register(table, node);
        MemoryCommands.register(table, node);
        ModuleCommands.register(table, node);
        MigrateService.register(table, node::migrate);
        ProcessCommands.register(table, node);
        ReplicationCommands.register(table, node, node::replication);
        SaveCommands.register(table, node);
        SlotMoveCommands.register(table, node);
        SmallCommands.register(table, node);
        EvalCommands.register(table, node, node::scripting);
        FunctionCommands.register(table, node, node::scripting);
        ScriptCommands.register(table, node::scripting);
    }
}
