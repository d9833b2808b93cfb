package io.ferrite.store.encoding;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Decimal;

/**
 * A short sequence of byte strings and integers packed end to end in one block: the small encoding
 * of lists, hashes, sets and sorted sets, the node of big lists and of streams. The bytes are those
 * of Redis' listpack, so that RDB files and DUMP payloads are copies of them. Searches are linear.
 *
 * <p>Layout. Integers are little-endian unless said otherwise, offsets count from the start of the
 * block.
 *
 * <pre>
 *   0          4          6                                     bytes - 1
 *   +----------+----------+---------+---------+-- - --+---------+------+
 *   | bytes    | count    | entry 0 | entry 1 |       | entry n | 0xFF |   count 65535: not known, walk
 *   | u32      | u16      |         |         |       |         |      |
 *   +----------+----------+---------+---------+-- - --+---------+------+
 *
 *   entry  =  | head | content | back |
 *
 *   0vvvvvvv                              an integer 0..127
 *   10llllll                + l bytes     a string of up to 63 bytes
 *   110vvvvv vvvvvvvv                     a 13-bit signed integer, high bits first
 *   1110llll llllllll       + l bytes     a string of up to 4095 bytes, high bits first
 *   11110000 l:u32          + l bytes     a longer string
 *   11110001 / 10 / 11 / 100              a 16, 24, 32 or 64-bit signed integer follows
 *
 *   back: the length of head and content in 1 to 5 groups of 7 bits, high group first; every byte but
 *         the first has its top bit set, so that it can be read from its last byte backwards
 * </pre>
 *
 * <p>Text that spells an integer ({@link Decimal}) is kept as one, in the shortest form that holds
 * it.
 *
 * <p>Cost: 7 bytes, and per entry 2 bytes beside a text of up to 63 bytes, or 2 to 11 bytes for an
 * integer. The block's capacity is {@link Slab#roundUp} of its bytes: nothing else is stored about
 * it.
 *
 * <p>An entry is named by its offset from the start of the block, which stays meaningful when the
 * block moves: an inserted entry is found at the offset it was inserted at. {@link #NONE} is no
 * entry. Every method that changes the sequence answers the block's address, which may be new.
 * Bytes handed in must not lie in the block that changes.
 *
 * <p>Memory belongs to the {@link Slab} and tag that every call is given. No synchronisation:
 * whoever calls owns the partition. Blocks from outside pass {@link #isValid} before anything else
 * touches them.
 */
public final class Listpack {

    /** No entry: past either end. */
    public static final int NONE = -1;

    public static final int HEADER_BYTES = 6;

    /** The size of an empty listpack: header and end mark. */
    public static final int EMPTY_BYTES = HEADER_BYTES + 1;

    /** No listpack grows beyond this. */
    public static final int MAX_BYTES = 1 << 30;

    private static final int COUNT_OFFSET = 4;
    private static final int COUNT_UNKNOWN = 0xFFFF;
    private static final int END = 0xFF;

    private Listpack() {}

    // ------------------------------------------------------------------------------------ the
    // whole

    public static long create(Slab slab, MemoryTag tag) {
        long lp = slab.take(EMPTY_BYTES, tag);
        Memory.putInt(lp, EMPTY_BYTES);
        Memory.putShort(lp + COUNT_OFFSET, 0);
        Memory.putByte(lp + HEADER_BYTES, END);
        return lp;
    }

    /**
     * A listpack with room for {@code bytes} that the caller fills at once with {@code entries},
     * from {@link #HEADER_BYTES} on.
     */
    public static long createFor(Slab slab, MemoryTag tag, int bytes, int entries) {
        int all = EMPTY_BYTES + bytes;
        long lp = slab.take(all, tag);
        Memory.putInt(lp, all);
        Memory.putShort(lp + COUNT_OFFSET, Math.min(entries, COUNT_UNKNOWN));
        Memory.putByte(lp + all - 1, END);
        return lp;
    }

    /** A block of its own with the bytes of a listpack that is somewhere else; valid bytes only. */
    public static long copyOf(Slab slab, MemoryTag tag, long listpack) {
        int bytes = bytes(listpack);
        long lp = slab.take(bytes, tag);
        Memory.copy(listpack, lp, bytes);
        return lp;
    }

