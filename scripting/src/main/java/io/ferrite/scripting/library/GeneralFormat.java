package io.ferrite.scripting.library;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** A double as C's {@code %.Ng} prints it. */
final class GeneralFormat {

    private GeneralFormat() {}

    static String of(double value, int precision) {
        long whole = (long) value;
        if (whole == value && whole > -limit(precision) && whole < limit(precision)) {
            return whole == 0 && 1 / value < 0 ? "-0" : Long.toString(whole);
        }
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        MathContext digits = new MathContext(Math.max(1, precision), RoundingMode.HALF_EVEN);
        BigDecimal rounded = new BigDecimal(Math.abs(value)).round(digits).stripTrailingZeros();
        String unscaled = rounded.unscaledValue().toString();
        int exponent = unscaled.length() - 1 - rounded.scale();
        String text =
                exponent < -4 || exponent >= Math.max(1, precision)
                        ? scientific(unscaled, exponent)
                        : rounded.toPlainString();
        return value < 0 ? "-" + text : text;
    }

    private static long limit(int precision) {
        long limit = 1;
        for (int i = 0; i < Math.min(precision, 15); i++) {
            limit *= 10;
        }
        return limit;
    }

    private static String scientific(String digits, int exponent) {
        String power = Integer.toString(Math.abs(exponent));
        return digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+")
                + (power.length() < 2 ? "0" : "")
                + power;
    }
}
