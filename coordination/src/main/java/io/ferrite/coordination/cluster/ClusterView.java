package io.ferrite.coordination.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The cluster as one node sees it: nodes, slots and epochs. One immutable value, so that any thread
 * may read it; each change answers another view and shares what did not change.
 *
 * <p>A slot's owner and the owner's set of slots always agree: both change in {@link #assign}.
 */
public final class ClusterView {

    private final String selfId;
    private final NodeTable nodes;
    private final SlotTable owners;
    private final long currentEpoch;
    private final long lastVoteEpoch;
    private final Map<Integer, String> migrating;
    private final Map<Integer, String> importing;
    private final SlotSet unclaimed;
    private final boolean ok;

    private ClusterView(Draft d) {
        selfId = d.selfId;
        nodes = d.nodes;
        owners = d.owners;
        currentEpoch = d.currentEpoch;
        lastVoteEpoch = d.lastVoteEpoch;
        migrating = d.migrating;
        importing = d.importing;
        unclaimed = d.unclaimed;
        ok = d.ok;
    }

    /** What the next view is made of. */
    private static final class Draft {
        private String selfId;
        private NodeTable nodes;
        private SlotTable owners;
        private long currentEpoch;
        private long lastVoteEpoch;
        private Map<Integer, String> migrating;
        private Map<Integer, String> importing;
        private SlotSet unclaimed;
        private boolean ok;

        ClusterView view() {
            return new ClusterView(this);
        }
    }

    private Draft draft() {
        Draft d = new Draft();
        d.selfId = selfId;
        d.nodes = nodes;
        d.owners = owners;
        d.currentEpoch = currentEpoch;
        d.lastVoteEpoch = lastVoteEpoch;
        d.migrating = migrating;
        d.importing = importing;
        d.unclaimed = unclaimed;
        d.ok = ok;
        return d;
    }

    /** A node that knows nobody else. */
    static ClusterView alone(ClusterNode self) {
        Draft d = new Draft();
        d.selfId = self.id();
        d.nodes = NodeTable.EMPTY.with(self);
        d.owners = SlotTable.EMPTY;
        d.migrating = Map.of();
        d.importing = Map.of();
        d.unclaimed = SlotSet.EMPTY;
        return d.view();
    }

    // --- facts -----------------------------------------------------------------------------------

    /** This node. */
    public ClusterNode self() {
        return nodes.find(selfId);
    }

    public String selfId() {
        return selfId;
    }

    /** Null for an id that is not known. */
    public ClusterNode node(String id) {
        return nodes.find(id);
    }

    /** All nodes, this one included. */
    public Iterable<ClusterNode> nodes() {
        return nodes;
    }

    public int nodeCount() {
        return nodes.size();
    }

    NodeTable table() {
        return nodes;
    }

    /** Null for a slot that nobody serves. */
    public ClusterNode owner(int slot) {
        return nodes.find(owners.owner(slot));
    }

    String ownerId(int slot) {
        return owners.owner(slot);
    }

    /**
     * Whether slots are owned as in another view. May say no of views that agree, if they came
     * about in different ways.
     */
    public boolean sameOwners(ClusterView other) {
        return owners == other.owners;
    }

    /** The greatest epoch seen. */
    public long currentEpoch() {
        return currentEpoch;
    }

    /** The last epoch in which this node voted. */
    public long lastVoteEpoch() {
        return lastVoteEpoch;
    }

    /** Slots on their way to another node, by the node's id. */
    public Map<Integer, String> migrating() {
        return migrating;
    }

    /** Slots on their way to this node from another, by the other's id. */
    public Map<Integer, String> importing() {
        return importing;
    }

    /** Slots whose owner says no longer that it is. */
    SlotSet unclaimed() {
        return unclaimed;
    }

    /** Nobody serves the slot, or its owner does not say so any more. */
    boolean isUnclaimed(int slot) {
        return owners.owner(slot) == null || unclaimed.contains(slot);
    }

    /** Whether the cluster serves. */
    public boolean isOk() {
        return ok;
    }

    /** Masters that serve a slot at least: those that vote. */
    public int size() {
        int size = 0;
        for (ClusterNode node : nodes) {
            size += node.votes() ? 1 : 0;
        }
        return size;
    }

    int quorum() {
        return size() / 2 + 1;
    }

    /** The end of the chain of masters that begins with a node: the node itself if it is one. */
    public ClusterNode masterOf(ClusterNode node) {
        ClusterNode at = node;
        for (int steps = 0; steps < 16; steps++) {
            ClusterNode next = nodes.find(at.masterId());
            if (next == null || next == at) {
                return at;
            }
            at = next;
        }
        return at; // they follow each other in a circle
    }

    /** The nodes that follow one, by id. */
    public List<ClusterNode> replicasOf(String masterId) {
        List<ClusterNode> replicas = new ArrayList<>();
        for (ClusterNode node : nodes) {
            if (masterId.equals(node.masterId())) {
                replicas.add(node);
            }
        }
        replicas.sort(Comparator.comparing(ClusterNode::id));
        return replicas;
    }

    long maxEpoch() {
        long max = currentEpoch;
        for (ClusterNode node : nodes) {
            max = Math.max(max, node.configEpoch());
        }
        return max;
    }

    // --- changes ---------------------------------------------------------------------------------

    ClusterView with(ClusterNode node) {
        NodeTable next = nodes.with(node);
        if (next == nodes) {
            return this;
        }
        Draft d = draft();
        d.nodes = next;
        return d.view();
    }

    /** Forgets a node, what it serves and all moves from and to it. */
    ClusterView without(String id) {
        ClusterNode gone = nodes.find(id);
        if (gone == null) {
            return this;
        }
        Draft d = assign(gone.slots(), null).draft();
        d.nodes = d.nodes.without(id);
        for (ClusterNode node : nodes) {
            if (id.equals(node.masterId())) {
                d.nodes = d.nodes.with(d.nodes.find(node.id()).withMaster(null));
            }
        }
        d.migrating = lessNode(migrating, id);
        d.importing = lessNode(importing, id);
        return d.view();
    }

    private static Map<Integer, String> lessNode(Map<Integer, String> moves, String id) {
        if (!moves.containsValue(id)) {
            return moves;
        }
        Map<Integer, String> left = new TreeMap<>(moves);
        left.values().removeIf(id::equals);
        return left;
    }

    /** Gives slots to a node, or to nobody; whoever had them has them no more. */
    ClusterView assign(SlotSet slots, String id) {
        if (slots.isEmpty()) {
            return this;
        }
        Draft d = draft();
        for (String former : formerOwners(slots)) {
            ClusterNode node = nodes.find(former);
            d.nodes = d.nodes.with(node.withSlots(node.slots().minus(slots)));
        }
        ClusterNode owner = d.nodes.find(id);
        if (owner != null) {
            d.nodes = d.nodes.with(owner.withSlots(owner.slots().plus(slots)));
        }
        d.owners = owners.with(slots, id);
        d.unclaimed = unclaimed.minus(slots);
        return d.view();
    }

    private Set<String> formerOwners(SlotSet slots) {
        Set<String> former = new LinkedHashSet<>();
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            String owner = owners.owner(slot);
            if (owner != null) {
                former.add(owner);
            }
        }
        return former;
    }

    ClusterView withUnclaimed(SlotSet slots) {
        if (slots.equals(unclaimed)) {
            return this;
        }
        Draft d = draft();
        d.unclaimed = slots;
        return d.view();
    }

    ClusterView withEpoch(long epoch) {
        if (epoch == currentEpoch) {
            return this;
        }
        Draft d = draft();
        d.currentEpoch = epoch;
        return d.view();
    }

    ClusterView withVote(long epoch) {
        Draft d = draft();
        d.lastVoteEpoch = epoch;
        return d.view();
    }

    ClusterView withOk(boolean serves) {
        if (serves == ok) {
            return this;
        }
        Draft d = draft();
        d.ok = serves;
        return d.view();
    }

    /** A slot is on its way to a node, or not any more where that is null. */
    ClusterView migrating(int slot, String id) {
        Draft d = draft();
        d.migrating = moved(migrating, slot, id);
        return d.view();
    }

    /** A slot is on its way here from a node, or not any more where that is null. */
    ClusterView importing(int slot, String id) {
        Draft d = draft();
        d.importing = moved(importing, slot, id);
        return d.view();
    }

    private static Map<Integer, String> moved(Map<Integer, String> moves, int slot, String id) {
        Map<Integer, String> next = new TreeMap<>(moves);
        if (id == null) {
            next.remove(slot);
        } else {
            next.put(slot, id);
        }
        return next.isEmpty() ? Map.of() : next;
    }

    /** No slot is on its way. */
    ClusterView withoutMoves() {
        Draft d = draft();
        d.migrating = Map.of();
        d.importing = Map.of();
        return d.view();
    }

    /** This node goes by another id, and knows nobody else. */
    ClusterView renamed(ClusterNode self) {
        return alone(self).withOk(ok);
    }
}
