package io.ferrite.engine;

import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.LongDouble;
import java.math.BigDecimal;

/** Arguments as numbers, with Redis' refusals. */
public final class Numbers {

    private static final CommandError NOT_32_BITS =
            CommandError.of(
                    "ERR value is out of range, value must between -2147483648 and 2147483647");

    private static final CommandError NO_TIMEOUT =
            CommandError.of("ERR timeout is not a float or out of range");
    private static final CommandError LARGE_TIMEOUT =
            CommandError.of("ERR timeout is out of range");
    private static final CommandError NEGATIVE_TIMEOUT = CommandError.of("ERR timeout is negative");

    private Numbers() {}

    /** A 64-bit integer in Redis' strict form. */
    public static long integer(Slice text) {
        return integer(text, CommandError.NOT_INTEGER);
    }

    /** A 64-bit integer, refused with {@code refusal}. */
    public static long integer(Slice text, CommandError refusal) {
        if (!text.isLong()) {
            throw refusal;
        }
        return text.longValue();
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
     * A blocking command's timeout in seconds with a fraction, as milliseconds, rounded up; 0 waits
     * for ever.
     */
    public static long timeoutMs(Slice text, long nowMs) {
        double ms = Math.ceil(seconds(text) * 1000);
        if (ms >= Long.MAX_VALUE) {
            throw LARGE_TIMEOUT;
        }
        if (ms < 0) {
            throw NEGATIVE_TIMEOUT;
        }
        if (ms > Long.MAX_VALUE - nowMs) {
            throw LARGE_TIMEOUT;
        }
        return (long) ms;
    }

    /** Read as a number of more bits than a double, of which only the sign matters beyond one. */
    private static double seconds(Slice text) {
        double value = text.toDouble();
        if (!Double.isNaN(value)) {
            return value;
        }
        BigDecimal large = LongDouble.parse(text.address(), text.length());
        if (large == null) {
            throw NO_TIMEOUT;
        }
        boolean tiny = large.abs().compareTo(BigDecimal.ONE) < 0;
        return large.signum() * (tiny ? Double.MIN_NORMAL : Double.POSITIVE_INFINITY);
    }

    /** A floating point number as Redis reads scores: no NaN, no blanks, nothing behind it. */
    public static double real(Slice text, CommandError refusal) {
        double value = text.toDouble();
        if (Double.isNaN(value)) {
            throw refusal;
        }
        return value;
    }

    public static double real(Slice text) {
        return real(text, CommandError.NOT_FLOAT);
    }
}