    public static void free(Slab slab, MemoryTag tag, long lp) {
        slab.give(lp, bytes(lp), tag);
    }

    public static int bytes(long lp) {
        return Memory.getInt(lp);
    }

    /** The number of entries: at once up to 65534, beyond that by a walk. */
    public static int count(long lp) {
        int count = Memory.getUnsignedShort(lp + COUNT_OFFSET);
        if (count != COUNT_UNKNOWN) {
            return count;
        }
        count = 0;
        for (int at = first(lp); at != NONE; at = next(lp, at)) {
            count++;
        }
        if (count < COUNT_UNKNOWN) {
            Memory.putShort(lp + COUNT_OFFSET, count);
        }
        return count;
    }

    public static boolean isEmpty(long lp) {
        return Memory.getInt(lp) == EMPTY_BYTES;
    }

    // ---------------------------------------------------------------------------------------
    // walking

    public static int first(long lp) {
        return isEmpty(lp) ? NONE : HEADER_BYTES;
    }

    public static int last(long lp) {
        return previous(lp, end(lp));
    }

    /** The offset of the end mark: inserting there appends. */
    public static int end(long lp) {
        return Memory.getInt(lp) - 1;
    }

    public static int next(long lp, int at) {
        int next = at + entryBytes(lp, at);
        return Memory.getUnsignedByte(lp + next) == END ? NONE : next;
    }

    public static int previous(long lp, int at) {
        if (at == HEADER_BYTES) {
            return NONE;
        }
        int back = ListpackEntry.readBack(lp + at - 1);
        return at - back - ListpackEntry.backBytes(back);
    }

    /**
     * The entry at a position, counted from 0, or from the end by -1, -2, ...; NONE beyond either
     * end.
     */
    public static int seek(long lp, long index) {
        int known = Memory.getUnsignedShort(lp + COUNT_OFFSET);
        long forward = index;
        if (known != COUNT_UNKNOWN) {
            if (index < 0) {
                forward = known + index;
            }
            if (forward < 0 || forward >= known) {
                return NONE;
            }
            if (forward > known / 2) {
                return seekBackward(lp, known - 1 - forward);
            }
        } else if (index < 0) {
            return seekBackward(lp, -(index + 1));
        }
        int at = first(lp);
        for (long i = 0; i < forward && at != NONE; i++) {
            at = next(lp, at);
        }
        return at;
    }

    private static int seekBackward(long lp, long fromLast) {
        int at = last(lp);
        for (long i = 0; i < fromLast && at != NONE; i++) {
            at = previous(lp, at);
        }
        return at;
    }

    // ---------------------------------------------------------------------------------------
    // reading

    public static void get(long lp, int at, ListpackItem item) {
        long p = lp + at;
        int head = Memory.getUnsignedByte(p);
        if (head >= 0x80 && head < 0xC0) {
            item.setBytes(p + 1, head & 0x3F);
        } else if (head >= 0xE0 && head < 0xF0) {
            item.setBytes(p + 2, (head & 0x0F) << 8 | Memory.getUnsignedByte(p + 1));
        } else if (head == 0xF0) {
            item.setBytes(p + 5, Memory.getInt(p + 1));
        } else {
            item.setInteger(integerAt(p, head));
        }
    }

    public static boolean isInteger(long lp, int at) {
        int head = Memory.getUnsignedByte(lp + at);
        return head < 0x80 || head >= 0xC0 && head < 0xE0 || head > 0xF0;
    }

    /** The value of an entry that is an integer. */
    public static long integer(long lp, int at) {
        return integerAt(lp + at, Memory.getUnsignedByte(lp + at));
    }

    private static long integerAt(long p, int head) {
        if (head < 0x80) {
            return head;
        }
        return switch (head) {
            case 0xF1 -> Memory.getShort(p + 1);
            // Loaded with the byte before it, which the shift drops.
            case 0xF2 -> Memory.getInt(p) >> 8;
            case 0xF3 -> Memory.getInt(p + 1);
            case 0xF4 -> Memory.getLong(p + 1);
            default -> ((head & 0x1F) << 8 | Memory.getUnsignedByte(p + 1)) << 19 >> 19;
        };
    }

