package io.ferrite.store.encoding;

import io.ferrite.memory.Memory;
import io.ferrite.memory.codec.Decimal;

/**
 * One entry of a {@link Listpack}, which draws its bytes: how long it is, and how it is written to
 * an address where there is room for it.
 */
public final class ListpackEntry {

    private ListpackEntry() {}

    // ------------------------------------------------------------------------------------- writing

    /** The bytes of an entry with this text, which is kept as an integer if it spells one. */
    public static int textBytes(long text, int length) {
        long parsed = Decimal.parse(text, length);
        return Decimal.isNumber(text, length, parsed) ? integerBytes(parsed) : stringBytes(length);
    }

    /** Writes an entry with this text; answers the address behind it. */
    public static long writeText(long p, long text, int length) {
        long parsed = Decimal.parse(text, length);
        return Decimal.isNumber(text, length, parsed)
                ? writeInteger(p, parsed)
                : writeString(p, text, length);
    }

    /** The bytes of an entry with an integer. */
    public static int integerBytes(long value) {
        return encodedInteger(value) + 1;
    }

    private static int encodedInteger(long value) {
        if (value >= 0 && value <= 127) {
            return 1;
        }
        if (value >= -4096 && value <= 4095) {
            return 2;
        }
        if (value == (short) value) {
            return 3;
        }
        if (value >= -(1 << 23) && value < 1 << 23) {
            return 4;
        }
        return value == (int) value ? 5 : 9;
    }

    /** Writes an entry with an integer; answers the address behind it. */
    public static long writeInteger(long p, long value) {
        int encoded = encodedInteger(value);
        switch (encoded) {
            case 1 -> Memory.putByte(p, (int) value);
            case 2 -> {
                Memory.putByte(p, 0xC0 | (int) (value >>> 8) & 0x1F);
                Memory.putByte(p + 1, (int) value);
            }
            case 3 -> {
                Memory.putByte(p, 0xF1);
                Memory.putShort(p + 1, (int) value);
            }
            case 4 -> Memory.putInt(p, (int) value << 8 | 0xF2);
            case 5 -> {
                Memory.putByte(p, 0xF3);
                Memory.putInt(p + 1, (int) value);
            }
            default -> {
                Memory.putByte(p, 0xF4);
                Memory.putLong(p + 1, value);
            }
        }
        Memory.putByte(p + encoded, encoded);
        return p + encoded + 1;
    }

    /** The bytes of an entry with a string that spells no integer. */
    static int stringBytes(int length) {
        int encoded = headBytes(length) + length;
        return encoded + backBytes(encoded);
    }

    private static int headBytes(int length) {
        return length < 64 ? 1 : length < 4096 ? 2 : 5;
    }

    static long writeString(long p, long text, int length) {
        int head = headBytes(length);
        if (head == 1) {
            Memory.putByte(p, 0x80 | length);
        } else if (head == 2) {
            Memory.putByte(p, 0xE0 | length >>> 8);
            Memory.putByte(p + 1, length);
        } else {
            Memory.putByte(p, 0xF0);
            Memory.putInt(p + 1, length);
        }
        Memory.copy(text, p + head, length);
        int encoded = head + length;
        writeBack(p + encoded, encoded);
        return p + encoded + backBytes(encoded);
    }

    private static void writeBack(long p, int length) {
        int bytes = backBytes(length);
        int rest = length;
        for (int i = bytes - 1; i > 0; i--) {
            Memory.putByte(p + i, rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        Memory.putByte(p, rest);
    }

    // ------------------------------------------------------------------------------------- lengths

    /** The bytes of the entry at an address, its back length included. */
    static int bytesAt(long p) {
        int encoded = encodedBytes(p);
        return encoded + backBytes(encoded);
    }

    /** The bytes of the entry's head and content. */
    static int encodedBytes(long p) {
        int head = Memory.getUnsignedByte(p);
        if (head < 0x80) {
            return 1;
        }
        if (head < 0xC0) {
            return 1 + (head & 0x3F);
        }
        if (head < 0xE0) {
            return 2;
        }
        if (head < 0xF0) {
            return 2 + ((head & 0x0F) << 8 | Memory.getUnsignedByte(p + 1));
        }
        return switch (head) {
            case 0xF0 -> 5 + Memory.getInt(p + 1);
            case 0xF1 -> 3;
            case 0xF2 -> 4;
            case 0xF3 -> 5;
            case 0xF4 -> 9;
            default -> 1;
        };
    }

    /** How many bytes a back length takes. The odd limits are the format's. */
    static int backBytes(int length) {
        if (length <= 127) {
            return 1;
        }
        if (length < 16383) {
            return 2;
        }
        if (length < 2097151) {
            return 3;
        }
        return length < 268435455 ? 4 : 5;
    }

    /** The back length that ends at {@code p}, read backwards. */
    static int readBack(long p) {
        int length = 0;
        int shift = 0;
        long at = p;
        while (true) {
            int b = Memory.getUnsignedByte(at--);
            length |= (b & 0x7F) << shift;
            shift += 7;
            if ((b & 0x80) == 0 || shift > 28) {
                return length;
            }
        }
    }
}
