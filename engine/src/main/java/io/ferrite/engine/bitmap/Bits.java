package io.ferrite.engine.bitmap;

import io.ferrite.memory.Memory;

/**
 * Bits of off-heap bytes, numbered as Redis numbers them: bit 0 is the highest of byte 0. Ranges
 * are given by their first and last bit. Loops take eight bytes at a time.
 */
final class Bits {

    /** What {@link #find} answers when there is no such bit. */
    static final long NONE = -1;

    private Bits() {}

    static int get(long address, long bit) {
        return Memory.getUnsignedByte(address + (bit >> 3)) >> (7 - (int) (bit & 7)) & 1;
    }

    static void set(long address, long bit, int value) {
        long at = address + (bit >> 3);
        int shift = 7 - (int) (bit & 7);
        Memory.putByte(at, Memory.getUnsignedByte(at) & ~(1 << shift) | value << shift);
    }

    /** How many bits of a range are set. */
    static long count(long address, long first, long last) {
        long at = first >> 3;
        long end = last >> 3;
        int head = Memory.getUnsignedByte(address + at) & headMask(first);
        if (at == end) {
            return Integer.bitCount(head & tailMask(last));
        }
        long sum = Integer.bitCount(head);
        for (at++; at + 8 <= end; at += 8) {
            sum += Long.bitCount(Memory.getLong(address + at));
        }
        for (; at < end; at++) {
            sum += Integer.bitCount(Memory.getUnsignedByte(address + at));
        }
        return sum + Integer.bitCount(Memory.getUnsignedByte(address + end) & tailMask(last));
    }

    /** The first bit of a range that has a value, or {@link #NONE}. */
    static long find(long address, int value, long first, long last) {
        int flip = value == 1 ? 0 : 0xFF; // so that a set bit is looked for in any case
        long at = first >> 3;
        long end = last >> 3;
        int head = (Memory.getUnsignedByte(address + at) ^ flip) & headMask(first);
        if (at == end) {
            head &= tailMask(last);
        }
        if (head != 0) {
            return at * 8 + Integer.numberOfLeadingZeros(head) - 24;
        }
        if (at == end) {
            return NONE;
        }
        long dull = value == 1 ? 0 : -1L;
        at++;
        while (at + 8 <= end && Memory.getLong(address + at) == dull) {
            at += 8;
        }
        for (; at <= end; at++) {
            int bits = Memory.getUnsignedByte(address + at) ^ flip;
            if (at == end) {
                bits &= tailMask(last);
            }
            if (bits != 0) {
                return at * 8 + Integer.numberOfLeadingZeros(bits) - 24;
            }
        }
        return NONE;
    }

    /**
     * The unsigned number in {@code width} bits (64 at most) from a bit on; what lies beyond {@code
     * length} bytes reads as zeros.
     */
    static long field(long address, int length, long bit, int width) {
        long at = bit >> 3;
        long word = 0;
        int ninth = 0;
        if (at + 9 <= length) {
            word = Memory.getLongBigEndian(address + at);
            ninth = Memory.getUnsignedByte(address + at + 8);
        } else {
            for (int i = 0; i < 8; i++) {
                word = word << 8 | (at + i < length ? Memory.getUnsignedByte(address + at + i) : 0);
            }
        }
        int skipped = (int) (bit & 7);
        return (word << skipped | ninth >>> (8 - skipped)) >>> (64 - width);
    }

    /** Writes the low {@code width} bits of a number from a bit on; the bytes have to be there. */
    static void setField(long address, long bit, int width, long value) {
        long position = bit;
        int left = width;
        while (left > 0) {
            long at = address + (position >> 3);
            int from = (int) (position & 7);
            int taken = Math.min(8 - from, left);
            int shift = 8 - from - taken;
            int mask = (1 << taken) - 1 << shift;
            int part = (int) (value >>> (left - taken)) << shift & mask;
            Memory.putByte(at, Memory.getUnsignedByte(at) & ~mask | part);
            position += taken;
            left -= taken;
        }
    }

    private static int headMask(long first) {
        return 0xFF >> (int) (first & 7);
    }

    private static int tailMask(long last) {
        return 0xFF00 >> (int) (last & 7) + 1 & 0xFF;
    }
}