    public static boolean equal(long lp, int at, long text, int length) {
        if (isInteger(lp, at)) {
            long parsed = Decimal.parse(text, length);
            return parsed == integer(lp, at) && Decimal.isNumber(text, length, parsed);
        }
        return equalString(lp + at, Memory.getUnsignedByte(lp + at), text, length);
    }

    private static boolean equalString(long p, int head, long text, int length) {
        if (head < 0xC0) {
            return (head & 0x3F) == length && Memory.equal(p + 1, text, length);
        }
        if (head < 0xF0) {
            int own = (head & 0x0F) << 8 | Memory.getUnsignedByte(p + 1);
            return own == length && Memory.equal(p + 2, text, length);
        }
        return Memory.getInt(p + 1) == length && Memory.equal(p + 5, text, length);
    }

    /**
     * Looks for an entry with this text, beginning at {@code from} and passing over {@code skip}
     * entries after each one that is compared (1 to look at the fields of a hash alone).
     */
    public static int find(long lp, int from, long text, int length, int skip) {
        if (from == NONE) {
            return NONE;
        }
        long parsed = Decimal.parse(text, length);
        boolean number = Decimal.isNumber(text, length, parsed);
        int at = from;
        while (true) {
            int head = Memory.getUnsignedByte(lp + at);
            if (head == END) {
                return NONE;
            }
            if (head >= 0x80 && head < 0xC0 || head >= 0xE0 && head <= 0xF0) {
                if (equalString(lp + at, head, text, length)) {
                    return at;
                }
            } else if (number && integerAt(lp + at, head) == parsed) {
                return at;
            }
            at += entryBytes(lp, at);
            for (int i = 0; i < skip && Memory.getUnsignedByte(lp + at) != END; i++) {
                at += entryBytes(lp, at);
            }
        }
    }

    // --------------------------------------------------------------------------------------
    // changing

    public static long append(Slab slab, MemoryTag tag, long lp, long text, int length) {
        return insert(slab, tag, lp, end(lp), text, length);
    }

    public static long appendInteger(Slab slab, MemoryTag tag, long lp, long value) {
        return insertInteger(slab, tag, lp, end(lp), value);
    }

    public static long prepend(Slab slab, MemoryTag tag, long lp, long text, int length) {
        return insert(slab, tag, lp, HEADER_BYTES, text, length);
    }

    public static long prependInteger(Slab slab, MemoryTag tag, long lp, long value) {
        return insertInteger(slab, tag, lp, HEADER_BYTES, value);
    }

    /** As {@link #append}, to a listpack that begins {@code gap} bytes behind its block. */
    public static long append(Slab slab, MemoryTag tag, long lp, int gap, long text, int length) {
        return putText(slab, tag, lp, gap, end(lp), 0, text, length);
    }

    /** Puts an entry before the one at {@code at}, or last when that is {@link #end}. */
    public static long insert(Slab slab, MemoryTag tag, long lp, int at, long text, int length) {
        return putText(slab, tag, lp, 0, at, 0, text, length);
    }

    public static long insertInteger(Slab slab, MemoryTag tag, long lp, int at, long value) {
        return putInteger(slab, tag, lp, 0, at, 0, value);
    }

    /** Puts an entry behind the one at {@code at}; it is then {@link #next} of that. */
    public static long insertAfter(
            Slab slab, MemoryTag tag, long lp, int at, long text, int length) {
        return insert(slab, tag, lp, at + entryBytes(lp, at), text, length);
    }

    public static long replace(Slab slab, MemoryTag tag, long lp, int at, long text, int length) {
        return putText(slab, tag, lp, 0, at, entryBytes(lp, at), text, length);
    }

    public static long replaceInteger(Slab slab, MemoryTag tag, long lp, int at, long value) {
        return putInteger(slab, tag, lp, 0, at, entryBytes(lp, at), value);
    }

    /**
     * Removes the entry at {@code at}; what followed it is then at {@code at}, entry or end mark.
     */
    public static long delete(Slab slab, MemoryTag tag, long lp, int at) {
        return splice(slab, tag, lp, 0, at, entryBytes(lp, at), 0, -1);
    }

    /** Removes the last entry of a listpack that begins {@code gap} bytes behind its block. */
    public static long deleteLast(Slab slab, MemoryTag tag, long lp, int gap) {
        int at = last(lp);
        return splice(slab, tag, lp, gap, at, end(lp) - at, 0, -1);
    }

