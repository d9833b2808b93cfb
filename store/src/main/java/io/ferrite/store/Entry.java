package io.ferrite.store;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.expiry.PlaceKeeper;

/**
 * A key with what belongs to it, in one off-heap block; a short string's bytes stand in the block
 * too.
 *
 * <pre>
 *   0       1       2       3..5    6       7       8
 *   +-------+-------+-------+-------+-------+-------+--------+-------+-------+-------+-------+
 *   | enc u4| flags | key   | access| colors| value | expiry | key   | value | key   | value |
 *   | typ u4|       | length| clock |       | length| if any | length| part  | bytes | bytes |
 *   +-------+-------+-------+-------+-------+-------+--------+-------+-------+-------+-------+
 *
 *   flags         1 has an expiry, 2 long key, 4 the value part has 8 bytes, 8 it has 16
 *   key length    u8; 255 for a long key, whose length then is the u32 in front of the value part
 *   access clock  24 bits, see {@link AccessClock}
 *   colors        one bit for each of eight snapshot walks, see {@code SnapshotWalk}
 *   expiry        i64 milliseconds since 1970, u32 place in the {@code ExpiryHeap}
 *   value part    integer: i64; long string: i64 address, u32 length, u32 capacity;
 *                 other types: i64 root
 *   value length  u8, of a string whose bytes follow the key; these have no value part
 * </pre>
 *
 * <p>Cost: 8 bytes and what the key and the value take, rounded up to a size class: a 16-byte key
 * with a 32-byte value takes 56 bytes.
 *
 * <p>Static accessors on the block's address. The block belongs to its {@link Database}, which may
 * move it on any change; who holds an address past a change asks the database again.
 */
public final class Entry {

    /** The longest string whose bytes stand in the entry itself. */
    public static final int MAX_EMBEDDED = 255;

    /** The longest string that Redis calls {@code embstr}. */
    public static final int MAX_EMBSTR = 44;

    /** What {@link #expireAt} answers for a key that lives for ever. */
    public static final long NEVER = -1;

    /** How the heap of a table writes down the places of its keys. */
    static final PlaceKeeper KEYS =
            new PlaceKeeper(MemoryTag.EXPIRY) {
                @Override
                public void setPlace(long entry, int place) {
                    Memory.putInt(entry + HEAP_INDEX, place);
                }
            };

    static final int HAS_EXPIRY = 1;
    static final int LONG_KEY = 2;
    static final int VALUE_8 = 4;
    static final int VALUE_16 = 8;
    static final int VALUE_PART = VALUE_8 | VALUE_16;

    private static final int FLAGS = 1;
    private static final int KEY_LENGTH = 2;
    private static final int ACCESS = 3;
    private static final int COLORS = 6;
    private static final int VALUE_LENGTH = 7;
    private static final int HEADER = 8;
    private static final int EXPIRE_AT = 8;
    private static final int HEAP_INDEX = 16;
    private static final int EXPIRY_BYTES = 12;
    private static final int MARK_OF_LONG_KEY = 255;

    private Entry() {}

    public static int type(long entry) {
        return Memory.getByte(entry) & 0x0F;
    }

    /**
     * The {@link Encoding} as OBJECT ENCODING names it; where the bytes are does not follow from
     * it.
     */
    public static int encoding(long entry) {
        return Memory.getByte(entry) >>> 4 & 0x0F;
    }

    static int flags(long entry) {
        return Memory.getByte(entry + FLAGS);
    }

    public static long keyAddress(long entry) {
        return entry + keyOffset(flags(entry));
    }

    public static int keyLength(long entry) {
        int length = Memory.getUnsignedByte(entry + KEY_LENGTH);
        return length < MARK_OF_LONG_KEY ? length : longKeyLength(entry);
    }

    static int longKeyLength(long entry) {
        return Memory.getInt(entry + HEADER + EXPIRY_BYTES * (flags(entry) & HAS_EXPIRY));
    }

    public static byte[] keyBytes(long entry) {
        return Memory.toBytes(keyAddress(entry), keyLength(entry));
    }

    public static boolean keyEquals(long entry, byte[] key) {
        return keyLength(entry) == key.length
                && Memory.equal(keyAddress(entry), key, 0, key.length);
    }

    public static boolean hasExpiry(long entry) {
        return (flags(entry) & HAS_EXPIRY) != 0;
    }

    /** Milliseconds since 1970, or {@link #NEVER}. */
    public static long expireAt(long entry) {
        return hasExpiry(entry) ? Memory.getLong(entry + EXPIRE_AT) : NEVER;
    }

    /** Whether its time has passed; at the very millisecond it still lives. */
    public static boolean isExpired(long entry, long nowMs) {
        return hasExpiry(entry) && Memory.getLong(entry + EXPIRE_AT) < nowMs;
    }

    /** The 24 bits whose meaning is {@link AccessClock}'s affair. */
    public static int access(long entry) {
        return Memory.getInt(entry + ACCESS) & 0xFFFFFF;
    }

    public static void setAccess(long entry, int access) {
        Memory.putShort(entry + ACCESS, access);
        Memory.putByte(entry + ACCESS + 2, access >>> 16);
    }

    public static int colors(long entry) {
        return Memory.getUnsignedByte(entry + COLORS);
    }

    /** Only for the keyspace and the walks. */
    public static void setColors(long entry, int colors) {
        Memory.putByte(entry + COLORS, colors);
    }

