package io.ferrite.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Off-heap memory by address: plain loads, stores and copies on one segment that spans everything.
 *
 * <p>Multi-byte values are little-endian and need no alignment, except for the volatile and
 * compare-and-set operations, which need natural alignment. All methods are safe to call from any
 * thread; ordering between threads is the caller's business unless the method says otherwise.
 */
public final class Memory {

    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ALIGNED_LONG = ValueLayout.JAVA_LONG.varHandle();

    private Memory() {}

    public static byte getByte(long a) {
        return ALL.get(BYTE, a);
    }

    public static int getUnsignedByte(long a) {
        return ALL.get(BYTE, a) & 0xFF;
    }

    public static short getShort(long a) {
        return ALL.get(SHORT, a);
    }

    public static int getUnsignedShort(long a) {
        return ALL.get(SHORT, a) & 0xFFFF;
    }

    public static int getInt(long a) {
        return ALL.get(INT, a);
    }

    public static long getLong(long a) {
        return ALL.get(LONG, a);
    }

    public static double getDouble(long a) {
        return Double.longBitsToDouble(getLong(a));
    }

    public static void putByte(long a, byte v) {
        ALL.set(BYTE, a, v);
    }

    public static void putByte(long a, int v) {
        ALL.set(BYTE, a, (byte) v);
    }

    public static void putShort(long a, int v) {
        ALL.set(SHORT, a, (short) v);
    }

    public static void putInt(long a, int v) {
        ALL.set(INT, a, v);
    }

    public static void putLong(long a, long v) {
        ALL.set(LONG, a, v);
    }

    public static void putDouble(long a, double v) {
        putLong(a, Double.doubleToRawLongBits(v));
    }

    public static int getIntBigEndian(long a) {
        return Integer.reverseBytes(getInt(a));
    }

    public static long getLongBigEndian(long a) {
        return Long.reverseBytes(getLong(a));
    }

    public static void putIntBigEndian(long a, int v) {
        putInt(a, Integer.reverseBytes(v));
    }

    public static void putLongBigEndian(long a, long v) {
        putLong(a, Long.reverseBytes(v));
    }

    /** Copies {@code length} bytes; the ranges may overlap. */
    public static void copy(long source, long target, long length) {
        MemorySegment.copy(ALL, source, ALL, target, length);
    }

    public static void copyIn(byte[] source, int offset, long target, int length) {
        MemorySegment.copy(source, offset, ALL, BYTE, target, length);
    }

    public static void copyOut(long source, byte[] target, int offset, int length) {
        MemorySegment.copy(ALL, BYTE, source, target, offset, length);
    }

    public static byte[] toBytes(long a, int length) {
        byte[] bytes = new byte[length];
        copyOut(a, bytes, 0, length);
        return bytes;
    }

    /** Orders two runs of unsigned bytes lexicographically, a prefix before what it begins. */
    public static int compare(long a, int aLength, long b, int bLength) {
        int common = Math.min(aLength, bLength);
        long at = MemorySegment.mismatch(ALL, a, a + common, ALL, b, b + common);
        if (at < 0) {
            return Integer.compare(aLength, bLength);
        }
        return getUnsignedByte(a + at) - getUnsignedByte(b + at);
    }

    public static boolean equal(long a, long b, int length) {
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            if (getLong(a + i) != getLong(b + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (getByte(a + i) != getByte(b + i)) {
                return false;
            }
        }
        return true;
    }

    public static boolean equal(long a, byte[] b, int offset, int length) {
        for (int i = 0; i < length; i++) {
            if (getByte(a + i) != b[offset + i]) {
                return false;
            }
        }
        return true;
    }

    public static void fill(long a, long length, byte v) {
        ALL.asSlice(a, length).fill(v);
    }

    public static long getLongVolatile(long a) {
        return (long) ALIGNED_LONG.getVolatile(ALL, a);
    }

    public static void putLongRelease(long a, long v) {
        ALIGNED_LONG.setRelease(ALL, a, v);
    }

    public static boolean casLong(long a, long expected, long update) {
        return ALIGNED_LONG.compareAndSet(ALL, a, expected, update);
    }
}
