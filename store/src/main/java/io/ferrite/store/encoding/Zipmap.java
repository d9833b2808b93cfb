package io.ferrite.store.encoding;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * Reads the zipmap, the small hash of RDB files before version 4. Nothing is stored in this form: a
 * valid one is turned into a {@link Listpack} of fields and values in turn.
 *
 * <pre>
 *   | count u8 | length | field | length | free u8 | value | free bytes | ... | 0xFF |
 *
 *   length: u8 below 254, or 0xFE and u32 from 254 on;  count 254 and more: not known
 * </pre>
 *
 * <p>A length below 254 in the long form is refused: nothing ever wrote it, and readers disagree on
 * it.
 */
public final class Zipmap {

    private static final int END = 0xFF;
    private static final int BIG = 0xFE;

    private Zipmap() {}

    /** Whether bytes from outside are a zipmap in every part; looks at each entry once. */
    public static boolean isValid(long zm, long length) {
        if (length < 2
                || length > Listpack.MAX_BYTES
                || Memory.getUnsignedByte(zm + length - 1) != END) {
            return false;
        }
        long end = length - 1;
        long at = 1;
        int count = 0;
        while (at < end) {
            long value = validItemEnd(zm, at, end, 0);
            long next = value < 0 ? -1 : validItemEnd(zm, value, end, 1);
            if (next < 0) {
                return false;
            }
            at = next;
            count++;
        }
        int counted = Memory.getUnsignedByte(zm);
        return at == end && (counted >= BIG || counted == count);
    }

    /** The offset behind one field or value (which has {@code extra} one byte more), or -1. */
    private static long validItemEnd(long zm, long at, long end, int extra) {
        if (at >= end) {
            return -1;
        }
        int head = Memory.getUnsignedByte(zm + at);
        if (head == END || head == BIG && end - at < 5) {
            return -1;
        }
        long length = length(zm + at, head);
        if (head == BIG && length < BIG) {
            return -1;
        }
        long next = at + lengthBytes(head) + extra + length;
        if (next > end) {
            return -1;
        }
        if (extra == 1) {
            next += Memory.getUnsignedByte(zm + at + lengthBytes(head));
        }
        return next > end ? -1 : next;
    }

    private static int lengthBytes(int head) {
        return head < BIG ? 1 : 5;
    }

    private static long length(long p, int head) {
        return head < BIG ? head : Memory.getInt(p + 1) & 0xFFFFFFFFL;
    }

    /** A listpack of the fields and values of a valid zipmap, which stays as it is. */
    public static long toListpack(Slab slab, MemoryTag tag, long zm) {
        long lp = Listpack.create(slab, tag);
        long p = zm + 1;
        boolean value = false;
        while (Memory.getUnsignedByte(p) != END) {
            int head = Memory.getUnsignedByte(p);
            int length = (int) length(p, head);
            p += lengthBytes(head);
            int free = 0;
            if (value) {
                free = Memory.getUnsignedByte(p);
                p++;
            }
            lp = Listpack.append(slab, tag, lp, p, length);
            p += length + free;
            value = !value;
        }
        return lp;
    }
}
