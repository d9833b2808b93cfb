package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.BusHeader;
import io.ferrite.coordination.cluster.bus.BusMessage;

/**
 * How a master votes: once in an epoch, for a replica of a master that has failed, and not for the
 * same master again within twice the timeout. The vote is on disk before it is sent.
 */
final class Ballot {

    private final ClusterCore core;
    private final Courier courier;

    Ballot(ClusterCore core, Courier courier) {
        this.core = core;
        this.courier = courier;
    }

    /** A replica asks for this node's vote. */
    void asked(ClusterNode sender, BusHeader header) {
        if (!core.self().votes()) {
            return;
        }
        String refusal = refusal(sender, header);
        if (refusal != null) {
            core.note(
                    Level.WARNING,
                    "Failover auth denied to " + ClusterCore.named(sender) + ": " + refusal);
            return;
        }
        long epoch = core.view.currentEpoch();
        core.view = core.view.withVote(epoch);
        core.peer(sender.masterId()).votedMs = core.nowMs();
        core.due(ClusterCore.SAVE | ClusterCore.DURABLE);
        core.send(core.peer(sender).link, new BusMessage.AuthAck(courier.header()));
        core.note(
                Level.NOTICE,
                "Failover auth granted to " + ClusterCore.named(sender) + " for epoch " + epoch);
    }

    /** Null to vote for it. */
    private String refusal(ClusterNode sender, BusHeader header) {
        long epoch = core.view.currentEpoch();
        if (header.currentEpoch() < epoch) {
            return "reqEpoch (" + header.currentEpoch() + ") < curEpoch(" + epoch + ")";
        }
        if (!core.rules().mayVote(core.view.lastVoteEpoch(), epoch)) {
            return "already voted for epoch " + epoch;
        }
        if (sender.isMaster()) {
            return "it is a master node";
        }
        ClusterNode master = core.view.node(sender.masterId());
        if (master == null) {
            return "I don't know its master";
        }
        if (!master.hasFailed() && !header.has(BusHeader.FORCE_ACK)) {
            return "its master is up";
        }
        Peer peer = core.peer(master);
        long pause = 2 * core.settings().nodeTimeoutMs();
        long since = core.nowMs() - peer.votedMs;
        if (peer.votedMs != 0 && since < pause) {
            return "can't vote about this master before " + (pause - since) + " milliseconds";
        }
        for (int slot = header.slots().next(0); slot >= 0; slot = header.slots().next(slot + 1)) {
            if (core.view.isUnclaimed(slot)) {
                continue;
            }
            long owned = core.view.owner(slot).configEpoch();
            if (core.rules().prevails(owned, header.configEpoch())) {
                return "slot "
                        + slot
                        + " epoch ("
                        + owned
                        + ") > reqEpoch ("
                        + header.configEpoch()
                        + ")";
            }
        }
        return null;
    }
}
