package io.ferrite.engine;

import io.ferrite.memory.Slice;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * The numbers of INCRBYFLOAT and HINCRBYFLOAT. Redis computes in the platform's long double and prints 17
 * decimals without trailing zeros; decimal arithmetic gives the same text wherever the rounding of the
 * last binary digit does not show, and the exact one elsewhere.
 */
public final class LongReal {

    /** Decimal exponents of a long double, beyond which a number is refused or is zero. */
    private static final int EXPONENT_MAX = 4932;

    private static final int LENGTH_MAX = 5 * 1024;
    private static final int DECIMALS = 17;

    private LongReal() {}

    /** Reads a finite number; refuses blanks, NaN and infinity. */
    public static BigDecimal parse(Slice text) {
        int length = text.length();
        if (length == 0 || length > LENGTH_MAX) {
            throw CommandError.NOT_FLOAT;
        }
        String word = text.toString();
        String lower = word.toLowerCase(Locale.ROOT);
        if (lower.endsWith("inf") || lower.endsWith("infinity")) {
            throw CommandError.NOT_A_NUMBER;
        }
        if (lower.contains("0x")) {
            return new BigDecimal(Numbers.real(text));
        }
        BigDecimal value;
        try {
            value = new BigDecimal(word);
        } catch (NumberFormatException notANumber) {
            throw CommandError.NOT_FLOAT;
        }
        long exponent = (long) value.precision() - value.scale();
        if (value.signum() == 0 || exponent < -EXPONENT_MAX) {
            return BigDecimal.ZERO;
        }
        if (exponent > EXPONENT_MAX) {
            throw CommandError.NOT_FLOAT;
        }
        return value;
    }

    /** The number as Redis prints it. */
    public static String text(BigDecimal value) {
        if ((long) value.precision() - value.scale() > EXPONENT_MAX) {
            throw CommandError.NOT_A_NUMBER;
        }
        BigDecimal rounded = value.setScale(DECIMALS, RoundingMode.HALF_EVEN);
        if (rounded.signum() == 0) {
            return "0";
        }
        return rounded.stripTrailingZeros().toPlainString();
    }
}
