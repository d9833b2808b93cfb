package io.ferrite.store.value;

import io.ferrite.memory.Hash;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.expiry.ExpiryHeap;
import io.ferrite.store.expiry.PlaceKeeper;
import io.ferrite.store.index.HashIndex;
import io.ferrite.store.index.KeyLayout;

/**
 * The fields of a large hash: each with its value a block of its own, found by a {@link HashIndex}.
 *
 * <pre>
 *   0        1        2
 *   +--------+--------+- - - - - - -+- - - - - - -+- - - - - - - - - - -+---- - ----+---- - ----+
 *   | field  | value  | field       | value       | expires    | place  | field     | value     |
 *   | length | length | length u32  | length u32  | at i64     | u32    |           |           |
 *   +--------+--------+- - - - - - -+- - - - - - -+- - - - - - - - - - -+---- - ----+---- - ----+
 * </pre>
 *
 * A value of 255 bytes and more has 255 in its byte, and then its u32. So has a field from 254
 * bytes on; 254 in the field's byte marks one that expires, which has its u32, its time and its
 * place in the {@link ExpiryHeap} of the hash, whatever its length.
 */
final class HashField extends KeyLayout {

    private static final MemoryTag TAG = MemoryTag.HASH;

    /** Below {@link #TAG}, which it reads. */
    static final HashField LAYOUT = new HashField();

    /** How the heap of a hash writes down the places of its fields. */
    static final PlaceKeeper TIMES =
            new PlaceKeeper(TAG) {
                @Override
                public void setPlace(long element, int place) {
                    Memory.putInt(element + headOf(element) - PLACE_BYTES, place);
                }
            };

    private static final int LONG = 255;
    private static final int TIMED = 254;
    private static final int SHORT_HEAD = 2;
    private static final int LONG_BYTES = 4;
    private static final int PLACE_BYTES = 4;
    private static final int TIME_BYTES = 8 + PLACE_BYTES;

    private HashField() {
        super(TAG);
    }

    static long create(Slab slab, long field, int length, long value, int valueLength) {
        return create(slab, field, length, value, valueLength, HashValue.NEVER);
    }

    /**
     * @param atMs when the field expires, or {@link HashValue#NEVER}; the caller puts it into the
     *     heap
     */
    static long create(Slab slab, long field, int length, long value, int valueLength, long atMs) {
        int mark = atMs != HashValue.NEVER ? TIMED : length < TIMED ? length : LONG;
        int valueMark = Math.min(valueLength, LONG);
        int head = head(mark, valueMark);
        long element = slab.take((long) head + length + valueLength, TAG);
        Memory.putByte(element, mark);
        Memory.putByte(element + 1, valueMark);
        if (mark >= TIMED) {
            Memory.putInt(element + SHORT_HEAD, length);
        }
        if (mark == TIMED) {
            Memory.putLong(element + head - TIME_BYTES, atMs);
        }
        Memory.copy(field, element + head, length);
        writeValue(element, head, value, valueLength, length);
        return element;
    }

    private static void writeValue(
            long element, int head, long value, int valueLength, int length) {
        if (valueLength >= LONG) {
            int at = Memory.getUnsignedByte(element) >= TIMED ? LONG_BYTES : 0;
            Memory.putInt(element + SHORT_HEAD + at, valueLength);
        } else {
            Memory.putByte(element + 1, valueLength);
        }
        Memory.copy(value, element + head + length, valueLength);
    }

    /**
     * Gives an element another value where it stands, if its block has the right size for that;
     * says whether it did.
     */
    static boolean overwrite(long element, long value, int valueLength) {
        int length = length(element);
        int head = headOf(element);
        int before = valueLength(element);
        if (before >= LONG != valueLength >= LONG
                || blockBytes(element) != Slab.roundUp((long) head + length + valueLength)) {
            return false;
        }
        writeValue(element, head, value, valueLength, length);
        return true;
    }

    static void free(Slab slab, long element) {
        slab.give(element, bytes(element), TAG);
    }

    /** What an element's block takes. */
    static long blockBytes(long element) {
        return Slab.roundUp(bytes(element));
    }

    private static long bytes(long element) {
        return (long) headOf(element) + length(element) + valueLength(element);
    }

    private static int headOf(long element) {
        return head(Memory.getUnsignedByte(element), Memory.getUnsignedByte(element + 1));
    }

    private static int head(int mark, int valueMark) {
        return SHORT_HEAD
                + (mark < TIMED ? 0 : mark == TIMED ? LONG_BYTES + TIME_BYTES : LONG_BYTES)
                + (valueMark < LONG ? 0 : LONG_BYTES);
    }

    static int length(long element) {
        int length = Memory.getUnsignedByte(element);
        return length < TIMED ? length : Memory.getInt(element + SHORT_HEAD);
    }

    static long text(long element) {
        return element + headOf(element);
    }

    static int valueLength(long element) {
        int length = Memory.getUnsignedByte(element + 1);
        if (length < LONG) {
            return length;
        }
        return Memory.getInt(
                element + SHORT_HEAD + (Memory.getUnsignedByte(element) < TIMED ? 0 : LONG_BYTES));
    }

    static long value(long element) {
        return text(element) + length(element);
    }

    static boolean isTimed(long element) {
        return Memory.getUnsignedByte(element) == TIMED;
    }

    /** When the field expires, or {@link HashValue#NEVER}. */
    static long expireAt(long element) {
        return isTimed(element)
                ? Memory.getLong(element + headOf(element) - TIME_BYTES)
                : HashValue.NEVER;
    }

    /** Gives a field that expires another time; the caller changes it in the heap. */
    static void setExpireAt(long element, long atMs) {
        Memory.putLong(element + headOf(element) - TIME_BYTES, atMs);
    }

    /** The place in the heap of a field that expires. */
    static int place(long element) {
        return Memory.getInt(element + headOf(element) - PLACE_BYTES);
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
