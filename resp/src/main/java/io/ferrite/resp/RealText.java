package io.ferrite.resp;

import io.ferrite.memory.Memory;

/**
 * Doubles as text: the fewest digits that read back as the same number, laid out as Redis 7.2 does.
 * Whole numbers and numbers of moderate size are written plainly, others as {@code 1.5e-9}.
 */
public final class RealText {

    /** The longest text: sign, 17 digits, a point, {@code e-308}. */
    public static final int MAX_LENGTH = 25;

    /** Redis takes whole numbers of up to this size as integers, all digits written. */
    private static final double INTEGERS = 0x1p62;

    private RealText() {}

    /** Stores the text of {@code value}; answers its length. */
    public static int put(long address, double value) {
        String text = of(value);
        for (int i = 0; i < text.length(); i++) {
            Memory.putByte(address + i, text.charAt(i));
        }
        return text.length();
    }

    public static String of(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        if (Math.abs(value) < INTEGERS && value == (long) value) {
            return Long.toString((long) value);
        }
        return laidOut(Double.toString(Math.abs(value)), value < 0);
    }

    /** Takes Java's shortest digits apart and writes them Redis' way. */
    private static String laidOut(String java, boolean negative) {
        int e = java.indexOf('E');
        int exponent = e < 0 ? 0 : Integer.parseInt(java, e + 1, java.length(), 10);
        String mantissa = e < 0 ? java : java.substring(0, e);
        int point = mantissa.indexOf('.');
        StringBuilder digits = new StringBuilder(mantissa).deleteCharAt(point);
        exponent -= mantissa.length() - point - 1;
        while (digits.length() > 1 && digits.charAt(digits.length() - 1) == '0') {
            digits.setLength(digits.length() - 1);
            exponent++;
        }
        while (digits.length() > 1 && digits.charAt(0) == '0') {
            digits.deleteCharAt(0);
        }
        return negative ? "-" + layOut(digits, exponent) : layOut(digits, exponent);
    }

    /** {@code digits * 10^exponent}. */
    private static String layOut(StringBuilder digits, int exponent) {
        int count = digits.length();
        int scientific = exponent + count - 1;
        if (exponent >= 0 && Math.abs(scientific) < count + 7) {
            return digits.append("0".repeat(exponent)).toString();
        }
        if (exponent < 0 && (exponent > -7 || Math.abs(scientific) < 4)) {
            int whole = count + exponent;
            return whole <= 0
                    ? digits.insert(0, "0." + "0".repeat(-whole)).toString()
                    : digits.insert(whole, '.').toString();
        }
        if (count > 1) {
            digits.insert(1, '.');
        }
        return digits.append('e').append(scientific < 0 ? '-' : '+').append(Math.abs(scientific)).toString();
    }
}