    /** Whether a string is kept as a number: {@link #integer} then, instead of an address. */
    public static boolean isInteger(long entry) {
        return (Memory.getByte(entry) & 0xFF) == (Encoding.INT << 4 | Type.STRING);
    }

    public static long integer(long entry) {
        return Memory.getLong(entry + valueOffset(flags(entry)));
    }

    /** Where the bytes of a string are that is not kept as a number. */
    public static long valueAddress(long entry) {
        int flags = flags(entry);
        return (flags & VALUE_16) != 0
                ? Memory.getLong(entry + valueOffset(flags))
                : entry + keyOffset(flags) + keyLength(entry);
    }

    /** How many bytes a string has that is not kept as a number. */
    public static int valueLength(long entry) {
        int flags = flags(entry);
        return (flags & VALUE_16) != 0
                ? Memory.getInt(entry + valueOffset(flags) + 8)
                : Memory.getUnsignedByte(entry + VALUE_LENGTH);
    }

    /** The root of a value that is not a string. */
    public static long root(long entry) {
        return Memory.getLong(entry + valueOffset(flags(entry)));
    }

    /** Bytes that the block takes, and a long string's own block; not what hangs on a root. */
    public static long bytes(long entry) {
        return Slab.roundUp(size(entry)) + (isOutside(entry) ? Slab.roundUp(capacity(entry)) : 0);
    }

    /** Whether the value is a string in a block of its own. */
    static boolean isOutside(long entry) {
        return (flags(entry) & VALUE_16) != 0;
    }

    static int capacity(long entry) {
        return Memory.getInt(entry + valueOffset(flags(entry)) + 12);
    }

    static void setOutside(long entry, long address, int length, int capacity) {
        long part = entry + valueOffset(flags(entry));
        Memory.putLong(part, address);
        Memory.putInt(part + 8, length);
        Memory.putInt(part + 12, capacity);
    }

    /** Sets an integer, or a root. */
    static void setWord(long entry, long word) {
        Memory.putLong(entry + valueOffset(flags(entry)), word);
    }

    static void setEmbeddedLength(long entry, int length) {
        Memory.putByte(entry + VALUE_LENGTH, length);
    }

    static void setEncoding(long entry, int encoding) {
        Memory.putByte(entry, Memory.getByte(entry) & 0x0F | encoding << 4);
    }

    static void setExpireAt(long entry, long atMs) {
        Memory.putLong(entry + EXPIRE_AT, atMs);
    }

    /** The place in the heap of a key that has an expiry. */
    static int heapIndex(long entry) {
        return Memory.getInt(entry + HEAP_INDEX);
    }

    static int keyOffset(int flags) {
        // 2 * 2 = 4 bytes of length, 2 * 4 = 8 and 2 * 8 = 16 bytes of value part: no branch.
        return HEADER + EXPIRY_BYTES * (flags & HAS_EXPIRY) + 2 * (flags & (LONG_KEY | VALUE_PART));
    }

    private static int valueOffset(int flags) {
        return HEADER + EXPIRY_BYTES * (flags & HAS_EXPIRY) + 2 * (flags & LONG_KEY);
    }

    static long size(int flags, int keyLength, int embeddedLength) {
        return (long) keyOffset(flags) + keyLength + embeddedLength;
    }

    static long size(long entry) {
        return size(flags(entry), keyLength(entry), embeddedLength(entry));
    }

    static int embeddedLength(long entry) {
        return Memory.getUnsignedByte(entry + VALUE_LENGTH);
    }

    static int flagsOfKey(int keyLength) {
        return keyLength < MARK_OF_LONG_KEY ? 0 : LONG_KEY;
    }

    /** Takes a block and writes all but the expiry and the value. */
    static long create(
            Slab slab, int flags, long key, int keyLength, int embeddedLength, int access) {
        long entry = slab.take(size(flags, keyLength, embeddedLength), MemoryTag.ENTRY);
        write(entry, flags, key, keyLength, embeddedLength);
        setAccess(entry, access);
        return entry;
    }

    /** Writes flags, lengths and the key, which may stand in the block already, elsewhere. */
    static void write(long entry, int flags, long key, int keyLength, int embeddedLength) {
        Memory.copy(key, entry + keyOffset(flags), keyLength);
        Memory.putByte(entry + FLAGS, flags);
        Memory.putByte(entry + KEY_LENGTH, Math.min(keyLength, MARK_OF_LONG_KEY));
        Memory.putByte(entry + VALUE_LENGTH, embeddedLength);
        if ((flags & LONG_KEY) != 0) {
            Memory.putInt(entry + HEADER + EXPIRY_BYTES * (flags & HAS_EXPIRY), keyLength);
        }
    }

    static void setKind(long entry, int type, int encoding) {
        Memory.putByte(entry, encoding << 4 | type);
    }

    /**
     * Copies a value part to an entry whose value part has the same size, or as many embedded bytes
     * as there is room for on both sides; nothing where the two are of different kinds.
     */
    static void copyValuePart(long from, long to) {
        int flags = flags(from);
        int toFlags = flags(to);
        int part = flags & VALUE_PART;
        if (part != (toFlags & VALUE_PART)) {
            return;
        }
        if (part != 0) {
            Memory.copy(from + valueOffset(flags), to + valueOffset(toFlags), 2L * part);
        } else {
            Memory.copy(
                    from + keyOffset(flags) + keyLength(from),
                    to + keyOffset(toFlags) + keyLength(to),
                    Math.min(embeddedLength(from), embeddedLength(to)));
        }
    }
}