    /**
     * Makes room for a first entry of {@code bytes} in the unused bytes right before the listpack,
     * and for the caller to fill at once; answers where the listpack begins now. Nothing else
     * moves.
     */
    public static long growFront(long lp, int bytes) {
        int all = bytes(lp);
        int count = Memory.getUnsignedShort(lp + COUNT_OFFSET);
        long grown = lp - bytes;
        Memory.putInt(grown, all + bytes);
        Memory.putShort(grown + COUNT_OFFSET, Math.min(count + 1, COUNT_UNKNOWN));
        return grown;
    }

    /** Removes the first entry where it is: answers where the listpack begins now. */
    public static long dropFirst(long lp) {
        int all = bytes(lp);
        int count = Memory.getUnsignedShort(lp + COUNT_OFFSET);
        int bytes = entryBytes(lp, HEADER_BYTES);
        long left = lp + bytes;
        Memory.putInt(left, all - bytes);
        Memory.putShort(left + COUNT_OFFSET, count == COUNT_UNKNOWN ? count : count - 1);
        return left;
    }

    /** Removes up to {@code count} entries from the one at {@code at} on. */
    public static long deleteEntries(Slab slab, MemoryTag tag, long lp, int at, long count) {
        int to = at;
        int deleted = 0;
        while (deleted < count && Memory.getUnsignedByte(lp + to) != END) {
            to += entryBytes(lp, to);
            deleted++;
        }
        return deleted == 0 ? lp : splice(slab, tag, lp, 0, at, to - at, 0, -deleted);
    }

    /**
     * Removes up to {@code count} entries from a position on, which may be counted from the end.
     */
    public static long deleteRange(Slab slab, MemoryTag tag, long lp, long index, long count) {
        int at = seek(lp, index);
        return at == NONE || count <= 0 ? lp : deleteEntries(slab, tag, lp, at, count);
    }

    /** A new listpack of the {@code count} entries between two offsets of this one. */
    public static long copyEntries(Slab slab, MemoryTag tag, long lp, int from, int to, int count) {
        int bytes = EMPTY_BYTES + to - from;
        long copy = slab.take(bytes, tag);
        Memory.putInt(copy, bytes);
        Memory.putShort(copy + COUNT_OFFSET, Math.min(count, COUNT_UNKNOWN));
        Memory.copy(lp + from, copy + HEADER_BYTES, to - from);
        Memory.putByte(copy + bytes - 1, END);
        return copy;
    }

    /**
     * Puts the entries of {@code other} behind those of {@code lp}; {@code other} stays as it is.
     */
    public static long appendAll(Slab slab, MemoryTag tag, long lp, long other) {
        int length = bytes(other) - EMPTY_BYTES;
        int at = end(lp);
        long grown = splice(slab, tag, lp, 0, at, 0, length, count(other));
        Memory.copy(other + HEADER_BYTES, grown + at, length);
        return grown;
    }

    /** As {@link #replaceInteger}, in a block that has room for what it grows by. */
    public static void replaceIntegerWithin(long lp, int at, long value) {
        shift(lp, at, entryBytes(lp, at), ListpackEntry.integerBytes(value), 0);
        ListpackEntry.writeInteger(lp + at, value);
    }

    /**
     * Adds {@code bytes} behind the last entry, which the caller fills at once with {@code entries}
     * ({@link ListpackEntry} writes them), in a block that has room for them.
     */
    public static void extendWithin(long lp, int bytes, int entries) {
        shift(lp, end(lp), 0, bytes, entries);
    }

    private static long putText(
            Slab slab, MemoryTag tag, long lp, int gap, int at, int old, long text, int length) {
        long parsed = Decimal.parse(text, length);
        if (Decimal.isNumber(text, length, parsed)) {
            return putInteger(slab, tag, lp, gap, at, old, parsed);
        }
        if (length > MAX_BYTES) {
            throw tooLong();
        }
        int bytes = ListpackEntry.stringBytes(length);
        long block = splice(slab, tag, lp, gap, at, old, bytes, old == 0 ? 1 : 0);
        ListpackEntry.writeString(block + at, text, length);
        return block;
    }

