package io.ferrite.store.index;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * The root of a {@link HashIndex} and the directory of its segments.
 *
 * <pre>
 *   root   0            8            16      17..19  20         24              32
 *          +------------+------------+-------+-------+----------+---------------+
 *          | directory  | elements   | shift |  --   | deepest  | the only entry|
 *          | address    | i64        | u8    |       | u32      | while depth 0 |
 *          +------------+------------+-------+-------+----------+---------------+
 *
 *   directory   2^depth entries of 8 bytes, found by the top bits of the hash; shift = 63 - depth
 *   entry       | segment's address 48 bit | its buckets u8 | its own depth u8 |
 *   deepest     how many segments are as deep as the directory; when none is, it is halved
 * </pre>
 *
 * <p>A segment of depth d stands in all 2^(depth-d) entries that begin with its d bits.
 */
final class Directory {

    static final int ROOT_BYTES = 32;

    /**
     * Bits of the hash that tell segments apart at the very most; a scan's cursor has room for
     * these.
     */
    static final int MAX_DEPTH = 30;

    private static final int COUNT = 8;
    private static final int SHIFT = 16;
    private static final int DEEPEST = 20;
    private static final int ONLY_ENTRY = 24;

    private static final long ADDRESS = 0x0000_FFFF_FFFF_FFFFL;

    private Directory() {}

    static long create(Slab slab, MemoryTag tag) {
        long root = slab.take(ROOT_BYTES, tag);
        Memory.putLong(root, root + ONLY_ENTRY);
        Memory.putLong(root + COUNT, 0);
        Memory.putLong(root + SHIFT, 63);
        Memory.putInt(root + DEEPEST, 1);
        Memory.putLong(root + ONLY_ENTRY, entry(Segment.create(slab, 1, tag), 1, 0));
        return root;
    }

    static long count(long root) {
        return Memory.getLong(root + COUNT);
    }

    static void addCount(long root, int change) {
        setCount(root, count(root) + change);
    }

    static void setCount(long root, long count) {
        Memory.putLong(root + COUNT, count);
    }

    static int depth(long root) {
        return 63 - Memory.getByte(root + SHIFT);
    }

    static long entry(long segment, int buckets, int depth) {
        return segment | (long) buckets << 48 | (long) depth << 56;
    }

    static long segment(long entry) {
        return entry & ADDRESS;
    }

    static int buckets(long entry) {
        return (int) (entry >>> 48) & 0xFF;
    }

    static int depthOf(long entry) {
        return (int) (entry >>> 56);
    }

    /** The directory's entry for a hash. */
    static long entryFor(long root, long hash) {
        // In two shifts, as one by 64 - 0 would shift by nothing.
        long index = (hash >>> 1) >>> Memory.getByte(root + SHIFT);
        return Memory.getLong(Memory.getLong(root) + (index << 3));
    }

    static long entryAt(long root, int index) {
        return Memory.getLong(Memory.getLong(root) + ((long) index << 3));
    }

    static int indexOf(long root, long hash) {
        return (int) ((hash >>> 1) >>> Memory.getByte(root + SHIFT));
    }

    /**
     * Lets every directory entry that begins with the first bits of {@code index} be {@code entry}.
     */
    static void put(long root, int index, long entry) {
        int width = 1 << (depth(root) - depthOf(entry));
        long first = Memory.getLong(root) + ((long) (index & -width) << 3);
        for (int i = 0; i < width; i++) {
            Memory.putLong(first + ((long) i << 3), entry);
        }
    }

    static int deepest(long root) {
        return Memory.getInt(root + DEEPEST);
    }

    static void addDeepest(long root, int change) {
        Memory.putInt(root + DEEPEST, deepest(root) + change);
    }

    /** Doubles the directory; no segment is as deep as it is now. */
    static void doubleUp(Slab slab, long root, MemoryTag tag) {
        int depth = depth(root);
        int entries = 1 << depth;
        long old = Memory.getLong(root);
        long grown = slab.take(16L << depth, tag);
        for (int i = 0; i < entries; i++) {
            long entry = Memory.getLong(old + ((long) i << 3));
            Memory.putLong(grown + ((long) i << 4), entry);
            Memory.putLong(grown + ((long) i << 4) + 8, entry);
        }
        freeEntries(slab, root, tag);
        Memory.putLong(root, grown);
        Memory.putByte(root + SHIFT, 63 - depth - 1);
        Memory.putInt(root + DEEPEST, 0);
    }

    /** Halves the directory, of which every two neighbours must be the same. */
    static void halve(Slab slab, long root, MemoryTag tag) {
        int depth = depth(root) - 1;
        int entries = 1 << depth;
        long old = Memory.getLong(root);
        long shrunk = depth == 0 ? root + ONLY_ENTRY : slab.take(8L << depth, tag);
        int deepest = 0;
        for (int i = 0; i < entries; i++) {
            long entry = Memory.getLong(old + ((long) i << 4));
            Memory.putLong(shrunk + ((long) i << 3), entry);
            deepest += depthOf(entry) == depth ? 1 : 0;
        }
        freeEntries(slab, root, tag);
        Memory.putLong(root, shrunk);
        Memory.putByte(root + SHIFT, 63 - depth);
        Memory.putInt(root + DEEPEST, deepest);
    }

    static void freeEntries(Slab slab, long root, MemoryTag tag) {
        if (depth(root) > 0) {
            slab.give(Memory.getLong(root), 8L << depth(root), tag);
        }
    }

    /** Bytes of the root and the directory, without the segments. */
    static long bytes(long root) {
        return ROOT_BYTES + (depth(root) == 0 ? 0 : Slab.roundUp(8L << depth(root)));
    }
}
