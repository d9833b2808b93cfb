package io.ferrite.store;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.index.ElementSink;
import io.ferrite.store.index.HashIndex;
import java.util.Arrays;

/**
 * What one stripe has to free and is too much to free at once: values with many elements, and
 * tables that were flushed. Worked off in bounded steps, the last one first.
 */
final class ReleaseQueue {

    /** A value with at most so many elements is freed at once. */
    static final int EFFORT_AT_ONCE = 64;

    /** From so many waiting, who adds one more does some of the work. */
    private static final int LONG = 4096;

    private static final int STEP = 512;

    /** Elements, and entries of a table, that are freed between two looks at what that took. */
    private static final int PIECE = 64;

    private static final int PIECE_OF_TABLE = 8;

    /** So many bytes go back to the operating system in one step, and those of a piece more. */
    private static final long DISCARD_MOST = 256 << 10;

    private static final int TABLE = Type.COUNT;

    /** A value that was counted with the table it was in. */
    private static final int COUNTED = 1 << 14;

    private final Keyspace keyspace;
    private final Slab slab;
    private final ElementSink releaser = this::releaseEntry;
    private long[] roots = new long[8];

    /** Type and encoding of a value, or {@link #TABLE}. */
    private short[] kinds = new short[8];

    private int size;

    /** Keys of flushed tables and values that wait, and those freed so far. */
    private long pending;

    private long freed;

    ReleaseQueue(Keyspace keyspace, Slab slab) {
        this.keyspace = keyspace;
        this.slab = slab;
    }

    int size() {
        return size;
    }

    long pending() {
        return pending;
    }

    long freed() {
        return freed;
    }

    void addTable(long root) {
        pending += HashIndex.count(root);
        add(TABLE, root);
    }

    /** Frees a value, or what is left of it later. */
    void releaseValue(int type, int encoding, long root) {
        ValueOperations values = keyspace.values(type);
        if (values.effort(encoding, root) > EFFORT_AT_ONCE) {
            pending++;
            add(type | encoding << 8, root);
            if (size > LONG) {
                releaseSome(STEP);
            }
            return;
        }
        for (long left = root; left != 0; ) {
            left = values.release(slab, encoding, left, Integer.MAX_VALUE);
        }
    }

    /** Frees what is left of a value that was counted when it was removed, or still is there. */
    void releaseRest(int type, int encoding, long root) {
        add(type | encoding << 8 | COUNTED, root);
    }

    /** Takes over all that another queue of the same stripe has to free. */
    void takeOver(ReleaseQueue other) {
        for (int i = 0; i < other.size; i++) {
            add(other.kinds[i], other.roots[i]);
        }
        other.size = 0;
        pending += other.pending;
        other.pending = 0;
    }

    /**
     * Frees about so many elements, and fewer where much goes back to the operating system, which
     * takes longer than they do: says whether something is left.
     */
    boolean releaseSome(int budget) {
        int left = budget;
        long most = slab.discardedBytes() + DISCARD_MOST;
        while (size > 0 && left > 0 && slab.discardedBytes() < most) {
            int last = --size;
            int kind = kinds[last];
            long root = roots[last];
            int step = Math.min(left, kind == TABLE ? PIECE_OF_TABLE : PIECE);
            if (kind == TABLE) {
                // Put back below what its entries add to the queue.
                size++;
                if (HashIndex.release(slab, root, step, EntryLayout.INSTANCE, releaser)) {
                    remove(last);
                }
            } else {
                int encoding = (kind & ~COUNTED) >> 8;
                long rest = keyspace.values(kind & 0xFF).release(slab, encoding, root, step);
                if (rest != 0) {
                    add(kind, rest);
                } else if ((kind & COUNTED) == 0) {
                    pending--;
                    freed++;
                }
            }
            left -= step;
        }
        return size > 0;
    }

    private void releaseEntry(long entry) {
        pending--;
        freed++;
        if (Entry.type(entry) != Type.STRING) {
            int encoding = Entry.encoding(entry);
            long root = Entry.root(entry);
            if (keyspace.values(Entry.type(entry)).effort(encoding, root) > EFFORT_AT_ONCE) {
                add(Entry.type(entry) | encoding << 8 | COUNTED, root);
            } else {
                releaseValue(Entry.type(entry), encoding, root);
            }
        } else if (Entry.isOutside(entry)) {
            slab.give(Entry.valueAddress(entry), Entry.capacity(entry), MemoryTag.STRING);
        }
        slab.give(entry, Entry.size(entry), MemoryTag.ENTRY);
    }

    private void add(int kind, long root) {
        if (size == roots.length) {
            roots = Arrays.copyOf(roots, 2 * size);
            kinds = Arrays.copyOf(kinds, 2 * size);
        }
        roots[size] = root;
        kinds[size++] = (short) kind;
    }

    private void remove(int index) {
        size--;
        System.arraycopy(roots, index + 1, roots, index, size - index);
        System.arraycopy(kinds, index + 1, kinds, index, size - index);
    }
}
