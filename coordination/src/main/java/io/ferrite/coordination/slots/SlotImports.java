package io.ferrite.coordination.slots;

import io.ferrite.coordination.cluster.SlotSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The end that is given slots: which imports there are, and how they ended.
 *
 * <p>The promise: an import is taken at most once, and never after somebody was told that it was
 * not. Imports are not kept over a restart, but whose the slots are is, before anybody is told: so
 * a node that has slots of an import that it knows nothing of took them. One thread at a time.
 */
public final class SlotImports {

    /** How far an import is. */
    public enum Phase {
        RECEIVING,
        TAKEN,
        DEAD
    }

    /** One import. */
    public record Import(String name, String source, SlotSet slots, Phase phase) {

        private Import in(Phase next) {
            return new Import(name, source, slots, next);
        }
    }

    /** How many that are over are remembered. */
    private static final int REMEMBERED = 1024;

    private final Map<String, Import> imports = new LinkedHashMap<>();

    /** Begins an import; null if it may, else the refusal. */
    public String begin(String name, String source, SlotSet slots) {
        if (imports.containsKey(name)) {
            return "ERR The migration is known already";
        }
        for (Import other : imports.values()) {
            if (other.phase == Phase.RECEIVING && !other.slots.and(slots).isEmpty()) {
                return "ERR Some of the slots are being imported already";
            }
        }
        remember(new Import(name, source, slots, Phase.RECEIVING));
        return null;
    }

    private void remember(Import one) {
        imports.put(one.name, one);
        if (imports.size() > REMEMBERED) {
            imports.values().stream()
                    .filter(old -> old.phase != Phase.RECEIVING)
                    .findFirst()
                    .ifPresent(old -> imports.remove(old.name));
        }
    }

    public Import get(String name) {
        return imports.get(name);
    }

    /** Slots whose keys are on their way here. */
    public SlotSet receiving() {
        SlotSet all = SlotSet.EMPTY;
        for (Import one : imports.values()) {
            if (one.phase == Phase.RECEIVING) {
                all = all.plus(one.slots);
            }
        }
        return all;
    }

    /** Everything has come: the slots are this node's if this answers true. */
    public boolean take(String name) {
        Import one = imports.get(name);
        if (one == null || one.phase != Phase.RECEIVING) {
            return false;
        }
        imports.put(name, one.in(Phase.TAKEN));
        return true;
    }

    /**
     * The source asks: what was not taken by now never will be.
     *
     * @param owned whether any of the slots are this node's
     */
    public boolean wasTaken(String name, boolean owned) {
        Import one = imports.get(name);
        end(name);
        return owned || one != null && one.phase == Phase.TAKEN;
    }

    /**
     * An import ends without success, if it was not taken.
     *
     * @return the import that ended now, or null
     */
    public Import end(String name) {
        Import one = imports.get(name);
        if (one == null) {
            remember(new Import(name, "", SlotSet.EMPTY, Phase.DEAD));
            return null;
        }
        if (one.phase != Phase.RECEIVING) {
            return null;
        }
        imports.put(name, one.in(Phase.DEAD));
        return one;
    }
}
