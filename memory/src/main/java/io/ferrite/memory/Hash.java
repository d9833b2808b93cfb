package io.ferrite.memory;

import java.security.SecureRandom;

/**
 * The keyed hash of every index: 64-bit multiply-and-fold over 16-byte steps, seeded at random for each
 * process so that keys which collide cannot be prepared by a client. All 64 bits are usable.
 */
public final class Hash {

    private static final long SEED_0;
    private static final long SEED_1;
    private static final long SEED_2;

    static {
        SecureRandom random = new SecureRandom();
        SEED_0 = random.nextLong() | 1;
        SEED_1 = random.nextLong() | 1;
        SEED_2 = random.nextLong() | 1;
    }

    private Hash() {}

    public static long of(long address, int length) {
        long state = SEED_0 ^ length;
        long a;
        long b;
        if (length <= 16) {
            if (length >= 8) {
                a = Memory.getLong(address);
                b = Memory.getLong(address + length - 8);
            } else if (length >= 4) {
                a = Memory.getInt(address) & 0xFFFFFFFFL;
                b = Memory.getInt(address + length - 4) & 0xFFFFFFFFL;
            } else if (length > 0) {
                a =
                        (long) Memory.getUnsignedByte(address) << 16
                                | (long) Memory.getUnsignedByte(address + (length >> 1)) << 8
                                | Memory.getUnsignedByte(address + length - 1);
                b = 0;
            } else {
                a = 0;
                b = 0;
            }
        } else {
            long at = address;
            long last = address + length - 16;
            while (at < last) {
                state = fold(Memory.getLong(at) ^ SEED_1, Memory.getLong(at + 8) ^ state);
                at += 16;
            }
            a = Memory.getLong(last);
            b = Memory.getLong(last + 8);
        }
        return fold(SEED_2 ^ length, fold(a ^ SEED_1, b ^ state));
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }
}
