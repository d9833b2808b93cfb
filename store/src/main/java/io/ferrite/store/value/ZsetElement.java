package io.ferrite.store.value;

import io.ferrite.memory.Hash;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.index.KeyLayout;

/**
 * One member of a large sorted set with its score: one block, which the hash index finds by its
 * member and the ordered index by its score.
 *
 * <pre>
 *   0          8        9
 *   +----------+--------+------------------------+-- - - --+
 *   | score    | length | u32 length if that     | member  |
 *   | f64      | u8     | byte is 0xFF           |         |
 *   +----------+--------+------------------------+-- - - --+
 * </pre>
 *
 * <p>Cost: 9 bytes beside a member of up to 254 bytes, rounded up to the slab's size class.
 */
final class ZsetElement {

    private static final int LENGTH_OFFSET = 8;
    private static final int SHORT_HEAD = 9;
    private static final int LONG_HEAD = 13;
    private static final int LONG = 0xFF;

    /** How the hash index reads an element. */
    static final KeyLayout LAYOUT = new Layout();

    private ZsetElement() {}

    private static final class Layout extends KeyLayout {

        Layout() {
            super(MemoryTag.ZSET);
        }

        @Override
        public long hash(long element) {
            return Hash.of(member(element), length(element));
        }

        @Override
        public boolean matches(long element, long key, int length) {
            return length(element) == length && Memory.equal(member(element), key, length);
        }
    }

    static long create(Slab slab, long member, int length, double score) {
        long element = slab.take(size(length), MemoryTag.ZSET);
        Memory.putDouble(element, score);
        if (length < LONG) {
            Memory.putByte(element + LENGTH_OFFSET, length);
            Memory.copy(member, element + SHORT_HEAD, length);
        } else {
            Memory.putByte(element + LENGTH_OFFSET, LONG);
            Memory.putInt(element + SHORT_HEAD, length);
            Memory.copy(member, element + LONG_HEAD, length);
        }
        return element;
    }

    static void free(Slab slab, long element) {
        slab.give(element, bytes(element), MemoryTag.ZSET);
    }

    static double score(long element) {
        return Memory.getDouble(element);
    }

    static void setScore(long element, double score) {
        Memory.putDouble(element, score);
    }

    static int length(long element) {
        int length = Memory.getUnsignedByte(element + LENGTH_OFFSET);
        return length < LONG ? length : Memory.getInt(element + SHORT_HEAD);
    }

    static long member(long element) {
        int length = Memory.getUnsignedByte(element + LENGTH_OFFSET);
        return element + (length < LONG ? SHORT_HEAD : LONG_HEAD);
    }

    static long bytes(long element) {
        return size(length(element));
    }

    private static long size(int length) {
        return (long) length + (length < LONG ? SHORT_HEAD : LONG_HEAD);
    }
}
