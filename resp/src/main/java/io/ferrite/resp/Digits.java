package io.ferrite.resp;

import io.ferrite.memory.Memory;

/** Whole numbers as decimal text, two digits at a time. */
final class Digits {

    private static final int MOST = 20;

    private Digits() {}

    /** The bytes that {@code value} takes as text, a minus sign included. */
    static int length(long value) {
        int sign = value < 0 ? 1 : 0;
        long rest = value < 0 ? value : -value; // negative: the smallest number has no counterpart
        long bound = -10;
        for (int digits = 1; digits < MOST - 1; digits++) {
            if (rest > bound) {
                return digits + sign;
            }
            bound *= 10;
        }
        return MOST - 1 + sign;
    }

    /** Stores the {@code length} bytes of {@code value}. */
    static void put(long address, long value, int length, short[] pairs) {
        long last = address + length;
        long rest = value;
        if (value < 0) {
            Memory.putByte(address, '-');
            if (value == Long.MIN_VALUE) {
                last -= 2;
                Memory.putShort(last, pairs[(int) -(rest % 100)]);
                rest = rest / 100;
            }
            rest = -rest;
        }
        while (rest >= 100) {
            long hundreds = rest / 100;
            last -= 2;
            Memory.putShort(last, pairs[(int) (rest - hundreds * 100)]);
            rest = hundreds;
        }
        if (rest >= 10) {
            Memory.putShort(last - 2, pairs[(int) rest]);
        } else {
            Memory.putByte(last - 1, (int) ('0' + rest));
        }
    }
}
