package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.BusHeader;
import io.ferrite.coordination.cluster.bus.BusMessage;

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

    private void readRole(ClusterNode sender, BusHeader header) {
        if (header.masterId() == null) {
            core.becomeMaster(sender.id());
            return;
        }
        if (sender.isMaster()) {
            core.assign(sender.slots(), null);
            core.setFlags(sender.id(), NodeFlags.REPLICA, NodeFlags.MASTER | NodeFlags.MIGRATE_TO);
            core.due(ClusterCore.SAVE | ClusterCore.HEALTH);
        }
        ClusterNode master = core.view.node(header.masterId());
        if (master != null && !master.id().equals(sender.masterId())) {
            core.follow(sender.id(), master.id());
            core.setShard(core.view.node(sender.id()), master.shardId());
            core.due(ClusterCore.SAVE);
        }
    }

    /** An UPDATE: somebody knows better than we what a node serves. */
    void update(BusMessage.Update m) {
        ClusterNode owner = core.view.node(m.owner());
        if (owner == null || owner.configEpoch() >= m.configEpoch()) {
            return;
        }
        core.becomeMaster(owner.id());
        core.put(core.view.node(owner.id()).withEpoch(m.configEpoch()));
        core.due(ClusterCore.SAVE | ClusterCore.DURABLE);
        merge(core.view.node(owner.id()), m.configEpoch(), m.slots());
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
            boolean wins = core.view.isUnclaimed(slot) || owner.configEpoch() < epoch;
            // What is on its way here changes hands by an order only.
            if (!wins || core.view.importing().containsKey(slot)) {
                taken = taken.without(slot);
            }
        }
        return taken;
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
                || sender.id().compareTo(self.id()) <= 0) {
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
