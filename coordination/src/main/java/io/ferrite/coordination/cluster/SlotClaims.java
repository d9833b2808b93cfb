package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.BusHeader;
import io.ferrite.coordination.cluster.bus.BusMessage;
import java.util.List;

/**
 * Who serves which slot, when claims differ: the one with the greater configuration epoch.
 *
 * <p>Epochs are given by elections, one to a winner, so that two claims never have the same; except
 * where one was taken without an election (a slot was imported, a takeover). Then the one of the
 * two with the smaller id takes another.
 */
final class SlotClaims {

    private final ClusterCore core;
    private final Courier courier;
    private final Allegiance allegiance;

    SlotClaims(ClusterCore core, Courier courier, Allegiance allegiance) {
        this.core = core;
        this.courier = courier;
        this.allegiance = allegiance;
    }

    /** What a member's message says of its role and slots. */
    void read(BusLink link, String senderId, BusHeader header) {
        if (core.rules().isOutdated(header.currentEpoch(), core.view.node(senderId).configEpoch())
                || isOfACandidate(core.view.node(senderId), header)) {
            return;
        }
        readRole(core.view.node(senderId), header);
        ClusterNode sender = core.view.node(senderId);
        ClusterNode serving = sender.isMaster() ? sender : core.view.node(sender.masterId());
        boolean differs = serving != null && !serving.slots().equals(header.slots());
        if (differs && sender.isMaster()) {
            merge(sender, header.configEpoch(), header.slots());
        }
        if (differs) {
            correct(core.view.node(senderId), header);
        }
        collide(core.view.node(senderId), header.configEpoch());
    }

    /**
     * Whether a node that leads since lately said this while it still asked for votes: it came over
     * the other one of two connections, and is overtaken. The epoch does not tell, as that is the
     * one it asked in.
     */
    private boolean isOfACandidate(ClusterNode sender, BusHeader header) {
        return sender.isMaster()
                && header.masterId() != null
                && header.currentEpoch() == sender.configEpoch()
                && header.configEpoch() < sender.configEpoch()
                && core.nowMs() - core.peer(sender).leadsSinceMs < core.settings().nodeTimeoutMs();
    }

    private void readRole(ClusterNode sender, BusHeader header) {
        if (header.masterId() == null) {
            core.becomeMaster(sender.id());
            return;
        }
        if (sender.isMaster()) {
            concede(header);
            core.assign(core.view.node(sender.id()).slots(), null);
            core.setFlags(sender.id(), NodeFlags.REPLICA, NodeFlags.MASTER | NodeFlags.MIGRATE_TO);
            ClusterNode follower = core.view.node(sender.id());
            if (header.configEpoch() > follower.configEpoch()) {
                core.put(follower.withEpoch(header.configEpoch()));
            }
            core.due(ClusterCore.SAVE | ClusterCore.HEALTH);
        }
        ClusterNode master = core.view.node(header.masterId());
        if (master != null && !master.id().equals(sender.masterId())) {
            core.follow(sender.id(), master.id());
            core.setShard(core.view.node(sender.id()), master.shardId());
            core.due(ClusterCore.SAVE);
        }
    }

    /**
     * A master follows another one from now on, and tells what that one serves. Its slots are not
     * nobody's until the new master itself is heard: who counts fewer masters than there are takes
     * fewer votes for a majority.
     */
    private void concede(BusHeader header) {
        if (!core.view.selfId().equals(header.masterId())) {
            learn(header.masterId(), header.configEpoch(), header.slots());
        }
    }

    /** An UPDATE: somebody knows better than we what a node serves. */
    void update(BusMessage.Update m) {
        learn(m.owner(), m.configEpoch(), m.slots());
    }

    /** Another node than the owner says what it serves. */
    private void learn(String ownerId, long epoch, SlotSet slots) {
        ClusterNode owner = core.view.node(ownerId);
        if (owner == null || owner.configEpoch() >= epoch) {
            return;
        }
        core.becomeMaster(owner.id());
        core.put(core.view.node(owner.id()).withEpoch(epoch));
        core.due(ClusterCore.SAVE | ClusterCore.DURABLE);
        merge(core.view.node(owner.id()), epoch, slots);
    }

