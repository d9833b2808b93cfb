package io.ferrite.memory.codec;

import io.ferrite.memory.Memory;

/**
 * The 16-bit checksum that spreads keys over hash slots: XMODEM, polynomial 0x1021, starting at 0,
 * nothing reflected. The checksum of {@code "123456789"} is {@code 31c3}.
 */
public final class Crc16 {

    private static final int POLYNOMIAL = 0x1021;
    private static final char[] TABLE = table();

    private Crc16() {}

    private static char[] table() {
        char[] table = new char[256];
        for (int value = 0; value < 256; value++) {
            int crc = value << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ POLYNOMIAL;
            }
            table[value] = (char) crc;
        }
        return table;
    }

    public static int of(long address, int length) {
        int crc = 0;
        for (int i = 0; i < length; i++) {
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
