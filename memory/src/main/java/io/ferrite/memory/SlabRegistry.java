package io.ferrite.memory;

import java.util.Arrays;

/** Finds the slab that a block belongs to by the number in the block's page. Thread-safe. */
final class SlabRegistry {

    /** Pages hold the number in 16 bits; 0 is never given out. */
    private static final int MOST = 1 << 16;

    private static volatile Slab[] slabs = new Slab[64];

    private SlabRegistry() {}

    static synchronized int add(Slab slab) {
        int id = 1;
        while (id < slabs.length && slabs[id] != null) {
            id++;
        }
        if (id == MOST) {
            throw new IllegalStateException("more than " + (MOST - 1) + " slabs");
        }
        Slab[] copy = Arrays.copyOf(slabs, id < slabs.length ? slabs.length : slabs.length * 2);
        copy[id] = slab;
        slabs = copy;
        return id;
    }

    static synchronized void remove(int id) {
        Slab[] copy = slabs.clone();
        copy[id] = null;
        slabs = copy;
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