    private static long putInteger(
            Slab slab, MemoryTag tag, long lp, int gap, int at, int old, long value) {
        int bytes = ListpackEntry.integerBytes(value);
        long block = splice(slab, tag, lp, gap, at, old, bytes, old == 0 ? 1 : 0);
        ListpackEntry.writeInteger(block + at, value);
        return block;
    }

    /**
     * Replaces {@code old} bytes at an offset by room for {@code fresh} ones, and counts. The
     * listpack begins {@code gap} bytes behind its block, and goes on doing so.
     */
    private static long splice(
            Slab slab, MemoryTag tag, long lp, int gap, int at, int old, int fresh, int counted) {
        int bytes = bytes(lp);
        long wanted = (long) bytes - old + fresh;
        if (wanted > MAX_BYTES) {
            throw tooLong();
        }
        if (fresh > old) {
            long block = slab.resize(lp - gap, gap + bytes, gap + wanted, tag) + gap;
            shift(block, at, old, fresh, counted);
            return block;
        }
        shift(lp, at, old, fresh, counted);
        return fresh < old ? slab.resize(lp - gap, gap + bytes, gap + wanted, tag) + gap : lp;
    }

    /** As {@link #splice}, in a block that is large enough and stays. */
    private static void shift(long lp, int at, int old, int fresh, int counted) {
        int bytes = bytes(lp);
        if (fresh != old) {
            Memory.copy(lp + at + old, lp + at + fresh, bytes - at - old);
            Memory.putInt(lp, bytes - old + fresh);
        }
        int count = Memory.getUnsignedShort(lp + COUNT_OFFSET);
        if (count != COUNT_UNKNOWN && counted != 0) {
            Memory.putShort(lp + COUNT_OFFSET, Math.min(count + counted, COUNT_UNKNOWN));
        }
    }

    private static IllegalStateException tooLong() {
        return new IllegalStateException("a listpack would grow beyond " + MAX_BYTES + " bytes");
    }

    /** The bytes of an entry, its back length included. */
    public static int entryBytes(long lp, int at) {
        return ListpackEntry.bytesAt(lp + at);
    }

    // --------------------------------------------------------------------------------------
    // validation

    /**
     * Whether bytes from outside are a listpack: the header agrees with the length and, if {@code
     * deep}, every entry lies inside, agrees with its back length, and their number is the
     * header's. Reads nothing outside of the range and looks at each entry once.
     */
    public static boolean isValid(long lp, long length, boolean deep) {
        if (length < EMPTY_BYTES
                || length > MAX_BYTES
                || (Memory.getInt(lp) & 0xFFFFFFFFL) != length
                || Memory.getUnsignedByte(lp + length - 1) != END) {
            return false;
        }
        if (!deep) {
            return true;
        }
        long end = length - 1;
        long at = HEADER_BYTES;
        int count = 0;
        while (at < end) {
            long size = validEntryBytes(lp, at, end);
            if (size < 0) {
                return false;
            }
            at += size;
            count++;
        }
        int counted = Memory.getUnsignedShort(lp + COUNT_OFFSET);
        return at == end && (counted == COUNT_UNKNOWN || counted == count);
    }

    private static long validEntryBytes(long lp, long at, long end) {
        long p = lp + at;
        int head = Memory.getUnsignedByte(p);
        int headBytes = head < 0xC0 ? 1 : head < 0xF0 ? 2 : head == 0xF0 ? 5 : 1;
        if (head > 0xF4 || headBytes > end - at) {
            return -1;
        }
        if (head == 0xF0 && Memory.getInt(p + 1) < 0) {
            return -1;
        }
        long encoded = head == 0xF0 ? 5L + Memory.getInt(p + 1) : ListpackEntry.encodedBytes(p);
        if (encoded > end - at) {
            return -1;
        }
        int back = ListpackEntry.backBytes((int) encoded);
        if (back > end - at - encoded || !isBack(p + encoded, (int) encoded, back)) {
            return -1;
        }
        return encoded + back;
    }

    private static boolean isBack(long p, int length, int bytes) {
        int rest = length;
        for (int i = bytes - 1; i > 0; i--) {
            if (Memory.getUnsignedByte(p + i) != (rest & 0x7F | 0x80)) {
                return false;
            }
            rest >>>= 7;
        }
        return Memory.getUnsignedByte(p) == rest;
    }
}
