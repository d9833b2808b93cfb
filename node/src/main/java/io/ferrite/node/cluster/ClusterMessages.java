package io.ferrite.node.cluster;

import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.LockPlan;
import io.ferrite.node.Node;

/**
 * PUBLISH and SPUBLISH in a cluster: messages reach the listeners of every node, or of every node
 * of the shard, by the bus and not by the leader's stream.
 */
public final class ClusterMessages {

    private final Node node;

    private ClusterMessages(Node node) {
        this.node = node;
    }

    /** Gives commands of a single server the meaning that they have in a cluster. */
    public static void choose(CommandTable.Builder table, Node node) {
        ClusterMessages c = new ClusterMessages(node);
        table.rebind("PUBLISH", LockPlan.NONE, c::publish)
                .rebind("SPUBLISH", LockPlan.NONE, c::publishShard);
    }

    private void publishShard(ExecutionUnit unit) {
        HeapBudget.requireText((long) unit.arg(1).length() + unit.arg(2).length());
        byte[] channel = unit.arg(1).toBytes();
        byte[] message = unit.arg(2).toBytes();
        int receivers = unit.engine().pubSub().publishShard(channel, message);
        node.cluster().publish(true, channel, message);
        unit.reply().integer(receivers);
    }

    private void publish(ExecutionUnit unit) {
        HeapBudget.requireText((long) unit.arg(1).length() + unit.arg(2).length());
        byte[] channel = unit.arg(1).toBytes();
        byte[] message = unit.arg(2).toBytes();
        int receivers = unit.engine().pubSub().publish(channel, message);
        node.cluster().publish(false, channel, message);
        unit.reply().integer(receivers);
    }
}
