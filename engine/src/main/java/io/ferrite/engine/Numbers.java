package io.ferrite.engine;

import io.ferrite.memory.Slice;
import java.util.Locale;

/** Arguments as numbers, with Redis' refusals. */
public final class Numbers {

    /** Longer than any number that a double needs to be told exactly. */
    private static final int REAL_LENGTH_MAX = 5 * 1024;

    private static final CommandError NOT_32_BITS =
            CommandError.of(
                    "ERR value is out of range, value must between -2147483648 and 2147483647");

    private Numbers() {}

    /** A 64-bit integer in Redis' strict form. */
    public static long integer(Slice text) {
        return integer(text, CommandError.NOT_INTEGER);
    }

    /** A 64-bit integer, refused with {@code refusal}. */
    public static long integer(Slice text, CommandError refusal) {
        long value = 0;
        int length = text.length();
        if (length == 0 || length > 20) {
            throw refusal;
        }
        int i = 0;
        boolean negative = text.byteAt(0) == '-';
        if (negative) {
            i = 1;
        }
        if (i == length) {
            throw refusal;
        }
        int first = text.byteAt(i) - '0';
        if (first == 0 && length == 1) {
            return 0;
        }
        if (first < 1 || first > 9) {
            throw refusal;
        }
        // Counted downwards, because the smallest number has no positive counterpart.
        for (; i < length; i++) {
            int digit = text.byteAt(i) - '0';
            if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10) {
                throw refusal;
            }
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw refusal;
        }
        return negative ? value : -value;
    }

    /** An integer of 32 bits; a larger one is told the bounds. */
    public static int integer32(Slice text) {
        long value = integer(text);
        if (value != (int) value) {
            throw NOT_32_BITS;
        }
        return (int) value;
    }

    /** An integer that fits 32 bits and is in a range. */
    public static int inRange(Slice text, long low, long high, CommandError refusal) {
        long value = integer(text, refusal);
        if (value < low || value > high) {
            throw refusal;
        }
        return (int) value;
    }

    /**
     * A blocking command's timeout in seconds with a fraction, as milliseconds, rounded up; 0 waits for
     * ever.
     */
    public static long timeoutMs(Slice text) {
        double seconds = real(text, CommandError.of("ERR timeout is not a float or out of range"));
        if (seconds < 0) {
            throw CommandError.of("ERR timeout is negative");
        }
        double ms = Math.ceil(seconds * 1000);
        if (ms > Long.MAX_VALUE / 2) {
            throw CommandError.of("ERR timeout is out of range");
        }
        return (long) ms;
    }

    /** A floating point number as Redis reads scores: no NaN, no blanks, nothing behind it. */
    public static double real(Slice text, CommandError refusal) {
        int length = text.length();
        if (length == 0 || length > REAL_LENGTH_MAX) {
            throw refusal;
        }
        long plain = tryInteger(text);
        if (plain != Long.MIN_VALUE) {
            return plain;
        }
        String word = text.toString();
        int digits = word.charAt(0) == '-' || word.charAt(0) == '+' ? 1 : 0;
        String magnitude = word.substring(digits).toLowerCase(Locale.ROOT);
        if (magnitude.equals("inf") || magnitude.equals("infinity")) {
            return word.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        try {
            double value = parse(word, magnitude, refusal);
            if (Double.isInfinite(value)) {
                throw refusal; // out of range, as strtod says
            }
            return value;
        } catch (NumberFormatException notANumber) {
            throw refusal;
        }
    }

    private static double parse(String word, String magnitude, CommandError refusal) {
        for (int i = 0; i < magnitude.length(); i++) {
            char c = magnitude.charAt(i);
            boolean hex = magnitude.startsWith("0x");
            if (!(c >= '0' && c <= '9' || c == '.' || c == 'e' || c == '-' || c == '+'
                    || hex && (c == 'x' || c == 'p' || c >= 'a' && c <= 'f'))) {
                throw refusal;
            }
        }
        if (magnitude.startsWith("0x") && magnitude.indexOf('p') < 0) {
            return Double.parseDouble(word + "p0");
        }
        return Double.parseDouble(word);
    }

    /** The integer of up to 15 digits that {@code text} is, or the smallest long. */
    private static long tryInteger(Slice text) {
        if (text.length() > 15) {
            return Long.MIN_VALUE;
        }
        long value = 0;
        int i = text.byteAt(0) == '-' ? 1 : 0;
        if (i == text.length() || i == 1 && text.byteAt(1) == '0') {
            return Long.MIN_VALUE;
        }
        for (; i < text.length(); i++) {
            int digit = text.byteAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return Long.MIN_VALUE;
            }
            value = value * 10 + digit;
        }
        return text.byteAt(0) == '-' ? -value : value;
    }

    public static double real(Slice text) {
        return real(text, CommandError.NOT_FLOAT);
    }
}
