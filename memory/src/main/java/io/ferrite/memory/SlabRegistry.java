package io.ferrite.memory;

import java.util.Arrays;

/** Finds the slab that a block belongs to by the number in the block's page. Thread-safe. */
final class SlabRegistry {

    /** By number; 0 is never given out. Written under this class' lock, then published again. */
    private static volatile Slab[] slabs = new Slab[64];

    private static int lowestFree = 1;

    private SlabRegistry() {}

    static synchronized int add(Slab slab) {
        Slab[] all = slabs;
        int id = lowestFree;
        while (id < all.length && all[id] != null) {
            id++;
        }
        if (id == all.length) {
            all = Arrays.copyOf(all, 2 * id);
        }
        all[id] = slab;
        lowestFree = id + 1;
        slabs = all;
        return id;
    }

    static synchronized void remove(int id) {
        Slab[] all = slabs;
        all[id] = null;
        lowestFree = Math.min(lowestFree, id);
        slabs = all;
    }

    static Slab get(int id) {
        Slab[] all = slabs;
        Slab slab = id < all.length ? all[id] : null;
        if (slab == null) {
            throw new MemoryViolation("a block of slab " + id + ", which is closed");
        }
        return slab;
    }
}
