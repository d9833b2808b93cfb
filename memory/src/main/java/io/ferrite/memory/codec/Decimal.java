package io.ferrite.memory.codec;

import io.ferrite.memory.Memory;

/**
 * Integers as Redis reads and writes them: decimal, no sign but a leading minus, no leading zero,
 * no spaces, and within 64 bits. Text and number stand for each other exactly, so a value may be
 * kept in either form.
 */
public final class Decimal {

    /** The longest text of a number: {@code -9223372036854775808}. */
    public static final int MAX_LENGTH = 20;

    /** What {@link #parse} answers for text that is not a number; see {@link #isNumber}. */
    public static final long NOT_A_NUMBER = Long.MIN_VALUE;

    private static final long HIGHEST_TENTH = Long.MAX_VALUE / 10;

    /** A text of so many bytes is a number of at most 18 digits. */
    private static final int SAFE_LENGTH = 18;

    private static final long[] POWERS = new long[19];

    /** The texts of 00 to 99, as two bytes in the order of memory. */
    private static final short[] PAIRS = new short[100];

    static {
        long power = 1;
        for (int i = 0; i < POWERS.length; i++) {
            POWERS[i] = power;
            power *= 10;
        }
        for (int i = 0; i < PAIRS.length; i++) {
            PAIRS[i] = (short) ('0' + i % 10 << 8 | '0' + i / 10);
        }
    }

    private Decimal() {}

    /**
     * The number that these bytes spell, or {@link #NOT_A_NUMBER}. As that is a number too, a
     * caller asks {@link #isNumber(long, int, long)} afterwards.
     */
    public static long parse(long address, int length) {
        if (length <= 0 || length > MAX_LENGTH) {
            return NOT_A_NUMBER;
        }
        int first = Memory.getByte(address);
        boolean negative = first == '-';
        int at = negative ? 1 : 0;
        if (at == length) {
            return NOT_A_NUMBER;
        }
        int digit = Memory.getByte(address + at) - '0';
        if (digit <= 0 || digit > 9) {
            return digit == 0 && length == 1 ? 0 : NOT_A_NUMBER;
        }
        if (length <= SAFE_LENGTH) {
            return parseSafely(address + at, address + length, negative);
        }
        // Counted downwards, as the negative side reaches one further.
        long value = -digit;
        for (at++; at < length; at++) {
            digit = Memory.getByte(address + at) - '0';
            if (digit < 0 || digit > 9 || value < -HIGHEST_TENTH) {
                return NOT_A_NUMBER;
            }
            value *= 10;
            if (value < Long.MIN_VALUE + digit) {
                return NOT_A_NUMBER;
            }
            value -= digit;
        }
        if (negative) {
            return value;
        }
        return value == Long.MIN_VALUE ? NOT_A_NUMBER : -value;
    }

    /** Digits too few to overflow; the first is not 0. */
    private static long parseSafely(long first, long end, boolean negative) {
        long value = 0;
        for (long at = first; at < end; at++) {
            int digit = Memory.getByte(at) - '0';
            if (digit < 0 || digit > 9) {
                return NOT_A_NUMBER;
            }
            value = value * 10 + digit;
        }
        return negative ? -value : value;
    }

    /** Whether {@code parsed}, just answered by {@link #parse} for these bytes, is a number. */
    public static boolean isNumber(long address, int length, long parsed) {
        return parsed != NOT_A_NUMBER
                || length == MAX_LENGTH
                        && Memory.getByte(address) == '-'
                        && spellsTheLowest(address);
    }

    private static boolean spellsTheLowest(long address) {
        // Digits behind the minus, two loads: 92233720 36854775 808, as ASCII.
        return Memory.getLongBigEndian(address + 1) == 0x3932323333373230L
                && Memory.getLongBigEndian(address + 9) == 0x3336383534373735L
                && Memory.getByte(address + 17) == '8'
                && Memory.getByte(address + 18) == '0'
                && Memory.getByte(address + 19) == '8';
    }

    /** How many bytes {@link #write} takes for a number. */
    public static int length(long value) {
        int sign = value < 0 ? 1 : 0;
        if (value == Long.MIN_VALUE) {
            return MAX_LENGTH;
        }
        long magnitude = Math.abs(value) | 1; // as many digits, and one of them for 0
        // The bits tell the digits to within one: 1233 / 4096 is a little over log10(2).
        int digits = (Long.SIZE - Long.numberOfLeadingZeros(magnitude)) * 1233 >>> 12;
        return sign + digits + (magnitude >= POWERS[digits] ? 1 : 0);
    }

    /**
     * Writes a number's text at {@code address} (up to {@link #MAX_LENGTH} bytes); answers its
     * length.
     */
    public static int write(long value, long address) {
        int length = length(value);
        // Negative, as the negative side reaches one further.
        long rest = value < 0 ? value : -value;
        long at = address + length;
        while (rest <= -10) {
            long hundreds = rest / 100;
            at -= 2;
            Memory.putShort(at, PAIRS[(int) (hundreds * 100 - rest)]);
            rest = hundreds;
        }
        if (rest != 0 || value == 0) {
            Memory.putByte(at - 1, (int) ('0' - rest));
        }
        if (value < 0) {
            Memory.putByte(address, '-');
        }
        return length;
    }
}
