package io.ferrite.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The counters of one slab: written by whoever holds the slab's lock, read by anyone. Reads and
 * writes are opaque: no fence and no atomic instruction, yet each value is whole and in the end
 * seen.
 */
final class Tally {

    static final int TAGS = MemoryTag.values().length;

    /** Bytes in blocks that are out, over all tags. */
    static final int USED = 0;

    /** Chunks held. */
    static final int CHUNKS = 1;

    /** Units of {@link SizeClass#UNIT} bytes that belong to a span. */
    static final int SPAN_UNITS = 2;

    /** Units in no span that may still be resident. */
    static final int DIRTY_UNITS = 3;

    private static final int BYTES = 4;
    private static final int BLOCKS = BYTES + TAGS;
    private static final int SLOTS = BLOCKS + TAGS;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] slots = new long[SLOTS];

    static int bytes(MemoryTag tag) {
        return BYTES + tag.ordinal();
    }

    static int blocks(MemoryTag tag) {
        return BLOCKS + tag.ordinal();
    }

    /** Only under the slab's lock. */
    void add(int slot, long delta) {
        SLOT.setOpaque(slots, slot, slots[slot] + delta);
    }

    /** Counts a block of {@code bytes} as out; only under the slab's lock. */
    void taken(MemoryTag tag, long bytes) {
        add(bytes(tag), bytes);
        add(blocks(tag), 1);
        add(USED, bytes);
    }

    /** Counts a block of {@code bytes} as back; only under the slab's lock. */
    void given(MemoryTag tag, long bytes) {
        add(bytes(tag), -bytes);
        add(blocks(tag), -1);
        add(USED, -bytes);
    }

    long get(int slot) {
        return (long) SLOT.getOpaque(slots, slot);
    }

    /** As {@link #given}, by any thread without a lock: for blocks that other slabs give back. */
    void givenAtomically(MemoryTag tag, long bytes) {
        addAtomically(bytes(tag), -bytes);
        addAtomically(blocks(tag), -1);
        addAtomically(USED, -bytes);
    }

    private void addAtomically(int slot, long delta) {
        long ignored = (long) SLOT.getAndAdd(slots, slot, delta);
    }
}
