package io.ferrite.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Off-heap memory by address: plain loads, stores and copies on one segment that spans everything.
 * Nothing here allocates on the Java heap, save what answers an array or a buffer.
 *
 * <p>Multi-byte values are little-endian and need no alignment, except for the volatile and
 * compare-and-set operations, which need natural alignment. All methods are safe to call from any
 * thread; ordering between threads is the caller's business unless the method says otherwise.
 *
 * <p>In checked mode ({@code -Dferrite.memory.checked=true}) every access is held against the
 * blocks that are out, and a wrong one is a {@link MemoryViolation}; see {@link Checker}. Otherwise
 * nothing is checked and a wrong address is the process' end.
 */
public final class Memory {

    /**
     * Whether every access is validated; a constant, so that the checks cost nothing when it is
     * off.
     */
    public static final boolean CHECKED = Boolean.getBoolean("ferrite.memory.checked");

    private static final long EIGHT = 8;
    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Memory() {}

    private static void check(long a, long length) {
        if (CHECKED) {
            Checker.check(a, length);
        }
    }

    public static byte getByte(long a) {
        check(a, 1);
        return Raw.getByte(a);
    }

    public static int getUnsignedByte(long a) {
        check(a, 1);
        return Raw.getByte(a) & 0xFF;
    }

    public static short getShort(long a) {
        check(a, 2);
        return Raw.getShort(a);
    }

    public static int getUnsignedShort(long a) {
        check(a, 2);
        return Raw.getShort(a) & 0xFFFF;
    }

    public static int getInt(long a) {
        check(a, 4);
        return Raw.getInt(a);
    }

    public static long getUnsignedInt(long a) {
        check(a, 4);
        return Raw.getInt(a) & 0xFFFFFFFFL;
    }

    public static long getLong(long a) {
        check(a, 8);
        return Raw.getLong(a);
    }

    public static double getDouble(long a) {
        check(a, 8);
        return Double.longBitsToDouble(Raw.getLong(a));
    }

    public static void putByte(long a, byte v) {
        check(a, 1);
        Raw.putByte(a, v);
    }

    public static void putByte(long a, int v) {
        check(a, 1);
        Raw.putByte(a, v);
    }

    public static void putShort(long a, int v) {
        check(a, 2);
        Raw.putShort(a, v);
    }

    public static void putInt(long a, int v) {
        check(a, 4);
        Raw.putInt(a, v);
    }

    public static void putLong(long a, long v) {
        check(a, 8);
        Raw.putLong(a, v);
    }

    public static void putDouble(long a, double v) {
        check(a, 8);
        Raw.putLong(a, Double.doubleToRawLongBits(v));
    }

    public static short getShortBigEndian(long a) {
        check(a, 2);
        return Short.reverseBytes(Raw.getShort(a));
    }

    public static int getIntBigEndian(long a) {
        check(a, 4);
        return Integer.reverseBytes(Raw.getInt(a));
    }

    public static long getLongBigEndian(long a) {
        check(a, 8);
        return Long.reverseBytes(Raw.getLong(a));
    }

    public static void putShortBigEndian(long a, int v) {
        check(a, 2);
        Raw.putShort(a, Short.reverseBytes((short) v));
    }

    public static void putIntBigEndian(long a, int v) {
        check(a, 4);
        Raw.putInt(a, Integer.reverseBytes(v));
    }

    public static void putLongBigEndian(long a, long v) {
        check(a, 8);
        Raw.putLong(a, Long.reverseBytes(v));
    }

    /** Copies {@code length} bytes; the ranges may overlap. */
    public static void copy(long source, long target, long length) {
        check(source, length);
        check(target, length);
        Raw.copy(source, target, length);
    }

    public static void copyIn(byte[] source, int offset, long target, int length) {
        check(target, length);
        MemorySegment.copy(source, offset, Raw.ALL, Raw.BYTE, target, length);
    }

    public static void copyOut(long source, byte[] target, int offset, int length) {
        check(source, length);
        MemorySegment.copy(Raw.ALL, Raw.BYTE, source, target, offset, length);
    }

    public static byte[] toBytes(long a, int length) {
        byte[] bytes = new byte[length];
        copyOut(a, bytes, 0, length);
        return bytes;
    }

    /**
     * These bytes as a buffer for a channel to read from or write into, big-endian as buffers are.
     * It is good as long as the bytes are, and nothing checks what goes through it.
     */
    public static ByteBuffer buffer(long a, int length) {
        check(a, length);
        return Raw.ALL.asSlice(a, length).asByteBuffer();
    }

    /** Orders two runs of unsigned bytes lexicographically, a prefix before what it begins. */
    public static int compare(long a, int aLength, long b, int bLength) {
        check(a, aLength);
        check(b, bLength);
        int common = Math.min(aLength, bLength);
        if (common >= EIGHT) {
            long i = 0;
            for (long last = common - EIGHT; ; i = Math.min(i + EIGHT, last)) {
                long x = Raw.getLong(a + i);
                long y = Raw.getLong(b + i);
                if (x != y) {
                    return Long.compareUnsigned(Long.reverseBytes(x), Long.reverseBytes(y));
                }
                if (i == last) {
                    break;
                }
            }
        } else {
            for (int i = 0; i < common; i++) {
                int difference = (Raw.getByte(a + i) & 0xFF) - (Raw.getByte(b + i) & 0xFF);
                if (difference != 0) {
                    return difference;
                }
            }
        }
        return Integer.compare(aLength, bLength);
    }

    public static boolean equal(long a, long b, int length) {
        check(a, length);
        check(b, length);
        if (length < EIGHT) {
            return equalBelowEight(a, b, length);
        }
        long last = length - EIGHT;
        for (long i = 0; i < last; i += EIGHT) {
            if (Raw.getLong(a + i) != Raw.getLong(b + i)) {
                return false;
            }
        }
        return Raw.getLong(a + last) == Raw.getLong(b + last);
    }

    private static boolean equalBelowEight(long a, long b, int length) {
        if (length >= 4) {
            int last = length - 4;
            return Raw.getInt(a) == Raw.getInt(b) && Raw.getInt(a + last) == Raw.getInt(b + last);
        }
        if (length >= 2) {
            int last = length - 2;
            return Raw.getShort(a) == Raw.getShort(b)
                    && Raw.getShort(a + last) == Raw.getShort(b + last);
        }
        return length == 0 || Raw.getByte(a) == Raw.getByte(b);
    }

    public static boolean equal(long a, byte[] b, int offset, int length) {
        check(a, length);
        Objects.checkFromIndexSize(offset, length, b.length);
        int i = 0;
        for (; i + EIGHT <= length; i += (int) EIGHT) {
            if (Raw.getLong(a + i) != (long) ARRAY_LONG.get(b, offset + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (Raw.getByte(a + i) != b[offset + i]) {
                return false;
            }
        }
        return true;
    }

    public static void fill(long a, long length, byte v) {
        check(a, length);
        Raw.fill(a, length, v);
    }

    public static long getLongVolatile(long a) {
        check(a, EIGHT);
        return (long) Raw.ALIGNED_LONG.getVolatile(Raw.ALL, a);
    }

    public static void putLongRelease(long a, long v) {
        check(a, EIGHT);
        Raw.ALIGNED_LONG.setRelease(Raw.ALL, a, v);
    }

    public static boolean casLong(long a, long expected, long update) {
        check(a, EIGHT);
        return Raw.ALIGNED_LONG.compareAndSet(Raw.ALL, a, expected, update);
    }
}
