package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;

/**
 * Whether the cluster serves, in this node's view: a majority of masters must be heard, and where
 * full coverage is asked for every slot must have an owner that has not failed.
 *
 * <p>A master that comes back, from a restart or from a minority, does not serve at once: somebody
 * may have taken over from it, and needs a moment to say so.
 */
final class Health {

    private static final long AFTER_START_MS = 2000;
    private static final long REJOIN_SHORTEST_MS = 500;
    private static final long REJOIN_LONGEST_MS = 5000;

    /** Pings are sent by ticks: with a timeout below that everybody would be silent in between. */
    private static final long SILENCE_SHORTEST_MS = 2 * ClusterMachine.TICK_MS;

    private final ClusterCore core;

    /** When it was looked at first; -1 before. */
    private long firstMs = -1;

    /** When this node last was with a minority. */
    private long minorityMs = Long.MIN_VALUE / 2;

    Health(ClusterCore core) {
        this.core = core;
    }

    void update() {
        firstMs = firstMs < 0 ? core.nowMs() : firstMs;
        boolean master = core.self().isMaster();
        boolean before = core.view.isOk();
        if (master && !before && core.nowMs() - firstMs < AFTER_START_MS) {
            return;
        }
        boolean majority = hasMajority();
        if (!majority) {
            minorityMs = core.nowMs();
        }
        boolean ok = majority && (!core.settings().fullCoverage() || isCovered());
        if (ok == before) {
            return;
        }
        long rejoin =
                Math.clamp(core.settings().nodeTimeoutMs(), REJOIN_SHORTEST_MS, REJOIN_LONGEST_MS);
        if (ok && master && core.nowMs() - minorityMs < rejoin) {
            return;
        }
        core.view = core.view.withOk(ok);
        core.note(
                ok ? Level.NOTICE : Level.WARNING,
                "Cluster state changed: " + (ok ? "ok" : "fail"));
    }

    private boolean hasMajority() {
        int voters = 0;
        int reachable = 0;
        for (ClusterNode node : core.view.nodes()) {
            if (node.votes()) {
                voters++;
                reachable += node.isSuspect() || isSilent(node) ? 0 : 1;
            }
        }
        return core.rules().isMajority(reachable, voters);
    }

    /**
     * Whether nothing was heard of a node, by itself or others, for the timeout. It need not be
     * suspected by then: the ping that it does not answer is younger. But the majority may be about
     * to replace this node.
     */
    private boolean isSilent(ClusterNode node) {
        if (core.isSelf(node)) {
            return false;
        }
        Peer peer = core.peer(node);
        ClusterSettings settings = core.settings();
        long longest =
                Math.max(
                        Math.max(settings.nodeTimeoutMs(), SILENCE_SHORTEST_MS),
                        settings.longestPingPause() + settings.nodeTimeoutMs() / 2);
        // In a large cluster most are heard of through others, and pinged the less for it.
        long lastMs = Math.max(peer.heardMs, peer.pongReceivedMs);
        return core.nowMs() - Math.max(lastMs, peer.createdMs) > longest;
    }

    private boolean isCovered() {
        int served = 0;
        for (ClusterNode node : core.view.nodes()) {
            served += node.hasFailed() ? 0 : node.slots().size();
        }
        return served == SlotSet.SLOTS;
    }
}
