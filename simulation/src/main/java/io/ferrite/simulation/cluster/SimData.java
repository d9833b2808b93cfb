package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.SlotImports;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a node holds: one key for each of some slots, which outlives its process, as with a file
 * that is synced at each write; and what it knows of slots on their way, which does not.
 */
final class SimData {

    private final SimNode node;

    /** The values by slot. */
    final Map<Integer, Long> values = new TreeMap<>();

    /** Slots that leave: nobody writes to them. */
    SlotSet frozen = SlotSet.EMPTY;

    SlotImports imports = new SlotImports();

    /** Slots whose keys were coming, as a file and the replicas know them. */
    private SlotSet coming = SlotSet.EMPTY;

    SimData(SimNode node) {
        this.node = node;
    }

    boolean has(int slot) {
        return values.containsKey(slot);
    }

    void remove(SlotSet slots) {
        values.keySet().removeIf(slots::contains);
    }

    /** What comes is known to outlive the process. */
    void keepImports() {
        coming = imports.receiving();
    }

    /** The data of its leader takes the place of its own. */
    void copy(SimData leader) {
        values.clear();
        values.putAll(leader.values);
        coming = leader.coming;
    }

    void restarted() {
        frozen = SlotSet.EMPTY;
        imports = new SlotImports();
        leads();
    }

    /** It leads from now on: what was on its way to its master, or to itself, is nobody's. */
    void leads() {
        remove(coming.minus(node.self().slots()));
        coming = SlotSet.EMPTY;
    }
}
