package io.ferrite.memory.codec;

import io.ferrite.memory.Memory;

/**
 * The 64-bit checksum of RDB files and DUMP payloads: the "Jones" polynomial 0xad93d23594c935a9,
 * bits reflected, starting at 0, nothing added at the end. The checksum of {@code "123456789"} is
 * {@code e9c6d914c4b8d9ca}.
 *
 * <p>Eight bytes a step with eight tables (Intel's "slicing-by-8"). A checksum of a whole is the
 * checksum of its last part continued from the checksum of what came before.
 */
public final class Crc64 {

    /** The polynomial with its bits in reverse order, as the right-shifting form needs it. */
    private static final long POLYNOMIAL = Long.reverse(0xad93d23594c935a9L);

    private static final int STEP = 8;
    private static final long[] TABLES = tables();

    private Crc64() {}

    private static long[] tables() {
        long[] tables = new long[STEP * 256];
        for (int value = 0; value < 256; value++) {
            long crc = value;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
            }
            tables[value] = crc;
        }
        for (int value = 256; value < tables.length; value++) {
            long before = tables[value - 256];
            tables[value] = tables[(int) before & 0xFF] ^ before >>> 8;
        }
        return tables;
    }

    /** Continues {@code crc} (0 at the beginning) over off-heap bytes. */
    public static long update(long crc, long address, long length) {
        long at = address;
        long end = address + length;
        for (; end - at >= STEP; at += STEP) {
            crc = step(crc ^ Memory.getLong(at));
        }
        for (; at < end; at++) {
            crc = one(crc, Memory.getByte(at));
        }
        return crc;
    }

    /** Continues {@code crc} (0 at the beginning) over bytes of an array. */
    public static long update(long crc, byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            crc = one(crc, bytes[i]);
        }
        return crc;
    }

    private static long one(long crc, byte b) {
        return TABLES[(int) (crc ^ b) & 0xFF] ^ crc >>> 8;
    }

    private static long step(long x) {
        long[] t = TABLES;
        return t[7 * 256 + ((int) x & 0xFF)]
                ^ t[6 * 256 + ((int) (x >>> 8) & 0xFF)]
                ^ t[5 * 256 + ((int) (x >>> 16) & 0xFF)]
                ^ t[4 * 256 + ((int) (x >>> 24) & 0xFF)]
                ^ t[3 * 256 + ((int) (x >>> 32) & 0xFF)]
                ^ t[2 * 256 + ((int) (x >>> 40) & 0xFF)]
                ^ t[256 + ((int) (x >>> 48) & 0xFF)]
                ^ t[(int) (x >>> 56)];
    }
}
