package io.ferrite.engine.hyperloglog;

import io.ferrite.memory.Memory;

/**
 * MurmurHash64A of Austin Appleby (public domain), with the seed that HyperLogLogs are built with.
 */
final class Murmur {

    private static final long M = 0xC6A4A7935BD1E995L;
    private static final int R = 47;
    private static final long SEED = 0xADC83B19L;

    private Murmur() {}

    static long hash(long address, int length) {
        long h = SEED ^ length * M;
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            long k = Memory.getLong(address + i) * M;
            h = (h ^ (k ^ k >>> R) * M) * M;
        }
        if (i < length) {
            long rest = 0;
            for (int j = length - 1; j >= i; j--) {
                rest = rest << 8 | Memory.getUnsignedByte(address + j);
            }
            h = (h ^ rest) * M;
        }
        h = (h ^ h >>> R) * M;
        return h ^ h >>> R;
    }
}
