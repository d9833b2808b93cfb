package io.ferrite.memory.codec;

import io.ferrite.memory.Memory;

/**
 * The hash slot of a key, 0 to 16383: its CRC-16, or the CRC-16 of its <em>hash tag</em> alone.
 *
 * <p>The tag is what stands between the first opening brace and the first closing brace after it.
 * Where that is nothing, or one of the braces is missing, the whole key counts.
 */
public final class HashSlot {

    public static final int COUNT = 16384;

    private static final long LOW_OF_BYTES = 0x0101_0101_0101_0101L;
    private static final long HIGH_OF_BYTES = 0x8080_8080_8080_8080L;

    private HashSlot() {}

    public static int of(long key, int length) {
        int open = indexOf(key, 0, length, (byte) '{');
        if (open < length) {
            int close = indexOf(key, open + 1, length, (byte) '}');
            if (close < length && close > open + 1) {
                return Crc16.of(key + open + 1, close - open - 1) & COUNT - 1;
            }
        }
        return Crc16.of(key, length) & COUNT - 1;
    }

    public static int of(byte[] key) {
        int open = indexOf(key, 0, (byte) '{');
        if (open < key.length) {
            int close = indexOf(key, open + 1, (byte) '}');
            if (close < key.length && close > open + 1) {
                return Crc16.of(key, open + 1, close - open - 1) & COUNT - 1;
            }
        }
        return Crc16.of(key, 0, key.length) & COUNT - 1;
    }

    private static int indexOf(long key, int from, int length, byte wanted) {
        long pattern = LOW_OF_BYTES * wanted;
        int i = from;
        // Eight bytes at once: a zero byte in the difference is where it stands.
        for (; i + 8 <= length; i += 8) {
            long difference = Memory.getLong(key + i) ^ pattern;
            long zeros = difference - LOW_OF_BYTES & ~difference & HIGH_OF_BYTES;
            if (zeros != 0) {
                return i + (Long.numberOfTrailingZeros(zeros) >>> 3);
            }
        }
        while (i < length && Memory.getByte(key + i) != wanted) {
            i++;
        }
        return i;
    }

    private static int indexOf(byte[] key, int from, byte wanted) {
        int i = from;
        while (i < key.length && key[i] != wanted) {
            i++;
        }
        return i;
    }
}