    /** A node claims slots in an epoch. */
    private void merge(ClusterNode claimant, long epoch, SlotSet claimed) {
        if (core.isSelf(claimant)) {
            core.note(Level.NOTICE, "Discarding UPDATE message about myself.");
            return;
        }
        ClusterView before = core.view;
        ClusterNode mine = core.myMaster();
        // What it claims no more stays its own until somebody else claims it: a client that is sent
        // to it is sent on, while nobody's slot is an error. But nobody is told of it any more.
        SlotSet given = claimant.slots().minus(claimed);
        core.view =
                before.withUnclaimed(
                        before.unclaimed().minus(claimant.slots().and(claimed)).plus(given));
        SlotSet taken = taken(claimant, epoch, claimed);
        if (!taken.isEmpty()) {
            SlotSet dirty = SlotSet.EMPTY;
            for (int slot = taken.next(0); slot >= 0; slot = taken.next(slot + 1)) {
                if (before.selfId().equals(before.ownerId(slot))
                        && core.context().keysIn(slot) > 0) {
                    dirty = dirty.with(slot);
                }
            }
            int fromMine = mine == null ? 0 : taken.and(mine.slots()).size();
            core.assign(taken, claimant.id());
            for (int slot : List.copyOf(core.view.importing().keySet())) {
                if (taken.contains(slot)) {
                    core.view = core.view.importing(slot, claimant.id());
                }
            }
            core.due(ClusterCore.SAVE | ClusterCore.HEALTH | ClusterCore.DURABLE);
            allegiance.afterLoss(claimant.id(), fromMine, claimed.size(), mine, dirty);
        } else {
            allegiance.afterLoss(claimant.id(), 0, claimed.size(), mine, SlotSet.EMPTY);
        }
    }

    private SlotSet taken(ClusterNode claimant, long epoch, SlotSet claimed) {
        SlotSet others = claimed.minus(claimant.slots());
        SlotSet taken = others;
        for (int slot = others.next(0); slot >= 0; slot = others.next(slot + 1)) {
            ClusterNode owner = core.view.owner(slot);
            boolean wins =
                    core.view.isUnclaimed(slot)
                            || core.rules().prevails(epoch, owner.configEpoch());
            // What is on its way here changes hands by an order only, or by its source's failover.
            String source = core.view.importing().get(slot);
            if (!wins || source != null && !succeeds(claimant, source)) {
                taken = taken.without(slot);
            }
        }
        return taken;
    }

    /** Whether a master leads the shard that another node led. */
    private boolean succeeds(ClusterNode claimant, String formerId) {
        ClusterNode former = core.view.node(formerId);
        return former != null
                && (claimant.id().equals(former.masterId())
                        || !former.shardId().isEmpty()
                                && former.shardId().equals(claimant.shardId()));
    }

    /** Tells a node that claims what somebody else has in a greater epoch. */
    private void correct(ClusterNode sender, BusHeader header) {
        SlotSet claimed = header.slots().minus(sender.slots());
        for (int slot = claimed.next(0); slot >= 0; slot = claimed.next(slot + 1)) {
            ClusterNode owner = core.view.owner(slot);
            if (!core.view.isUnclaimed(slot) && owner.configEpoch() > header.configEpoch()) {
                core.note(
                        Level.VERBOSE,
                        "Node "
                                + sender.id()
                                + " has old slots configuration, sending an UPDATE message about "
                                + owner.id());
                courier.update(core.peer(sender).link, owner);
                return;
            }
        }
    }

    /** Two masters in one epoch. */
    private void collide(ClusterNode sender, long senderEpoch) {
        ClusterNode self = core.self();
        if (!self.isMaster()
                || !sender.isMaster()
                || senderEpoch != self.configEpoch()
                || sender.configEpoch() != self.configEpoch()
                || !core.rules().yields(self.id(), sender.id())) {
            return;
        }
        long epoch = core.view.currentEpoch() + 1;
        core.view = core.view.withEpoch(epoch).with(self.withEpoch(epoch));
        core.due(ClusterCore.SAVE | ClusterCore.DURABLE);
        core.note(
                Level.VERBOSE,
                "WARNING: configEpoch collision with node "
                        + ClusterCore.named(sender)
                        + ". configEpoch set to "
                        + epoch);
    }

    /** Takes the next epoch without asking anybody; false when this node has the greatest. */
    boolean bumpEpoch() {
        ClusterNode self = core.self();
        if (self.configEpoch() != 0 && self.configEpoch() == core.view.maxEpoch()) {
            return false;
        }
        long epoch = core.view.currentEpoch() + 1;
        core.view = core.view.withEpoch(epoch).with(self.withEpoch(epoch));
        core.due(ClusterCore.SAVE | ClusterCore.DURABLE);
        core.note(Level.NOTICE, "New configEpoch set to " + Long.toUnsignedString(epoch));
        return true;
    }
}
