package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.bus.Endpoint;

/**
 * What is known of one node. Immutable.
 *
 * @param id forty characters; made up while the node is in handshake
 * @param shardId of the master and the replicas that hold the same data
 * @param flags {@link NodeFlags}
 * @param hostName empty for none
 * @param nodeName for people; empty for none
 * @param configEpoch of the slots that it serves
 * @param masterId whom it follows; null for a master, and for a replica whose master is not known
 * @param slots that it serves
 */
public record ClusterNode(
        String id,
        String shardId,
        int flags,
        Endpoint endpoint,
        String hostName,
        String nodeName,
        long configEpoch,
        String masterId,
        SlotSet slots) {

    /** One of which only the id is known. */
    static ClusterNode of(String id, String shardId, int flags) {
        return new ClusterNode(id, shardId, flags, Endpoint.NONE, "", "", 0, null, SlotSet.EMPTY);
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    public boolean isMaster() {
        return has(NodeFlags.MASTER);
    }

    public boolean isReplica() {
        return has(NodeFlags.REPLICA);
    }

    public boolean hasFailed() {
        return has(NodeFlags.FAIL);
    }

    /** It does not answer, us at least. */
    public boolean isSuspect() {
        return has(NodeFlags.FAIL | NodeFlags.PFAIL);
    }

    public boolean isInHandshake() {
        return has(NodeFlags.HANDSHAKE);
    }

    /** Has a say in elections. */
    public boolean votes() {
        return isMaster() && !slots.isEmpty();
    }

    ClusterNode withFlags(int set, int cleared) {
        int next = flags & ~cleared | set;
        return next == flags
                ? this
                : new ClusterNode(
                        id,
                        shardId,
                        next,
                        endpoint,
                        hostName,
                        nodeName,
                        configEpoch,
                        masterId,
                        slots);
    }

    ClusterNode withId(String other, String shard) {
        return new ClusterNode(
                other, shard, flags, endpoint, hostName, nodeName, configEpoch, masterId, slots);
    }

    ClusterNode withShard(String other) {
        return new ClusterNode(
                id, other, flags, endpoint, hostName, nodeName, configEpoch, masterId, slots);
    }

    ClusterNode withEndpoint(Endpoint other) {
        return new ClusterNode(
                id, shardId, flags, other, hostName, nodeName, configEpoch, masterId, slots);
    }

    ClusterNode withNames(String host, String node) {
        return new ClusterNode(
                id, shardId, flags, endpoint, host, node, configEpoch, masterId, slots);
    }

    ClusterNode withEpoch(long epoch) {
        return new ClusterNode(
                id, shardId, flags, endpoint, hostName, nodeName, epoch, masterId, slots);
    }

    ClusterNode withMaster(String master) {
        return new ClusterNode(
                id, shardId, flags, endpoint, hostName, nodeName, configEpoch, master, slots);
    }

    ClusterNode withSlots(SlotSet other) {
        return new ClusterNode(
                id, shardId, flags, endpoint, hostName, nodeName, configEpoch, masterId, other);
    }
}
