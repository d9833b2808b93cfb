package io.ferrite.memory.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.math.BigInteger;

/**
 * Doubles as text, byte for byte as Redis 7.2 writes scores and other doubles: few digits that read
 * back as the same number. Whole numbers are written in full up to 2^62; other numbers plainly
 * while that is short, else as {@code 1.5e-9}.
 *
 * <p>The digits are those of Grisu2 (Florian Loitsch, "Printing Floating-Point Numbers Quickly and
 * Accurately with Integers", 2010), as Redis uses it: always right, and for about one number in a
 * thousand one digit longer than the shortest. Because the longer text is what Redis says, Java's
 * own conversion cannot stand in. No allocation, any thread.
 */
public final class Real {

    /** Enough for every text: sign, 17 digits, a point, {@code e-308}, or zeros in their place. */
    public static final int MAX_LENGTH = 32;

    /** Up to here (inclusive) a whole number is written as an integer. */
    private static final double LARGEST_INTEGER = 0x1p62;

    private static final int FRACTION_BITS = 52;
    private static final long HIDDEN_BIT = 1L << FRACTION_BITS;
    private static final int EXPONENT_BIAS = 1023 + FRACTION_BITS;

    private Real() {}

    /**
     * Writes the text at {@code address}, where {@link #MAX_LENGTH} bytes are free; answers its
     * length.
     */
    public static int write(double value, long address) {
        if (Double.isNaN(value)) {
            return word(address, 'n', 'a', 'n');
        }
        if (Math.abs(value) <= LARGEST_INTEGER && value == (long) value) {
            if (value == 0 && 1 / value < 0) {
                Memory.putByte(address, '-');
                Memory.putByte(address + 1, '0');
                return 2;
            }
            return Decimal.write((long) value, address);
        }
        int sign = 0;
        if (value < 0) {
            Memory.putByte(address, '-');
            sign = 1;
        }
        if (Double.isInfinite(value)) {
            return sign + word(address + sign, 'i', 'n', 'f');
        }
        return sign + positive(Math.abs(value), address + sign);
    }

    /** The text as a String: for messages and tests. */
    public static String toString(double value) {
        long room = SharedSlab.take(MAX_LENGTH, MemoryTag.OTHER);
        String text = new String(Memory.toBytes(room, write(value, room)), ISO_8859_1);
        SharedSlab.give(room, MAX_LENGTH, MemoryTag.OTHER);
        return text;
    }

    private static int word(long address, char a, char b, char c) {
        Memory.putByte(address, a);
        Memory.putByte(address + 1, b);
        Memory.putByte(address + 2, c);
        return 3;
    }

    /**
     * Finds digits and a power of ten; Grisu2's names: w is the value, between its neighbours'
     * middles.
     */
    private static int positive(double value, long address) {
        long bits = Double.doubleToRawLongBits(value);
        long fraction = bits & HIDDEN_BIT - 1;
        int exponent = (int) (bits >>> FRACTION_BITS);
        if (exponent == 0) {
            exponent = 1 - EXPONENT_BIAS;
        } else {
            fraction |= HIDDEN_BIT;
            exponent -= EXPONENT_BIAS;
        }
        long upper = (fraction << 1) + 1;
        int shift = Long.numberOfLeadingZeros(upper);
        upper <<= shift;
        int upperExponent = exponent - 1 - shift;
        // Below a power of two the neighbour is only half as far.
        int nearer = fraction == HIDDEN_BIT ? 2 : 1;
        long lower = (fraction << nearer) - 1 << exponent - nearer - upperExponent;
        long w = fraction << Long.numberOfLeadingZeros(fraction);

        int power = Powers.indexFor(upperExponent);
        long scale = Powers.SIGNIFICANDS[power];
        int scaled = upperExponent + Powers.EXPONENTS[power] + 64;
        // One unit inwards, as the products are rounded.
        long high = product(upper, scale) - 1;
        long low = product(lower, scale) + 1;
        return digits(
                high, high - product(w, scale), high - low, -scaled, -Powers.tenOf(power), address);
    }

    /** The upper half of a product of 128 bits, rounded. */
    private static long product(long a, long b) {
        return Math.unsignedMultiplyHigh(a, b) + (a * b >>> 63);
    }

