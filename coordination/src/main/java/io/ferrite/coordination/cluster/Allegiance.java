package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import java.util.HashMap;
import java.util.Map;

/** Whom this node follows, and when it follows somebody else. */
final class Allegiance {

    /**
     * A master must be bare for so long before a replica moves to it: its own may be on the way.
     */
    private static final long BARE_MS = 5000;

    private static final String CHANGED =
            "Configuration change detected. Reconfiguring myself as a replica of ";

    private final ClusterCore core;
    private final HandOver handOver;

    Allegiance(ClusterCore core, HandOver handOver) {
        this.core = core;
        this.handOver = handOver;
    }

    /** This node follows a master from now on, and serves nothing by itself. */
    void follow(String masterId) {
        ClusterNode self = core.self();
        core.assign(self.slots(), null);
        if (self.isMaster()) {
            core.setFlags(self.id(), NodeFlags.REPLICA, NodeFlags.MASTER | NodeFlags.MIGRATE_TO);
            core.view = core.view.withoutMoves();
        }
        core.follow(self.id(), masterId);
        ClusterNode master = core.view.node(masterId);
        core.setShard(core.self(), master.shardId());
        core.effect(new ClusterEffect.Follow(master.endpoint().ip(), master.endpoint().port()));
        handOver.reset();
    }

    /** Follows a master because the configuration says so now. */
    void followChanged(String masterId) {
        core.note(Level.NOTICE, CHANGED + ClusterCore.named(core.view.node(masterId)));
        follow(masterId);
        core.due(ClusterCore.SAVE | ClusterCore.HEALTH | ClusterCore.DURABLE);
    }

    /**
     * Somebody has claimed slots. Who has none left follows the one who has them; who has some left
     * gives up the keys of the others.
     *
     * @param fromMine how many were this node's, or its master's
     * @param claimed how many the claimant has in all
     * @param mine this node's master before, itself if it was one; null if that was not known
     * @param dirty those that were this node's and hold keys
     */
    void afterLoss(String claimant, int fromMine, int claimed, ClusterNode mine, SlotSet dirty) {
        ClusterNode self = core.self();
        ClusterNode left = mine == null ? null : core.view.node(mine.id());
        if (fromMine > 0
                && left != null
                && left.slots().isEmpty()
                && (core.settings().replicaMigration() || claimed == fromMine)) {
            followChanged(claimant);
            return;
        }
        ClusterNode master = core.view.node(self.masterId());
        ClusterNode grandmaster = master == null ? null : core.view.node(master.masterId());
        if (grandmaster != null && !core.isSelf(grandmaster)) {
            core.note(
                    Level.NOTICE,
                    "I'm a sub-replica! Reconfiguring myself as a replica of grandmaster "
                            + ClusterCore.named(grandmaster));
            follow(grandmaster.id());
            core.due(ClusterCore.SAVE | ClusterCore.HEALTH | ClusterCore.DURABLE);
        } else if (!dirty.isEmpty()) {
            core.effect(new ClusterEffect.DeleteKeys(dirty));
        }
    }

    // --- moving to a bare master -----------------------------------------------------------------

    /** Replicas that work, by master's id; for those that have any. */
    Map<String, Integer> workingReplicas() {
        Map<String, Integer> working = new HashMap<>();
        for (ClusterNode node : core.view.nodes()) {
            if (node.masterId() != null && !node.hasFailed()) {
                working.merge(node.masterId(), 1, Integer::sum);
            }
        }
        return working;
    }

    /**
     * A replica of one of the masters that have most moves to a master that serves slots, had
     * replicas, and has none that works. Of all who could, the one with the smallest id does.
     */
    void considerMigration() {
        ClusterNode self = core.self();
        if (!self.isReplica() || !core.settings().replicaMigration()) {
            return;
        }
        Map<String, Integer> working = workingReplicas();
        int most = 0;
        boolean bare = false;
        for (ClusterNode node : core.view.nodes()) {
            if (!node.isMaster()
                    || node.hasFailed()
                    || node.has(NodeFlags.NOADDR | NodeFlags.HANDSHAKE)) {
                continue;
            }
            int replicas = working.getOrDefault(node.id(), 0);
            bare |= replicas == 0 && isDeserving(node);
            most = Math.max(most, replicas);
        }
        int mine = working.getOrDefault(self.masterId(), 0);
        if (bare && most >= 2 && mine == most) {
            migrate(working, most);
        }
    }

    private static boolean isDeserving(ClusterNode master) {
        return !master.slots().isEmpty() && master.has(NodeFlags.MIGRATE_TO);
    }

    private void migrate(Map<String, Integer> working, int most) {
        ClusterNode self = core.self();
        if (!core.view.isOk() || core.view.node(self.masterId()) == null || !canBeSpared(self)) {
            return;
        }
        ClusterNode target = null;
        String candidate = self.id();
        for (ClusterNode node : core.view.nodes()) {
            int replicas = node.isMaster() ? working.getOrDefault(node.id(), 0) : 0;
            Peer peer = core.peer(node);
            if (node.isMaster()
                    && !node.hasFailed()
                    && node.has(NodeFlags.MIGRATE_TO)
                    && replicas == 0) {
                target = target == null && !node.slots().isEmpty() ? node : target;
                peer.bareSinceMs = peer.bareSinceMs == 0 ? core.nowMs() : peer.bareSinceMs;
            } else {
                peer.bareSinceMs = 0;
            }
            ClusterNode master = core.view.node(node.masterId());
            if (master != null
                    && master.isMaster()
                    && working.getOrDefault(master.id(), 0) == most
                    && node.id().compareTo(candidate) < 0) {
                candidate = node.id();
            }
        }
        if (target != null
                && candidate.equals(self.id())
                && core.nowMs() - core.peer(target).bareSinceMs > BARE_MS) {
            core.note(Level.NOTICE, "Migrating to orphaned master " + target.id());
            follow(target.id());
            core.due(ClusterCore.SAVE | ClusterCore.HEALTH);
        }
    }

    /** Whether enough others stay with its master. */
    private boolean canBeSpared(ClusterNode self) {
        int fine = 0;
        for (ClusterNode node : core.view.nodes()) {
            fine += self.masterId().equals(node.masterId()) && !node.isSuspect() ? 1 : 0;
        }
        return fine > core.settings().migrationBarrier();
    }
}
