package io.ferrite.engine;

import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.LongDouble;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** The numbers of INCRBYFLOAT and HINCRBYFLOAT, with Redis' refusals; see {@link LongDouble}. */
public final class LongReal {

    private LongReal() {}

    /** Reads a number; null for infinity, which is one but cannot be added to. */
    public static BigDecimal parse(Slice text) {
        BigDecimal value = LongDouble.parse(text.address(), text.length());
        if (value == null && !LongDouble.isInfinite(text.address(), text.length())) {
            throw CommandError.NOT_FLOAT;
        }
        return value;
    }

    /** The sum of two numbers of {@link #parse}, as the text that Redis gives. */
    public static byte[] sum(BigDecimal value, BigDecimal by) {
        return text(add(value, by));
    }

    /** The sum of two numbers of {@link #parse}; refused if it is not finite. */
    public static BigDecimal add(BigDecimal value, BigDecimal by) {
        BigDecimal sum = value == null || by == null ? null : LongDouble.add(value, by);
        if (sum == null) {
            throw CommandError.NOT_A_NUMBER;
        }
        return sum;
    }

    /** A number as Redis prints it. */
    public static byte[] text(BigDecimal value) {
        return LongDouble.toString(value).getBytes(StandardCharsets.US_ASCII);
    }
}
