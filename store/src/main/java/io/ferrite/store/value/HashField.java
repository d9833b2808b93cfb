package io.ferrite.store.value;

import io.ferrite.memory.Hash;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.index.HashIndex;
import io.ferrite.store.index.KeyLayout;

/**
 * The fields of a large hash: each with its value a block of its own, found by a {@link HashIndex}.
 *
 * <pre>
 *   0        1        2                                                   bytes
 *   +--------+--------+- - - - - - -+- - - - - - -+---- - - ----+---- - - ----+
 *   | field  | value  | field       | value       | field       | value       |
 *   | length | length | length u32  | length u32  |             |             |
 *   +--------+--------+- - - - - - -+- - - - - - -+---- - - ----+---- - - ----+
 * </pre>
 *
 * A length of 255 and more is 255 in its byte, and then there is its u32.
 */
final class HashField extends KeyLayout {

    private static final MemoryTag TAG = MemoryTag.HASH;

    /** Below {@link #TAG}, which it reads. */
    static final HashField LAYOUT = new HashField();

    private static final int LONG = 255;
    private static final int SHORT_HEAD = 2;
    private static final int LONG_BYTES = 4;

    private HashField() {
        super(TAG);
    }

    static long create(Slab slab, long field, int length, long value, int valueLength) {
        long element = slab.take(bytes(length, valueLength), TAG);
        Memory.putByte(element, Math.min(length, LONG));
        if (length >= LONG) {
            Memory.putInt(element + SHORT_HEAD, length);
        }
        writeValue(element, value, valueLength, length);
        Memory.copy(field, element + head(length, valueLength), length);
        return element;
    }

    private static void writeValue(long element, long value, int valueLength, int length) {
        Memory.putByte(element + 1, Math.min(valueLength, LONG));
        if (valueLength >= LONG) {
            Memory.putInt(element + SHORT_HEAD + (length >= LONG ? LONG_BYTES : 0), valueLength);
        }
        Memory.copy(value, element + head(length, valueLength) + length, valueLength);
    }

    /**
     * Gives an element another value where it stands, if its block has the right size for that;
     * says whether it did.
     */
    static boolean overwrite(long element, long value, int valueLength) {
        int length = length(element);
        int before = valueLength(element);
        if (before >= LONG != valueLength >= LONG
                || blockBytes(element) != Slab.roundUp(bytes(length, valueLength))) {
            return false;
        }
        writeValue(element, value, valueLength, length);
        return true;
    }

    static void free(Slab slab, long element) {
        slab.give(element, bytes(length(element), valueLength(element)), TAG);
    }

    /** What an element's block takes. */
    static long blockBytes(long element) {
        return Slab.roundUp(bytes(length(element), valueLength(element)));
    }

    private static long bytes(int length, int valueLength) {
        return (long) head(length, valueLength) + length + valueLength;
    }

    private static int head(int length, int valueLength) {
        return SHORT_HEAD
                + (length < LONG ? 0 : LONG_BYTES)
                + (valueLength < LONG ? 0 : LONG_BYTES);
    }

    static int length(long element) {
        int length = Memory.getUnsignedByte(element);
        return length < LONG ? length : Memory.getInt(element + SHORT_HEAD);
    }

    static long text(long element) {
        return element + head(Memory.getUnsignedByte(element), Memory.getUnsignedByte(element + 1));
    }

    static int valueLength(long element) {
        int length = Memory.getUnsignedByte(element + 1);
        if (length < LONG) {
            return length;
        }
        return Memory.getInt(
                element + SHORT_HEAD + (Memory.getUnsignedByte(element) < LONG ? 0 : LONG_BYTES));
    }

    static long value(long element) {
        return text(element) + length(element);
    }

    @Override
    public long hash(long element) {
        return Hash.of(text(element), length(element));
    }

    @Override
    public boolean matches(long element, long key, int length) {
        return length(element) == length && Memory.equal(text(element), key, length);
    }
}
