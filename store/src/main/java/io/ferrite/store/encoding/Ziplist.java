package io.ferrite.store.encoding;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * Reads the ziplist, the listpack's predecessor in RDB files before version 10. Nothing is stored
 * in this form: a valid one is turned into a {@link Listpack}.
 *
 * <pre>
 *   0         4         8         10                            bytes - 1
 *   +---------+---------+---------+---------+-- - --+---------+------+
 *   | bytes   | last    | count   | entry 0 |       | entry n | 0xFF |   last: offset of entry n
 *   | u32     | u32     | u16     |         |       |         |      |   count 65535: not known
 *   +---------+---------+---------+---------+-- - --+---------+------+
 *
 *   entry = | length of the entry before: u8, or 0xFE and u32 | head | content |
 *
 *   00llllll                      string of up to 63 bytes
 *   01llllll llllllll             string of up to 16383 bytes, high bits first
 *   10...... l:u32 big-endian     longer string
 *   C0 / D0 / E0 / F0 / FE        integer of 16, 32, 64, 24 or 8 bits follows
 *   1111vvvv, v from 1 to 13      the integer v - 1
 * </pre>
 */
public final class Ziplist {

    private static final int HEADER_BYTES = 10;
    private static final int LAST_OFFSET = 4;
    private static final int COUNT_OFFSET = 8;
    private static final int COUNT_UNKNOWN = 0xFFFF;
    private static final int END = 0xFF;
    private static final int BIG_BEFORE = 0xFE;

    private Ziplist() {}

    /** Whether bytes from outside are a ziplist in every part; looks at each entry once. */
    public static boolean isValid(long zl, long length) {
        if (length < HEADER_BYTES + 1
                || length > Listpack.MAX_BYTES
                || (Memory.getInt(zl) & 0xFFFFFFFFL) != length
                || Memory.getUnsignedByte(zl + length - 1) != END) {
            return false;
        }
        long end = length - 1;
        long at = HEADER_BYTES;
        long before = 0;
        long last = HEADER_BYTES;
        int count = 0;
        while (at < end) {
            long size = validEntryBytes(zl + at, end - at, before);
            if (size < 0) {
                return false;
            }
            last = at;
            before = size;
            at += size;
            count++;
        }
        int counted = Memory.getUnsignedShort(zl + COUNT_OFFSET);
        return at == end
                && (Memory.getInt(zl + LAST_OFFSET) & 0xFFFFFFFFL) == last
                && (counted == COUNT_UNKNOWN || counted == count);
    }

    private static long validEntryBytes(long p, long room, long before) {
        int beforeBytes = beforeBytes(p);
        if (beforeBytes >= room) {
            return -1;
        }
        long told =
                beforeBytes == 1 ? Memory.getUnsignedByte(p) : Memory.getInt(p + 1) & 0xFFFFFFFFL;
        long h = p + beforeBytes;
        int head = Memory.getUnsignedByte(h);
        int headBytes = headBytes(head);
        if (told != before || !isHead(head) || headBytes > room - beforeBytes) {
            return -1;
        }
        long size = beforeBytes + headBytes + contentBytes(h, head);
        return size > room ? -1 : size;
    }

    private static boolean isHead(int head) {
        return head < 0xC0
                || head == 0xC0
                || head == 0xD0
                || head == 0xE0
                || head >= 0xF0 && head <= 0xFE;
    }

    private static int beforeBytes(long p) {
        return Memory.getUnsignedByte(p) < BIG_BEFORE ? 1 : 5;
    }

    private static int headBytes(int head) {
        return switch (head >>> 6) {
            case 1 -> 2;
            case 2 -> 5;
            default -> 1;
        };
    }

    private static long contentBytes(long h, int head) {
        return switch (head >>> 6) {
            case 0 -> head & 0x3F;
            case 1 -> (head & 0x3F) << 8 | Memory.getUnsignedByte(h + 1);
            case 2 -> Memory.getIntBigEndian(h + 1) & 0xFFFFFFFFL;
            default ->
                    switch (head) {
                        case 0xC0 -> 2;
                        case 0xD0 -> 4;
                        case 0xE0 -> 8;
                        case 0xF0 -> 3;
                        case 0xFE -> 1;
                        default -> 0;
                    };
        };
    }

    /** The offset of the first entry, or {@link Listpack#NONE}. */
    public static int first(long zl) {
        return Memory.getUnsignedByte(zl + HEADER_BYTES) == END ? Listpack.NONE : HEADER_BYTES;
    }

    public static int next(long zl, int at) {
        long h = zl + at + beforeBytes(zl + at);
        int head = Memory.getUnsignedByte(h);
        int next = (int) (h - zl + headBytes(head) + contentBytes(h, head));
        return Memory.getUnsignedByte(zl + next) == END ? Listpack.NONE : next;
    }

    public static void get(long zl, int at, ListpackItem item) {
        long h = zl + at + beforeBytes(zl + at);
        int head = Memory.getUnsignedByte(h);
        if (head < 0xC0) {
            item.setBytes(h + headBytes(head), (int) contentBytes(h, head));
            return;
        }
        item.setInteger(
                switch (head) {
                    case 0xC0 -> Memory.getShort(h + 1);
                    case 0xD0 -> Memory.getInt(h + 1);
                    case 0xE0 -> Memory.getLong(h + 1);
                    // Loaded with the byte before it, which the shift drops.
                    case 0xF0 -> Memory.getInt(h) >> 8;
                    case 0xFE -> Memory.getByte(h + 1);
                    default -> (head & 0x0F) - 1;
                });
    }

    /** A listpack of the entries of a valid ziplist, which stays as it is. */
    public static long toListpack(Slab slab, MemoryTag tag, long zl) {
        ListpackItem item = new ListpackItem();
        long lp = Listpack.create(slab, tag);
        for (int at = first(zl); at != Listpack.NONE; at = next(zl, at)) {
            get(zl, at, item);
            lp =
                    item.isInteger()
                            ? Listpack.appendInteger(slab, tag, lp, item.integer())
                            : Listpack.append(slab, tag, lp, item.address(), item.length());
        }
        return lp;
    }
}
