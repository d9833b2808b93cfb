package io.ferrite.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The keyed hash of every index: 64-bit multiply-and-fold over 16-byte steps, after wyhash (Wang
 * Yi). It is seeded at random for each process, so that keys which collide cannot be prepared by a
 * client; with {@code -Dferrite.hash.seed=NUMBER} it is the same in every run. All 64 bits are
 * usable.
 *
 * <p>Keys of up to 16 bytes are covered by two loads that may overlap, longer ones by steps of 16
 * bytes of which the last may overlap the one before. The length is part of the hash, so what the
 * overlap hides (that bytes were seen twice) cannot make two keys equal.
 */
public final class Hash {

    private static final long SEED_0;
    private static final long SEED_1;
    private static final long SEED_2;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int STEP = 16;

    static {
        long[] seeds = seeds(System.getProperty("ferrite.hash.seed"));
        SEED_0 = seeds[0] | 1;
        SEED_1 = seeds[1] | 1;
        SEED_2 = seeds[2] | 1;
    }

    private Hash() {}

    /** The hash of bytes off-heap. */
    public static long of(long address, int length) {
        long state = SEED_0 ^ length;
        long a;
        long b;
        if (length <= STEP) {
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
            long last = address + length - STEP;
            while (at < last) {
                state = fold(Memory.getLong(at) ^ SEED_1, Memory.getLong(at + 8) ^ state);
                at += STEP;
            }
            a = Memory.getLong(last);
            b = Memory.getLong(last + 8);
        }
        return finish(a, b, state, length);
    }

    /** The hash that the same bytes have off-heap. */
    public static long of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** The hash that the same bytes have off-heap. */
    public static long of(byte[] bytes, int offset, int length) {
        long state = SEED_0 ^ length;
        long a;
        long b;
        if (length <= STEP) {
            if (length >= 8) {
                a = (long) LONG.get(bytes, offset);
                b = (long) LONG.get(bytes, offset + length - 8);
            } else if (length >= 4) {
                a = (int) INT.get(bytes, offset) & 0xFFFFFFFFL;
                b = (int) INT.get(bytes, offset + length - 4) & 0xFFFFFFFFL;
            } else if (length > 0) {
                a =
                        (bytes[offset] & 0xFFL) << 16
                                | (bytes[offset + (length >> 1)] & 0xFFL) << 8
                                | bytes[offset + length - 1] & 0xFFL;
                b = 0;
            } else {
                a = 0;
                b = 0;
            }
        } else {
            int at = offset;
            int last = offset + length - STEP;
            while (at < last) {
                state =
                        fold(
                                (long) LONG.get(bytes, at) ^ SEED_1,
                                (long) LONG.get(bytes, at + 8) ^ state);
                at += STEP;
            }
            a = (long) LONG.get(bytes, last);
            b = (long) LONG.get(bytes, last + 8);
        }
        return finish(a, b, state, length);
    }

    private static long finish(long a, long b, long state, int length) {
        return fold(SEED_2 ^ length, fold(a ^ SEED_1, b ^ state));
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }

    /** Three random numbers: those that a fixed seed stands for, or the system's. */
    private static long[] seeds(String fixed) {
        long[] seeds = new long[3];
        if (fixed != null) {
            long state = Long.parseLong(fixed);
            for (int i = 0; i < seeds.length; i++) {
                // SplitMix64: neighbouring seeds give unrelated numbers.
                state += 0x9E3779B97F4A7C15L;
                long mixed = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
                mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
                seeds[i] = mixed ^ mixed >>> 31;
            }
            return seeds;
        }
        // Not SecureRandom: looking up its provider takes longer than the rest of this module's
        // start.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment random = arena.allocate(ValueLayout.JAVA_LONG, seeds.length);
            Os.random(random.address(), random.byteSize());
            MemorySegment.copy(random, ValueLayout.JAVA_LONG, 0, seeds, 0, seeds.length);
        }
        return seeds;
    }
}
