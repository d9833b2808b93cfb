package io.ferrite.store.encoding;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.random.RandomGenerator;

/**
 * A small set of integers, sorted in one block: the encoding of a set whose members all spell
 * integers. The bytes are those of Redis' intset.
 *
 * <p>Layout, little-endian.
 *
 * <pre>
 *   0          4          8
 *   +----------+----------+---------+---------+-- - --+
 *   | width    | count    | value 0 | value 1 |       |    width 2, 4 or 8: the bytes of every value
 *   | u32      | u32      |         |         |       |
 *   +----------+----------+---------+---------+-- - --+
 * </pre>
 *
 * <p>The width is the widest that a member ever needed; it does not shrink. Values ascend strictly.
 * Cost: 8 bytes and 2, 4 or 8 a member. Searches halve the range, changes move what lies behind.
 *
 * <p>Memory, threads and blocks from outside: as for {@link Listpack}.
 */
public final class Intset {

    public static final int HEADER_BYTES = 8;

    private static final int COUNT_OFFSET = 4;

    private Intset() {}

    public static long create(Slab slab, MemoryTag tag) {
        long set = slab.take(HEADER_BYTES, tag);
        Memory.putInt(set, Short.BYTES);
        Memory.putInt(set + COUNT_OFFSET, 0);
        return set;
    }

    /** A block of its own with the bytes of an intset that is somewhere else; valid bytes only. */
    public static long copyOf(Slab slab, MemoryTag tag, long set) {
        long bytes = bytes(set);
        long copy = slab.take(bytes, tag);
        Memory.copy(set, copy, bytes);
        return copy;
    }

    public static void free(Slab slab, MemoryTag tag, long set) {
        slab.give(set, bytes(set), tag);
    }

    public static long bytes(long set) {
        return HEADER_BYTES + (long) count(set) * width(set);
    }

    public static int count(long set) {
        return Memory.getInt(set + COUNT_OFFSET);
    }

    /** The value at a position from 0 to {@link #count} exclusive. */
    public static long get(long set, int index) {
        return get(set, width(set), index);
    }

    /** The smallest value of a set that is not empty. */
    public static long min(long set) {
        return get(set, 0);
    }

    /** The largest value of a set that is not empty. */
    public static long max(long set) {
        return get(set, count(set) - 1);
    }

    /** A value of a set that is not empty, every one equally likely. */
    public static long random(long set, RandomGenerator random) {
        return get(set, random.nextInt(count(set)));
    }

    /** The value's position, or {@code -(position it would take) - 1}. */
    public static int find(long set, long value) {
        int width = width(set);
        int low = 0;
        int high = count(set) - 1;
        // Sets are often filled in ascending order: look at the end first.
        if (high >= 0 && value > get(set, width, high)) {
            return -high - 2;
        }
        while (low <= high) {
            int middle = low + high >>> 1;
            long there = get(set, width, middle);
            if (there < value) {
                low = middle + 1;
            } else if (there > value) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return -low - 1;
    }

    public static boolean contains(long set, long value) {
        return find(set, value) >= 0;
    }

    /** Adds a value; a set that has it already is unchanged. Answers the block's address. */
    public static long add(Slab slab, MemoryTag tag, long set, long value) {
        int position = find(set, value);
        if (position >= 0) {
            return set;
        }
        position = -position - 1;
        int width = width(set);
        int count = count(set);
        int needed = widthOf(value);
        long before = bytes(set);
        if (needed > width) {
            long wide = slab.resize(set, before, HEADER_BYTES + (count + 1L) * needed, tag);
            widen(wide, count, width, needed, position);
            put(wide, needed, position, value);
            Memory.putInt(wide + COUNT_OFFSET, count + 1);
            return wide;
        }
        long grown = slab.resize(set, before, before + width, tag);
        long at = grown + HEADER_BYTES + (long) position * width;
        Memory.copy(at, at + width, (long) (count - position) * width);
        put(grown, width, position, value);
        Memory.putInt(grown + COUNT_OFFSET, count + 1);
        return grown;
    }

    /**
     * From the last to the first, as each moves right; those from {@code gap} on leave one place
     * free.
     */
    private static void widen(long set, int count, int width, int wider, int gap) {
        for (int i = count - 1; i >= 0; i--) {
            put(set, wider, i < gap ? i : i + 1, get(set, width, i));
        }
        Memory.putInt(set, wider);
    }

    /** Removes a value; a set that lacks it is unchanged. Answers the block's address. */
    public static long remove(Slab slab, MemoryTag tag, long set, long value) {
        int position = find(set, value);
        return position < 0 ? set : removeAt(slab, tag, set, position);
    }

    public static long removeAt(Slab slab, MemoryTag tag, long set, int position) {
        int width = width(set);
        int count = count(set);
        long before = bytes(set);
        long at = set + HEADER_BYTES + (long) position * width;
        Memory.copy(at + width, at, (long) (count - position - 1) * width);
        Memory.putInt(set + COUNT_OFFSET, count - 1);
        return slab.resize(set, before, before - width, tag);
    }

    private static int width(long set) {
        return Memory.getInt(set);
    }

    private static int widthOf(long value) {
        if (value == (short) value) {
            return Short.BYTES;
        }
        return value == (int) value ? Integer.BYTES : Long.BYTES;
    }

    private static long get(long set, int width, int index) {
        long at = set + HEADER_BYTES + (long) index * width;
        return switch (width) {
            case Short.BYTES -> Memory.getShort(at);
            case Integer.BYTES -> Memory.getInt(at);
            default -> Memory.getLong(at);
        };
    }

    private static void put(long set, int width, int index, long value) {
        long at = set + HEADER_BYTES + (long) index * width;
        switch (width) {
            case Short.BYTES -> Memory.putShort(at, (int) value);
            case Integer.BYTES -> Memory.putInt(at, (int) value);
            default -> Memory.putLong(at, value);
        }
    }

    /**
     * Whether bytes from outside are an intset that is not empty: a known width, the length that
     * width and count make, and if {@code deep} strictly ascending values.
     */
    public static boolean isValid(long set, long length, boolean deep) {
        if (length < HEADER_BYTES) {
            return false;
        }
        int width = width(set);
        if (width != Short.BYTES && width != Integer.BYTES && width != Long.BYTES) {
            return false;
        }
        int count = count(set);
        if (count <= 0 || HEADER_BYTES + (long) count * width != length) {
            return false;
        }
        for (int i = 1; deep && i < count; i++) {
            if (get(set, width, i) <= get(set, width, i - 1)) {
                return false;
            }
        }
        return true;
    }
}
