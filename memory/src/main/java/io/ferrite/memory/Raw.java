package io.ferrite.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Unchecked access by address: what {@link Memory} does once it has looked, and what the allocator
 * uses for its own headers and for blocks that nobody holds.
 *
 * <p>The layouts are read straight from static constants: through a variable the same access is ten
 * times slower, as the JIT can then no longer fold it into one load.
 */
final class Raw {

    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final VarHandle ALIGNED_LONG = ValueLayout.JAVA_LONG.varHandle();

    private Raw() {}

    static byte getByte(long a) {
        return ALL.get(BYTE, a);
    }

    static short getShort(long a) {
        return ALL.get(SHORT, a);
    }

    static int getInt(long a) {
        return ALL.get(INT, a);
    }

    static long getLong(long a) {
        return ALL.get(LONG, a);
    }

    static void putByte(long a, int v) {
        ALL.set(BYTE, a, (byte) v);
    }

    static void putShort(long a, int v) {
        ALL.set(SHORT, a, (short) v);
    }

    static void putInt(long a, int v) {
        ALL.set(INT, a, v);
    }

    static void putLong(long a, long v) {
        ALL.set(LONG, a, v);
    }

    /**
     * Copies {@code length} bytes; the ranges may overlap, so everything is loaded before it is
     * stored.
     */
    static void copy(long source, long target, long length) {
        if (length > 32) {
            MemorySegment.copy(ALL, source, ALL, target, length);
        } else if (length >= 16) {
            long a = getLong(source);
            long b = getLong(source + 8);
            long c = getLong(source + length - 16);
            long d = getLong(source + length - 8);
            putLong(target, a);
            putLong(target + 8, b);
            putLong(target + length - 16, c);
            putLong(target + length - 8, d);
        } else if (length >= 8) {
            long a = getLong(source);
            long b = getLong(source + length - 8);
            putLong(target, a);
            putLong(target + length - 8, b);
        } else if (length >= 4) {
            int a = getInt(source);
            int b = getInt(source + length - 4);
            putInt(target, a);
            putInt(target + length - 4, b);
        } else if (length > 0) {
            byte a = getByte(source);
            byte b = getByte(source + (length >> 1));
            byte c = getByte(source + length - 1);
            putByte(target, a);
            putByte(target + (length >> 1), b);
            putByte(target + length - 1, c);
        }
    }

    static void fill(long a, long length, int v) {
        if (length > 256) {
            ALL.asSlice(a, length).fill((byte) v);
            return;
        }
        long eight = (v & 0xFF) * 0x0101010101010101L;
        long at = a;
        long end = a + length;
        for (; at + 8 <= end; at += 8) {
            putLong(at, eight);
        }
        for (; at < end; at++) {
            putByte(at, v);
        }
    }
}
