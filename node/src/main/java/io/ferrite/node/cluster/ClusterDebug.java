package io.ferrite.node.cluster;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.node.Node;

/** The parts of DEBUG that break a node's talk with others, for tests. */
public final class ClusterDebug {

    private ClusterDebug() {}

    /** DEBUG DROP-CLUSTER-PACKET-FILTER kind: messages of this kind are not heard; -1 for none. */
    public static void dropPackets(Node node, ExecutionUnit unit) {
        long kind = Numbers.integer(unit.arg(2));
        ClusterCommands.requireCluster(node);
        node.cluster().drop((int) kind);
        unit.reply().ok();
    }

    /** DEBUG CLUSTERLINK KILL to|from|all id. */
    public static void killLink(Node node, ExecutionUnit unit) {
        ClusterCommands.requireCluster(node);
        if (unit.argc() != 5 || !unit.arg(2).isWord("KILL")) {
            throw CommandError.SYNTAX;
        }
        String id = unit.arg(4).toString();
        if (node.cluster().view().node(id) == null) {
            throw CommandError.of("ERR Unknown node " + id);
        }
        boolean all = unit.arg(3).isWord("ALL");
        boolean to = all || unit.arg(3).isWord("TO");
        boolean from = all || unit.arg(3).isWord("FROM");
        if (!to && !from) {
            throw CommandError.SYNTAX;
        }
        node.cluster().killLinks(id, to, from);
        unit.reply().ok();
    }
}
