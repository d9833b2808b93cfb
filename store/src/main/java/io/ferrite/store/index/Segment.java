package io.ferrite.store.index;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * A segment of a {@link HashIndex}: {@code n} buckets, one cache line and eight slots each.
 *
 * <pre>
 *   bucket   0                              48                      64
 *            +-------+-------+-- - --+------+------+------+- - -+---+
 *            | slot0 | slot1 |       |slot7 | tag0 | tag1 |     | 7 |
 *            | 48bit |       |       |      | u16  |      |     |   |
 *            +-------+-------+-- - --+------+------+------+- - -+---+
 *
 *   slot     element's address; the three low bits are free, as blocks are 8-aligned:
 *              bit 0   of slot 0: some element whose home is here, or further back, went on to
 *                      the next bucket (sticky: only a rebuild clears it)
 *              bit 1   this is the header, not an element (slot 0 of bucket 0)
 *              bit 2   scratch of a running split
 *   header   bits 8..23 elements in the segment, bits 24..39 buckets whose bit 0 is set
 *   tag      bits 16..31 of the element's hash, here called h16; 0 where the slot is empty
 * </pre>
 *
 * <p>The home bucket of an element is {@code h16 * n >>> 16}: monotone in h16 whatever {@code n}
 * is, so a segment grows and shrinks without a look at its elements, and a walk in the order of h16
 * survives that. An element that finds its home full goes to the next bucket with room, round the
 * end.
 */
final class Segment {

    static final int BUCKET_BYTES = 64;
    static final int SLOTS = 8;
    static final int MAX_BUCKETS = 64;

    /** What fits into the largest segment: every slot but the header. */
    static final int MAX_ELEMENTS = MAX_BUCKETS * SLOTS - 1;

    static final long ADDRESS = 0x0000_FFFF_FFFF_FFF8L;
    static final long SLOT = 0x0000_FFFF_FFFF_FFFFL;
    static final int OVERFLOWED = 1;
    static final int HEADER = 2;
    static final int RIGHT = 4;

    private static final int SLOT_BYTES = 6;
    private static final int TAGS = SLOTS * SLOT_BYTES;
    private static final int COUNT_SHIFT = 8;
    private static final int FLAGGED_SHIFT = 24;
    private static final long ONE_ELEMENT = 1L << COUNT_SHIFT;

    private static final long LOW_OF_LANES = 0x0001_0001_0001_0001L;
    private static final long HIGH_OF_LANES = 0x8000_8000_8000_8000L;

    /** The sizes a segment may have: those that fill a size class of the slab to the last byte. */
    private static final int[] SIZES = {
        1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64
    };

    private Segment() {}

    static long create(Slab slab, int n, MemoryTag tag) {
        long segment = slab.take((long) n * BUCKET_BYTES, tag);
        Memory.fill(segment, (long) n * BUCKET_BYTES, (byte) 0);
        Memory.putByte(segment, HEADER);
        return segment;
    }

    static void free(Slab slab, long segment, int n, MemoryTag tag) {
        slab.give(segment, (long) n * BUCKET_BYTES, tag);
    }

    /**
     * Elements that {@code n} buckets take before they must grow: 7/8, and all but the header of
     * one.
     */
    static int limit(int n) {
        return 7 * n;
    }

    /** The size for {@code count} elements that leaves room to grow: filled to at most 3/4. */
    static int sizeFor(int count) {
        for (int n : SIZES) {
            if (6 * n >= count) {
                return n;
            }
        }
        return MAX_BUCKETS;
    }

    static int nextSize(int n) {
        for (int size : SIZES) {
            if (size > n) {
                return size;
            }
        }
        return MAX_BUCKETS;
    }

    static int count(long segment) {
        return (int) (Memory.getLong(segment) >>> COUNT_SHIFT) & 0xFFFF;
    }

    static int flagged(long segment) {
        return (int) (Memory.getLong(segment) >>> FLAGGED_SHIFT) & 0xFFFF;
    }

    static int home(int h16, int n) {
        return h16 * n >>> 16;
    }

    static long bucket(long segment, int bucket) {
        return segment + (long) bucket * BUCKET_BYTES;
    }

    static long slot(long bucket, int slot) {
        return Memory.getLong(bucket + slot * SLOT_BYTES) & SLOT;
    }

    /**
     * @param place {@code bucket * 8 + slot}
     */
    static long slotAt(long segment, int place) {
        return slot(bucket(segment, place / SLOTS), place % SLOTS);
    }

    static int tag(long bucket, int slot) {
        return Memory.getUnsignedShort(bucket + TAGS + 2 * slot);
    }

    static boolean overflowed(long bucket) {
        return (Memory.getByte(bucket) & OVERFLOWED) != 0;
    }

