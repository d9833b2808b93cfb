package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.NodeFlags;
import io.ferrite.coordination.cluster.SlotSet;

/**
 * What a command is judged by: one immutable value, made anew only when something of it changes.
 * Whoever read it before it took a stripe and finds the same one afterwards may go on.
 */
public final class Routing {

    private final ClusterView view;
    private final boolean ok;
    private final boolean replica;
    private final SlotSet settled;
    private final SlotSet open;
    private final SlotSet frozen;

    private Routing(ClusterView view, SlotSet open, SlotSet frozen) {
        this.view = view;
        this.ok = view.isOk();
        ClusterNode self = view.self();
        this.replica = self.has(NodeFlags.REPLICA);
        this.open = open;
        this.frozen = frozen;
        SlotSet moving = open.plus(frozen);
        this.settled = ok && !replica ? self.slots().minus(moving) : SlotSet.EMPTY;
    }

    static Routing of(ClusterView view) {
        return new Routing(view, openOf(view), SlotSet.EMPTY);
    }

    /** The same, but nobody touches these slots. */
    Routing frozen(SlotSet slots) {
        return new Routing(view, open, slots);
    }

    /** Slots that nobody touches while they change hands. */
    SlotSet frozen() {
        return frozen;
    }

    private static SlotSet openOf(ClusterView view) {
        SlotSet open = SlotSet.EMPTY;
        for (int slot : view.migrating().keySet()) {
            open = open.with(slot);
        }
        for (int slot : view.importing().keySet()) {
            open = open.with(slot);
        }
        return open;
    }

    /** The routing of another view: this one where no command would be judged otherwise. */
    Routing next(ClusterView next) {
        boolean same =
                next.isOk() == ok
                        && next.self().has(NodeFlags.REPLICA) == replica
                        && next.migrating() == view.migrating()
                        && next.importing() == view.importing()
                        && next.sameOwners(view)
                        && sameMaster(next);
        return same ? this : new Routing(next, openOf(next), frozen);
    }

    private boolean sameMaster(ClusterView next) {
        String before = view.self().masterId();
        String after = next.self().masterId();
        return before == null ? after == null : before.equals(after);
    }

    /**
     * The short way: the slot is this node's, nothing of it is on its way to or from elsewhere, and
     * the cluster serves. Anything else is judged at length.
     */
    public boolean isSettled(int slot) {
        return settled.contains(slot);
    }

    /** Whether keys of the slot are on their way, here or from here. */
    boolean isOpen(int slot) {
        return open.contains(slot);
    }

    boolean isOk() {
        return ok;
    }

    ClusterView view() {
        return view;
    }
}
