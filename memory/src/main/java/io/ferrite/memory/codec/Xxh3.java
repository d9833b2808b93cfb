package io.ferrite.memory.codec;

import io.ferrite.memory.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * XXH3, the variant of 64 bits without a seed (Yann Collet, 2019): the digest of a value that
 * clients can compute as well. Not for tables, whose hash must be keyed.
 *
 * <p>Up to 16 bytes are mixed in one step, up to 240 in steps of 16 bytes; beyond, eight sums are
 * kept over stripes of 64 bytes and scrambled after each 16 of them.
 */
public final class Xxh3 {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The algorithm's constant, 192 bytes. */
    private static final byte[] SECRET =
            HexFormat.of()
                    .parseHex(
                            "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
                                + "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
                                + "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
                                + "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
                                + "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
                                + "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e");

    private static final long PRIME32_1 = 0x9E3779B1L;
    private static final long PRIME32_2 = 0x85EBCA77L;
    private static final long PRIME32_3 = 0xC2B2AE3DL;
    private static final long PRIME64_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME64_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME64_3 = 0x165667B19E3779F9L;
    private static final long PRIME64_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME64_5 = 0x27D4EB2F165667C5L;
    private static final long MIX_1 = 0x165667919E3779F9L;
    private static final long MIX_2 = 0x9FB21C651E98DF25L;

    private static final int STRIPE = 64;
    private static final int STRIPES_PER_BLOCK = 16;
    private static final int BLOCK = STRIPE * STRIPES_PER_BLOCK;
    private static final int LAST_SECRET = 192 - STRIPE;

    private Xxh3() {}

    public static long of(long address, int length) {
        if (length <= 16) {
            return upTo16(address, length);
        }
        if (length <= 128) {
            return upTo128(address, length);
        }
        return length <= 240 ? upTo240(address, length) : longer(address, length);
    }

    private static long secret(int offset) {
        return (long) LONG.get(SECRET, offset);
    }

    private static long upTo16(long address, int length) {
        if (length > 8) {
            long low = Memory.getLong(address) ^ secret(24) ^ secret(32);
            long high = Memory.getLong(address + length - 8) ^ secret(40) ^ secret(48);
            return avalanche(length + Long.reverseBytes(low) + high + fold(low, high));
        }
        if (length >= 4) {
            long first = Memory.getInt(address);
            long last = Memory.getInt(address + length - 4) & 0xFFFFFFFFL;
            return mixShort(last + (first << 32) ^ secret(8) ^ secret(16), length);
        }
        if (length == 0) {
            return avalancheShort(secret(56) ^ secret(64));
        }
        long combined =
                Memory.getUnsignedByte(address) << 16
                        | (long) Memory.getUnsignedByte(address + (length >> 1)) << 24
                        | Memory.getUnsignedByte(address + length - 1)
                        | length << 8;
        long key = secret(0);
        return avalancheShort(combined ^ (key ^ key >>> 32) & 0xFFFFFFFFL);
    }

    private static long upTo128(long address, int length) {
        long sum = length * PRIME64_1;
        long end = address + length;
        for (int i = (length - 1) / 32; i >= 0; i--) {
            sum += mix16(address + 16L * i, 32 * i);
            sum += mix16(end - 16L * (i + 1), 32 * i + 16);
        }
        return avalanche(sum);
    }

    private static long upTo240(long address, int length) {
        long sum = length * PRIME64_1;
        for (int i = 0; i < 8; i++) {
            sum += mix16(address + 16L * i, 16 * i);
        }
        sum = avalanche(sum);
        for (int i = 8; i < length / 16; i++) {
            sum += mix16(address + 16L * i, 16 * (i - 8) + 3);
        }
        sum += mix16(address + length - 16, 136 - 17);
        return avalanche(sum);
    }

    private static long longer(long address, int length) {
        long[] sums = {
            PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1
        };
        int blocks = (length - 1) / BLOCK;
        long at = address;
        for (int block = 0; block < blocks; block++) {
            for (int stripe = 0; stripe < STRIPES_PER_BLOCK; stripe++) {
                accumulate(sums, at, 8 * stripe);
                at += STRIPE;
            }
            scramble(sums);
        }
        int stripes = (length - 1 - blocks * BLOCK) / STRIPE;
        for (int stripe = 0; stripe < stripes; stripe++) {
            accumulate(sums, at, 8 * stripe);
            at += STRIPE;
        }
        accumulate(sums, address + length - STRIPE, LAST_SECRET - 7);
        long merged = length * PRIME64_1;
        for (int i = 0; i < 4; i++) {
            merged +=
                    fold(sums[2 * i] ^ secret(11 + 16 * i), sums[2 * i + 1] ^ secret(19 + 16 * i));
        }
        return avalanche(merged);
    }

    private static void accumulate(long[] sums, long address, int secretOffset) {
        for (int i = 0; i < 8; i++) {
            long value = Memory.getLong(address + 8L * i);
            long keyed = value ^ secret(secretOffset + 8 * i);
            sums[i ^ 1] += value;
            sums[i] += (keyed & 0xFFFFFFFFL) * (keyed >>> 32);
        }
    }

    private static void scramble(long[] sums) {
        for (int i = 0; i < 8; i++) {
            long sum = sums[i];
            sums[i] = (sum ^ sum >>> 47 ^ secret(LAST_SECRET + 8 * i)) * PRIME32_1;
        }
    }

    private static long mix16(long address, int secretOffset) {
        return fold(
                Memory.getLong(address) ^ secret(secretOffset),
                Memory.getLong(address + 8) ^ secret(secretOffset + 8));
    }

    /** Both halves of the product of 128 bits, one upon the other. */
    private static long fold(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }

    private static long avalanche(long hash) {
        long mixed = (hash ^ hash >>> 37) * MIX_1;
        return mixed ^ mixed >>> 32;
    }

    private static long avalancheShort(long hash) {
        long mixed = (hash ^ hash >>> 33) * PRIME64_2;
        mixed = (mixed ^ mixed >>> 29) * PRIME64_3;
        return mixed ^ mixed >>> 32;
    }

    private static long mixShort(long hash, int length) {
        long mixed = (hash ^ Long.rotateLeft(hash, 49) ^ Long.rotateLeft(hash, 24)) * MIX_2;
        mixed = (mixed ^ (mixed >>> 35) + length) * MIX_2;
        return mixed ^ mixed >>> 28;
    }
}
