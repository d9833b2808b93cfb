package io.ferrite.scripting.library;

import io.ferrite.memory.Memory;
import java.nio.charset.StandardCharsets;

/**
 * What C's {@code strtod} reads at an address: decimal and hexadecimal numbers, infinity, no
 * number.
 *
 * @param end behind its last byte
 */
record CNumber(double value, long end) {

    /** Digits that a long surely holds. */
    private static final int FEW = 18;

    /** Null if there is none. */
    static CNumber at(long from, long end) {
        boolean negative = is(from, end, '-');
        long p = negative || is(from, end, '+') ? from + 1 : from;
        CNumber read;
        if (is(p, end, '0') && p + 1 < end && (Memory.getByte(p + 1) | 0x20) == 'x') {
            read = hexadecimal(p, end);
        } else if (isWord(p, end, "inf")) {
            long behind = isWord(p, end, "infinity") ? p + 8 : p + 3;
            read = new CNumber(Double.POSITIVE_INFINITY, behind);
        } else if (isWord(p, end, "nan")) {
            read = new CNumber(Double.NaN, p + 3);
        } else {
            read = decimal(p, end);
        }
        return read == null || !negative ? read : new CNumber(-read.value, read.end);
    }

    private static boolean is(long p, long end, char c) {
        return p < end && Memory.getByte(p) == c;
    }

    private static boolean isWord(long p, long end, String word) {
        if (end - p < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if ((Memory.getByte(p + i) | 0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(long p, long end) {
        return p < end && Memory.getByte(p) >= '0' && Memory.getByte(p) <= '9';
    }

    private static CNumber decimal(long from, long end) {
        long p = from;
        long whole = 0;
        while (isDigit(p, end)) {
            whole = whole * 10 + (Memory.getByte(p) - '0');
            p++;
        }
        long digits = p - from;
        boolean plain = true;
        if (is(p, end, '.')) {
            long fraction = p + 1;
            while (isDigit(fraction, end)) {
                fraction++;
            }
            long more = fraction - p - 1;
            if (digits + more == 0) {
                return null;
            }
            digits += more;
            plain = more == 0;
            p = fraction;
        }
        if (digits == 0) {
            return null;
        }
        if (p < end && (Memory.getByte(p) | 0x20) == 'e') {
            long exponent = p + 1;
            if (is(exponent, end, '-') || is(exponent, end, '+')) {
                exponent++;
            }
            if (isDigit(exponent, end)) {
                while (isDigit(exponent, end)) {
                    exponent++;
                }
                p = exponent;
                plain = false;
            }
        }
        if (plain && digits <= FEW) {
            return new CNumber(whole, p);
        }
        return new CNumber(Double.parseDouble(text(from, p)), p);
    }

    private static String text(long from, long to) {
        return new String(
                Memory.toBytes(from, Math.toIntExact(to - from)), StandardCharsets.ISO_8859_1);
    }

    /** As Java writes them, with an exponent added if there is none. */
    private static CNumber hexadecimal(long from, long end) {
        long p = from + 2;
        int digits = 0;
        boolean point = false;
        while (p < end) {
            int c = Memory.getUnsignedByte(p);
            if (c == '.' && !point) {
                point = true;
            } else if (Character.digit((char) c, 16) >= 0) {
                digits++;
            } else {
                break;
            }
            p++;
        }
        if (digits == 0) {
            return new CNumber(0, from + 1); // the nought before the x
        }
        String mantissa = text(from, p);
        if (p < end && (Memory.getByte(p) | 0x20) == 'p') {
            long exponent = p + 1;
            if (is(exponent, end, '-') || is(exponent, end, '+')) {
                exponent++;
            }
            if (isDigit(exponent, end)) {
                while (isDigit(exponent, end)) {
                    exponent++;
                }
                return new CNumber(Double.parseDouble(mantissa + text(p, exponent)), exponent);
            }
        }
        return new CNumber(Double.parseDouble(mantissa + "p0"), p);
    }
}
