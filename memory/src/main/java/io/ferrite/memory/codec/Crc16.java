package io.ferrite.memory.codec;

import io.ferrite.memory.Memory;

/**
 * The 16-bit checksum that spreads keys over hash slots: XMODEM, polynomial 0x1021, starting at 0,
 * nothing reflected. The checksum of {@code "123456789"} is {@code 31c3}.
 */
public final class Crc16 {

    private static final int POLYNOMIAL = 0x1021;

    /**
     * For each byte, its share of the checksum when so many bytes come behind it: 8 tables of 256.
     * With them eight bytes take eight loads that do not wait for each other.
     */
    private static final char[] TABLE = table();

    private static final int AT_ONCE = 8;

    private Crc16() {}

    private static char[] table() {
        char[] table = new char[AT_ONCE << 8];
        for (int value = 0; value < 256; value++) {
            int crc = value << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ POLYNOMIAL;
            }
            table[value] = (char) crc;
        }
        for (int behind = 1; behind < AT_ONCE; behind++) {
            for (int value = 0; value < 256; value++) {
                int crc = table[behind - 1 << 8 | value];
                table[behind << 8 | value] = (char) (crc << 8 ^ table[crc >>> 8]);
            }
        }
        return table;
    }

    public static int of(long address, int length) {
        int crc = 0;
        int i = 0;
        for (; i + AT_ONCE <= length; i += AT_ONCE) {
            long word = Memory.getLong(address + i);
            crc =
                    TABLE[7 << 8 | crc >>> 8 ^ (int) word & 0xFF]
                            ^ TABLE[6 << 8 | (crc ^ (int) (word >>> 8)) & 0xFF]
                            ^ TABLE[5 << 8 | (int) (word >>> 16) & 0xFF]
                            ^ TABLE[4 << 8 | (int) (word >>> 24) & 0xFF]
                            ^ TABLE[3 << 8 | (int) (word >>> 32) & 0xFF]
                            ^ TABLE[2 << 8 | (int) (word >>> 40) & 0xFF]
                            ^ TABLE[1 << 8 | (int) (word >>> 48) & 0xFF]
                            ^ TABLE[(int) (word >>> 56)];
        }
        for (; i < length; i++) {
            crc = next(crc, Memory.getByte(address + i));
        }
        return crc;
    }

    public static int of(byte[] bytes, int offset, int length) {
        int crc = 0;
        for (int i = offset; i < offset + length; i++) {
            crc = next(crc, bytes[i]);
        }
        return crc;
    }

    private static int next(int crc, byte b) {
        return (crc << 8 ^ TABLE[(crc >>> 8 ^ b) & 0xFF]) & 0xFFFF;
    }
}
