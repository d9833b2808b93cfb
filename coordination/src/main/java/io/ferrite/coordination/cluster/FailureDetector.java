package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.BusMessage;

/**
 * Who does not answer, and who has failed.
 *
 * <pre>
 *   fine ──no answer for the timeout──▶ PFAIL ──majority of masters reports it──▶ FAIL, told to all
 *     ▲                                   │                                         │
 *     └──────────── an answer ────────────┘                                         │
 *     └── an answer of a replica, or of a master without slots, or of one whose ────┘
 *         slots nobody has taken for twice the timeout
 * </pre>
 *
 * Reports are valid for twice the timeout.
 */
final class FailureDetector {

    private static final int REPORT_VALID_TIMEOUTS = 2;
    private static final int UNDO_TIMEOUTS = 2;

    private final ClusterCore core;
    private final Courier courier;

    FailureDetector(ClusterCore core, Courier courier) {
        this.core = core;
        this.courier = courier;
    }

    private long reportValidMs() {
        return core.settings().nodeTimeoutMs() * REPORT_VALID_TIMEOUTS;
    }

    int reports(Peer peer) {
        return peer.reports(core.nowMs(), reportValidMs());
    }

    boolean isReported(Peer peer) {
        return peer.hasReports() && reports(peer) > 0;
    }

    /** A master says that a node fails, or that it does not. */
    void reported(ClusterNode node, ClusterNode by, boolean fails) {
        Peer peer = core.peer(node);
        if (fails) {
            if (peer.report(by.id(), core.nowMs())) {
                noteReport(node, by, " as not reachable.");
            }
            judge(node.id());
        } else if (peer.withdraw(by.id())) {
            reports(peer);
            noteReport(node, by, " is back online.");
        }
    }

    private void noteReport(ClusterNode node, ClusterNode by, String what) {
        core.note(
                Level.VERBOSE,
                "Node "
                        + ClusterCore.named(by)
                        + " reported node "
                        + ClusterCore.named(node)
                        + what);
    }

    /** A node has not answered for the timeout. */
    void suspect(ClusterNode node) {
        if (node.isSuspect()) {
            return;
        }
        core.setFlags(node.id(), NodeFlags.PFAIL, 0);
        core.due(ClusterCore.HEALTH);
        if (core.self().isMaster() && core.view.size() == 1) {
            judge(node.id()); // there is nobody else to say so
        } else {
            core.note(Level.DEBUG, "*** NODE " + node.id() + " possibly failing");
        }
    }

    /** Has a node failed, by what is reported of it? */
    private void judge(String id) {
        ClusterNode node = core.view.node(id);
        if (!node.has(NodeFlags.PFAIL) || node.hasFailed()) {
            return;
        }
        int say = reports(core.peer(node)) + (core.self().isMaster() ? 1 : 0);
        if (say < core.view.quorum()) {
            return;
        }
        core.note(
                Level.NOTICE,
                "Marking node " + ClusterCore.named(node) + " as failing (quorum reached).");
        fail(node);
        core.broadcast(new BusMessage.Fail(courier.header(), id));
    }

    private void fail(ClusterNode node) {
        core.setFlags(node.id(), NodeFlags.FAIL, NodeFlags.PFAIL);
        core.peer(node).failedMs = core.nowMs();
        core.due(ClusterCore.HEALTH | ClusterCore.SAVE | ClusterCore.ELECTION);
    }

    /** A FAIL: the majority has been reached elsewhere. */
    void told(ClusterNode sender, BusMessage.Fail m) {
        if (sender == null) {
            core.note(
                    Level.NOTICE,
                    "Ignoring FAIL message from unknown node "
                            + m.header().sender()
                            + " about "
                            + m.failed());
            return;
        }
        ClusterNode node = core.view.node(m.failed());
        if (node != null && !node.has(NodeFlags.FAIL | NodeFlags.MYSELF)) {
            core.note(
                    Level.NOTICE,
                    "FAIL message received from "
                            + ClusterCore.named(sender)
                            + " about "
                            + ClusterCore.named(node));
            fail(node);
        }
    }

    /** A node has answered a ping of ours. */
    void answered(Peer peer) {
        peer.pongReceivedMs = core.nowMs();
        peer.pingSentMs = 0;
        ClusterNode node = core.view.node(peer.id);
        if (node.has(NodeFlags.PFAIL)) {
            core.setFlags(node.id(), 0, NodeFlags.PFAIL);
            core.due(ClusterCore.SAVE | ClusterCore.HEALTH);
        } else if (node.hasFailed()) {
            forgive(node, peer);
        }
    }

    private void forgive(ClusterNode node, Peer peer) {
        String why;
        if (node.isReplica() || node.slots().isEmpty()) {
            why =
                    "):"
                            + (node.isReplica() ? "replica" : "master without slots")
                            + " is reachable again.";
        } else if (core.nowMs() - peer.failedMs > core.settings().nodeTimeoutMs() * UNDO_TIMEOUTS) {
            why = "): is reachable again and nobody is serving its slots after some time.";
        } else {
            return;
        }
        core.note(
                Level.NOTICE,
                "Clear FAIL state for node " + node.id() + " (" + node.nodeName() + why);
        core.setFlags(node.id(), 0, NodeFlags.FAIL);
        core.due(ClusterCore.SAVE | ClusterCore.HEALTH);
    }
}