    /**
     * Takes digits from {@code high} until what is left is less than {@code width}, the distance
     * between the bounds; then steps down while that comes nearer to the value, which is {@code
     * distance} below {@code high}. The point stands before the lowest {@code shift} bits.
     */
    private static int digits(
            long high, long distance, long width, int shift, int tens, long address) {
        long one = 1L << shift;
        long whole = high >>> shift;
        long rest = high & one - 1;
        long digits = 0;
        int count = 0;
        int left = 10;
        for (long unit = 1_000_000_000; left > 0; unit /= 10) {
            long digit = whole / unit;
            digits = digits * 10 + digit;
            count += digits != 0 ? 1 : 0;
            whole -= digit * unit;
            left--;
            long remainder = (whole << shift) + rest;
            if (Long.compareUnsigned(remainder, width) <= 0) {
                digits -= stepsDown(width, remainder, unit << shift, distance);
                return layOut(digits, count, tens + left, address);
            }
        }
        long scale = 10;
        while (true) {
            rest *= 10;
            width *= 10;
            left--;
            long digit = rest >>> shift;
            digits = digits * 10 + digit;
            count += digits != 0 ? 1 : 0;
            rest &= one - 1;
            if (Long.compareUnsigned(rest, width) < 0) {
                digits -= stepsDown(width, rest, one, distance * scale);
                return layOut(digits, count, tens + left, address);
            }
            scale *= 10;
        }
    }

    /** How often the last digit is lowered by one, {@code unit} each time. */
    private static int stepsDown(long width, long remainder, long unit, long distance) {
        int steps = 0;
        long below = remainder;
        while (Long.compareUnsigned(below, distance) < 0
                && Long.compareUnsigned(width - below, unit) >= 0
                && (Long.compareUnsigned(below + unit, distance) < 0
                        || Long.compareUnsigned(distance - below, below + unit - distance) > 0)) {
            steps++;
            below += unit;
        }
        return steps;
    }

    /** Writes {@code digits * 10^tens}. */
    private static int layOut(long digits, int count, int tens, long address) {
        int scientific = tens + count - 1;
        int size = Math.abs(scientific);
        if (tens >= 0 && size < count + 7) {
            Decimal.write(digits, address);
            Memory.fill(address + count, tens, (byte) '0');
            return count + tens;
        }
        if (tens < 0 && (tens > -7 || size < 4)) {
            int whole = count + tens;
            if (whole > 0) {
                Decimal.write(digits, address);
                Memory.copy(address + whole, address + whole + 1, -tens);
                Memory.putByte(address + whole, '.');
                return count + 1;
            }
            Memory.putByte(address, '0');
            Memory.putByte(address + 1, '.');
            Memory.fill(address + 2, -whole, (byte) '0');
            Decimal.write(digits, address + 2 - whole);
            return 2 - whole + count;
        }
        Decimal.write(digits, address);
        int at = 1;
        if (count > 1) {
            Memory.copy(address + 1, address + 2, count - 1);
            Memory.putByte(address + 1, '.');
            at = count + 1;
        }
        Memory.putByte(address + at, 'e');
        Memory.putByte(address + at + 1, scientific < 0 ? '-' : '+');
        return at + 2 + Decimal.write(size, address + at + 2);
    }

    /**
     * Every eighth power of ten from 10^-348 to 10^340 as 64 significant bits and a power of two,
     * made when the first double is written.
     */
    private static final class Powers {

        static final int FIRST = -348;
        static final int STEP = 8;
        static final int COUNT = 87;

        /** The product's exponent must lie between, so that its whole part fits 32 bits. */
        static final int LOWEST = -60;

        static final int HIGHEST = -32;

        static final double LOG10_OF_2 = 0.30102999566398114;

        static final long[] SIGNIFICANDS = new long[COUNT];
        static final int[] EXPONENTS = new int[COUNT];

        static {
            for (int i = 0; i < COUNT; i++) {
                int ten = tenOf(i);
                BigInteger power = BigInteger.TEN.pow(Math.abs(ten));
                int scale = 0;
                if (ten < 0) {
                    scale = power.bitLength() + 128;
                    power = BigInteger.ONE.shiftLeft(scale).divide(power);
                }
                int excess = power.bitLength() - 64;
                // Rounded at the bit below; a short power (of a small ten) is exact.
                BigInteger rounded =
                        excess <= 0
                                ? power.shiftLeft(-excess)
                                : power.shiftRight(excess - 1).add(BigInteger.ONE).shiftRight(1);
                SIGNIFICANDS[i] = rounded.longValue();
                EXPONENTS[i] = excess - scale;
            }
        }

        static int tenOf(int index) {
            return FIRST + index * STEP;
        }

        /** Where two powers serve, the choice shows in the digits: it is Redis'. */
        static int indexFor(int exponent) {
            int guess = (int) (-(exponent + COUNT) * LOG10_OF_2);
            int index = (guess - FIRST) / STEP;
            while (true) {
                int scaled = exponent + EXPONENTS[index] + 64;
                if (scaled < LOWEST) {
                    index++;
                } else if (scaled > HIGHEST) {
                    index--;
                } else {
                    return index;
                }
            }
        }
    }
}
