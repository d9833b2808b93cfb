package io.ferrite.memory;

/**
 * Off-heap memory for whoever has no slab of its own: buffers and copies that pass between threads.
 * Safe to call from any thread, at the price of a lock that is hardly ever contended (threads are
 * spread over a few slabs); not for the way of every command.
 */
public final class SharedSlab {

    private static final SlabGroup GROUP = new SlabGroup();
    private static final Slab[] SLABS = new Slab[8];

    static {
        for (int i = 0; i < SLABS.length; i++) {
            SLABS[i] = GROUP.newSlab();
        }
    }

    private SharedSlab() {}

    public static long take(long size, MemoryTag tag) {
        Slab slab = mine();
        synchronized (slab) {
            return slab.take(size, tag);
        }
    }

    /** Gives back a block, whichever thread took it. */
    public static void give(long address, long size, MemoryTag tag) {
        Slab slab = mine();
        synchronized (slab) {
            slab.give(address, size, tag);
        }
    }

    /** See {@link Slab#resize}. */
    public static long resize(long address, long oldSize, long newSize, MemoryTag tag) {
        if (Slab.roundUp(oldSize) == Slab.roundUp(newSize)) {
            return address;
        }
        long moved = take(newSize, tag);
        Memory.copy(address, moved, Math.min(oldSize, newSize));
        give(address, oldSize, tag);
        return moved;
    }

    public static long roundUp(long size) {
        return Slab.roundUp(size);
    }

    /** The slabs behind this, for sums over all of them. */
    public static SlabGroup group() {
        return GROUP;
    }

    /** Bytes held by all threads together. */
    public static long usedBytes() {
        return GROUP.usedBytes();
    }

    public static long usedBytes(MemoryTag tag) {
        return GROUP.usedBytes(tag);
    }

    /** Gives memory that no block needs back to the operating system. For quiet moments. */
    public static void trim() {
        for (Slab slab : SLABS) {
            synchronized (slab) {
                slab.trim();
            }
        }
    }

    private static Slab mine() {
        return SLABS[(int) Thread.currentThread().threadId() & SLABS.length - 1];
    }
}
