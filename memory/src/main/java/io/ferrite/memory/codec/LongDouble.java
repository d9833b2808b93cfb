package io.ferrite.memory.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.ferrite.memory.Memory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * The numbers of INCRBYFLOAT and HINCRBYFLOAT: C's {@code long double} as x86-64 has it, 64
 * significant bits and a binary exponent of 15. Redis' answers show its roundings ({@code
 * 1234567.1} prints as {@code 1234567.10000000000002274}), so values are rounded as the hardware
 * rounds and then kept exactly in a {@link BigDecimal}. Allocates; any thread.
 */
public final class LongDouble {

    /** Longer text is refused, as Redis' buffer does not hold it. */
    private static final int MAX_LENGTH = 5 * 1024;

    private static final int BITS = 64;
    private static final int LEAST_EXPONENT = -16445; // of the last bit of a subnormal
    private static final int GREATEST_BITS = 16384; // before the binary point
    private static final int GREATEST_TENS = 4940;
    private static final int DECIMALS = 17;

    private LongDouble() {}

    /**
     * The number that these bytes spell, or null if they spell none, an infinite one, or one that
     * only zero or infinity is near to.
     */
    public static BigDecimal parse(long address, int length) {
        double rough = length < MAX_LENGTH ? RealParser.parse(address, length) : Double.NaN;
        if (rough == 0) {
            return BigDecimal.ZERO;
        }
        String text = new String(Memory.toBytes(address, Math.min(length, MAX_LENGTH)), ISO_8859_1);
        if (text.indexOf('x') >= 0 || text.indexOf('X') >= 0) {
            // Hexadecimal beyond a double's precision is nobody's input.
            return Double.isFinite(rough) ? new BigDecimal(rough) : null;
        }
        if (Double.isInfinite(rough)) {
            return null;
        }
        BigDecimal exact;
        try {
            // What is no double may still be a long double; what BigDecimal reads, strtold reads.
            exact = length < MAX_LENGTH ? new BigDecimal(text) : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
        BigDecimal nearest = exact == null ? null : nearest(exact);
        return nearest == null || nearest.signum() == 0 ? null : nearest;
    }

    /** Whether these bytes spell an infinity, which is a number that cannot be added. */
    public static boolean isInfinite(long address, int length) {
        return Double.isInfinite(RealParser.parse(address, length));
    }

    /** The sum, rounded; null if it is infinite. */
    public static BigDecimal add(BigDecimal a, BigDecimal b) {
        return nearest(a.add(b));
    }

    /** The long double nearest to a number, to even on a tie; null if that is infinity. */
    static BigDecimal nearest(BigDecimal value) {
        if (value.signum() == 0) {
            return BigDecimal.ZERO;
        }
        long tens = (long) value.precision() - value.scale();
        if (tens > GREATEST_TENS) {
            return null;
        }
        if (tens < -GREATEST_TENS - BITS) {
            return BigDecimal.ZERO;
        }
        BigInteger numerator = value.unscaledValue().abs();
        BigInteger denominator = BigInteger.ONE;
        if (value.scale() > 0) {
            denominator = BigInteger.TEN.pow(value.scale());
        } else {
            numerator = numerator.multiply(BigInteger.TEN.pow(-value.scale()));
        }
        // A quotient of at least BITS + 1 bits, then rounded to BITS or to the last bit there is.
        int exponent = numerator.bitLength() - denominator.bitLength() - BITS - 2;
        if (exponent < 0) {
            numerator = numerator.shiftLeft(-exponent);
        } else {
            denominator = denominator.shiftLeft(exponent);
        }
        BigInteger[] parts = numerator.divideAndRemainder(denominator);
        int drop = Math.max(parts[0].bitLength() - BITS, LEAST_EXPONENT - exponent);
        BigInteger kept = parts[0].shiftRight(drop);
        exponent += drop;
        if (roundsUp(parts[0], drop, parts[1].signum() != 0, kept.testBit(0))) {
            kept = kept.add(BigInteger.ONE);
        }
        if (kept.bitLength() + exponent > GREATEST_BITS) {
            return null;
        }
        return exact(value.signum() < 0 ? kept.negate() : kept, exponent);
    }

    private static boolean roundsUp(BigInteger bits, int drop, boolean more, boolean odd) {
        if (!bits.testBit(drop - 1)) {
            return false;
        }
        return more || odd || bits.getLowestSetBit() < drop - 1;
    }

    private static BigDecimal exact(BigInteger bits, int exponent) {
        if (bits.signum() == 0) {
            return BigDecimal.ZERO;
        }
        int zeros = bits.getLowestSetBit();
        BigInteger odd = bits.shiftRight(zeros);
        int twos = exponent + zeros;
        if (twos >= 0) {
            return new BigDecimal(odd.shiftLeft(twos));
        }
        return new BigDecimal(odd.multiply(BigInteger.valueOf(5).pow(-twos)), -twos);
    }

    /** The text that Redis gives: 17 decimals, without zeros at the end. */
    public static String toString(BigDecimal value) {
        BigDecimal rounded = value.setScale(DECIMALS, RoundingMode.HALF_EVEN);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
