package io.ferrite.memory.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.ferrite.memory.Memory;

/**
 * Text as doubles, as strictly as Redis reads scores and timeouts: everything that C's {@code
 * strtod} reads in full, hexadecimal and {@code inf} included, but no blanks, no NaN, and nothing
 * whose magnitude a double cannot tell from zero or infinity unless it says so.
 *
 * <p>Numbers of up to 19 digits with a small exponent, which is nearly all there are, are read
 * without allocation and exactly: both the digits and the power of ten are doubles then, and one
 * operation rounds once (William Clinger, "How to Read Floating Point Numbers Accurately", 1990).
 * The others go through the JDK. Any thread.
 */
public final class RealParser {

    /** What {@link #parse} answers for text that is not a number. */
    public static final double NOT_A_NUMBER = Double.NaN;

    private static final int MAX_DIGITS = 18; // always fit a long
    private static final int MAX_LENGTH = 1 << 20;
    private static final int MAX_EXPONENT = 100_000;
    private static final long LARGEST_EXACT = 1L << 53;
    private static final double[] EXACT_POWERS = new double[23];

    static {
        double power = 1;
        for (int i = 0; i < EXACT_POWERS.length; i++) {
            EXACT_POWERS[i] = power;
            power *= 10;
        }
    }

    private RealParser() {}

    /** The number that these bytes spell, or NaN if they spell none. */
    public static double parse(long address, int length) {
        if (length <= 0 || length > MAX_LENGTH) {
            return NOT_A_NUMBER;
        }
        int sign = Memory.getByte(address);
        int start = sign == '-' || sign == '+' ? 1 : 0;
        long at = address + start;
        int rest = length - start;
        double magnitude;
        if (rest == 0) {
            return NOT_A_NUMBER;
        } else if (Memory.getByte(at) > '9') {
            boolean infinity = isWord(at, rest, "inf") || isWord(at, rest, "infinity");
            magnitude = infinity ? Double.POSITIVE_INFINITY : NOT_A_NUMBER;
        } else if (rest > 2 && (Memory.getByte(at + 1) | 0x20) == 'x') {
            magnitude = hexadecimal(at, rest);
        } else {
            magnitude = decimal(at, rest);
        }
        return sign == '-' ? -magnitude : magnitude;
    }

    private static double decimal(long address, int length) {
        long digits = 0;
        int count = 0; // of significant digits
        int anyDigits = 0;
        int point = -1;
        int exponent = 0;
        int i = 0;
        for (; i < length; i++) {
            int c = Memory.getByte(address + i);
            if (c == '.' && point < 0) {
                point = i;
                continue;
            }
            int digit = c - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            anyDigits = 1;
            if (count > 0 || digit != 0) {
                count++;
            }
            if (count <= MAX_DIGITS) {
                digits = digits * 10 + digit;
            }
            if (point >= 0) {
                exponent--;
            }
        }
        if (anyDigits == 0) {
            return NOT_A_NUMBER;
        }
        if (i < length) {
            int written = exponent(address + i, length - i, 'e');
            if (written == Integer.MIN_VALUE) {
                return NOT_A_NUMBER;
            }
            exponent += written;
        }
        if (digits == 0) {
            return 0;
        }
        if (count <= MAX_DIGITS && exponent == 0) {
            return digits;
        }
        if (count <= MAX_DIGITS
                && digits <= LARGEST_EXACT
                && Math.abs(exponent) < EXACT_POWERS.length) {
            return exponent < 0
                    ? digits / EXACT_POWERS[-exponent]
                    : digits * EXACT_POWERS[exponent];
        }
        return inRange(Double.parseDouble(text(address, length)));
    }

    private static double hexadecimal(long address, int length) {
        int anyDigits = 0;
        boolean zero = true;
        boolean point = false;
        int i = 2;
        for (; i < length; i++) {
            int c = Memory.getByte(address + i);
            if (c == '.' && !point) {
                point = true;
            } else if (Character.digit(c, 16) >= 0) {
                anyDigits = 1;
                zero &= c == '0';
            } else {
                break;
            }
        }
        boolean plain = i == length;
        if (Memory.getByte(address) != '0'
                || anyDigits == 0
                || !plain && exponent(address + i, length - i, 'p') == Integer.MIN_VALUE) {
            return NOT_A_NUMBER;
        }
        if (zero) {
            return 0;
        }
        return inRange(Double.parseDouble(text(address, length) + (plain ? "p0" : "")));
    }

    /**
     * Reads {@code e+12} to the end, capped where only zero and infinity are left; or the least
     * int.
     */
    private static int exponent(long address, int length, char letter) {
        if ((Memory.getByte(address) | 0x20) != letter || length < 2) {
            return Integer.MIN_VALUE;
        }
        int sign = Memory.getByte(address + 1);
        int i = sign == '-' || sign == '+' ? 2 : 1;
        if (i == length) {
            return Integer.MIN_VALUE;
        }
        int value = 0;
        for (; i < length; i++) {
            int digit = Memory.getByte(address + i) - '0';
            if (digit < 0 || digit > 9) {
                return Integer.MIN_VALUE;
            }
            value = Math.min(value * 10 + digit, MAX_EXPONENT);
        }
        return sign == '-' ? -value : value;
    }

    private static double inRange(double magnitude) {
        return magnitude == 0 || Double.isInfinite(magnitude) ? NOT_A_NUMBER : magnitude;
    }

    private static String text(long address, int length) {
        return new String(Memory.toBytes(address, length), ISO_8859_1);
    }

    private static boolean isWord(long address, int length, String lowerCase) {
        if (length != lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if ((Memory.getByte(address + i) | 0x20) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