    /** Whether a slot's content is an element: neither empty nor the header. */
    static boolean isElement(long slot) {
        return (slot & ADDRESS) != 0 && (slot & HEADER) == 0;
    }

    /**
     * The slots of a bucket whose tag is {@code h16}, as bits for {@link #lane}; with at times one
     * too many, which the caller's look at the element sorts out.
     */
    static long candidates(long bucket, int h16) {
        long wanted = h16 * LOW_OF_LANES;
        long low = Memory.getLong(bucket + TAGS) ^ wanted;
        long high = Memory.getLong(bucket + TAGS + 8) ^ wanted;
        long lowHits = low - LOW_OF_LANES & ~low & HIGH_OF_LANES;
        long highHits = high - LOW_OF_LANES & ~high & HIGH_OF_LANES;
        return lowHits >>> 15 | highHits >>> 14;
    }

    /** The slot that the lowest of some {@link #candidates} stands for. */
    static int lane(long candidates) {
        int bit = Long.numberOfTrailingZeros(candidates);
        return bit >>> 4 | (bit & 1) << 2;
    }

    static void putSlot(long bucket, int slot, long content) {
        Memory.putInt(bucket + slot * SLOT_BYTES, (int) content);
        Memory.putShort(bucket + slot * SLOT_BYTES + 4, (int) (content >>> 32));
    }

    private static void putTag(long bucket, int slot, int h16) {
        Memory.putShort(bucket + TAGS + 2 * slot, h16);
    }

    /** Puts an element in, for which there is room. */
    static void add(long segment, int n, int h16, long element) {
        int at = home(h16, n);
        while (true) {
            long bucket = bucket(segment, at);
            // An empty slot has tag 0; so may an element have, and the header.
            for (long free = candidates(bucket, 0); free != 0; free &= free - 1) {
                int lane = lane(free);
                long slot = slot(bucket, lane);
                if ((slot & (ADDRESS | HEADER)) == 0) {
                    putSlot(bucket, lane, element | slot & OVERFLOWED);
                    putTag(bucket, lane, h16);
                    Memory.putLong(segment, Memory.getLong(segment) + ONE_ELEMENT);
                    return;
                }
            }
            if (!overflowed(bucket)) {
                Memory.putByte(bucket, Memory.getByte(bucket) | OVERFLOWED);
                Memory.putLong(segment, Memory.getLong(segment) + (1L << FLAGGED_SHIFT));
            }
            at = at + 1 == n ? 0 : at + 1;
        }
    }

    /** The place of an element: {@code bucket * 8 + slot}, or -1 where it is not. */
    static int placeOf(long segment, int n, int h16, long element) {
        int home = home(h16, n);
        int at = home;
        do {
            long bucket = bucket(segment, at);
            for (long hits = candidates(bucket, h16); hits != 0; hits &= hits - 1) {
                int lane = lane(hits);
                long slot = slot(bucket, lane);
                if ((slot & HEADER) == 0 && (slot & ADDRESS) == element) {
                    return at * SLOTS + lane;
                }
            }
            if (!overflowed(bucket)) {
                return -1;
            }
            at = at + 1 == n ? 0 : at + 1;
        } while (at != home);
        return -1;
    }

    static void replaceAt(long segment, int place, long element) {
        long bucket = bucket(segment, place / SLOTS);
        int slot = place % SLOTS;
        putSlot(bucket, slot, element | slot(bucket, slot) & OVERFLOWED);
    }

    static void removeAt(long segment, int place) {
        long bucket = bucket(segment, place / SLOTS);
        int slot = place % SLOTS;
        putSlot(bucket, slot, slot(bucket, slot) & OVERFLOWED);
        putTag(bucket, slot, 0);
        Memory.putLong(segment, Memory.getLong(segment) - ONE_ELEMENT);
    }

    /** Adds all elements of one segment to another. */
    static void addAll(long from, int fromSize, long to, int toSize) {
        for (int b = 0; b < fromSize; b++) {
            long bucket = bucket(from, b);
            for (int i = 0; i < SLOTS; i++) {
                long slot = slot(bucket, i);
                if (isElement(slot)) {
                    add(to, toSize, tag(bucket, i), slot & ADDRESS);
                }
            }
        }
    }

    /** Tells of the elements whose home is one bucket, wherever they went. */
    static void visitHome(long segment, int n, int home, ElementSink sink) {
        int at = home;
        do {
            long bucket = bucket(segment, at);
            for (int i = 0; i < SLOTS; i++) {
                long slot = slot(bucket, i);
                if (isElement(slot) && home(tag(bucket, i), n) == home) {
                    sink.element(slot & ADDRESS);
                }
            }
            if (!overflowed(bucket)) {
                return;
            }
            at = at + 1 == n ? 0 : at + 1;
        } while (at != home);
    }
}
