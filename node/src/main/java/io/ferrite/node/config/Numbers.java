package io.ferrite.node.config;

/** Numbers as configuration files write them: strict integers, bytes with a unit, octal. */
final class Numbers {

    private Numbers() {}

    /** Whether the word is a 64-bit integer in its one canonical form: no plus, no leading zero. */
    static boolean isLong(String word) {
        int length = word.length();
        int i = length > 0 && word.charAt(0) == '-' ? 1 : 0;
        if (i == length || length > 20) {
            return false;
        }
        if (word.charAt(i) == '0' && length > 1) {
            return false;
        }
        for (int j = i; j < length; j++) {
            if (!isDigit(word.charAt(j))) {
                return false;
            }
        }
        // 19 digits may or may not fit.
        return length - i < 19 || fitsLong(word, i);
    }

    private static boolean fitsLong(String word, int from) {
        if (word.length() - from > 19) {
            return false;
        }
        String limit = from == 1 ? "9223372036854775808" : "9223372036854775807";
        return word.substring(from).compareTo(limit) <= 0;
    }

    /** Whether the word is digits and then nothing or one of b, k, kb, m, mb, g, gb. */
    static boolean isMemory(String word) {
        int digits = countDigits(word);
        // A lone unit or an empty word means zero bytes, as in Redis.
        return digits < 128 && multiplier(word.substring(digits)) != 0;
    }

    /** The bytes a {@linkplain #isMemory valid} word stands for; wraps round beyond 2^64. */
    static long parseMemory(String word) {
        int digits = countDigits(word);
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = word.charAt(i) - '0';
            if (Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0) {
                value = -1L; // saturates at 2^64 - 1, then the unit is applied
                break;
            }
            value = value * 10 + digit;
        }
        return value * multiplier(word.substring(digits));
    }

    private static int countDigits(String word) {
        int i = 0;
        while (i < word.length() && isDigit(word.charAt(i))) {
            i++;
        }
        return i;
    }

    private static long multiplier(String unit) {
        return switch (Words.lowerCase(unit)) {
            case "", "b" -> 1L;
            case "k" -> 1000L;
            case "kb" -> 1L << 10;
            case "m" -> 1000L * 1000;
            case "mb" -> 1L << 20;
            case "g" -> 1000L * 1000 * 1000;
            case "gb" -> 1L << 30;
            default -> 0L;
        };
    }

    /** Bytes with the largest binary unit that divides them. */
    static String renderMemory(long bytes) {
        if (bytes != 0) {
            for (int shift = 30; shift > 0; shift -= 10) {
                if ((bytes & ((1L << shift) - 1)) == 0) {
                    String unit = shift == 30 ? "gb" : shift == 20 ? "mb" : "kb";
                    return Long.toUnsignedString(bytes >>> shift) + unit;
                }
            }
        }
        return Long.toUnsignedString(bytes);
    }

    /** Whether C's strtoll in base 8 reads the whole word without overflow. */
    static boolean isOctal(String word) {
        String digits = digitsOf(word);
        if (digits.length() > 21) {
            return false;
        }
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '7') {
                return false;
            }
        }
        return true;
    }

    static long parseOctal(String word) {
        String digits = digitsOf(word);
        long value = digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        return word.strip().startsWith("-") ? -value : value;
    }

    private static String digitsOf(String word) {
        int i = 0;
        while (i < word.length() && Words.isSpace(word.charAt(i))) {
            i++;
        }
        if (i < word.length() && (word.charAt(i) == '-' || word.charAt(i) == '+')) {
            i++;
        }
        return word.substring(i);
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /**
     * Whether C's strtoll reads the whole word: blanks, a sign, digits. The empty word counts as
     * zero there, and so it does here.
     */
    static boolean isLoose(String word) {
        String digits = digitsOf(word);
        if (digits.isEmpty()) {
            return word.isEmpty();
        }
        for (int i = 0; i < digits.length(); i++) {
            if (!isDigit(digits.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The number of a {@linkplain #isLoose valid} word, the nearest 64-bit one if too large. */
    static long parseLoose(String word) {
        String digits = digitsOf(word);
        boolean negative = word.length() > digits.length() && word.strip().startsWith("-");
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
            }
            value = value * 10 + digit;
        }
        return negative ? -value : value;
    }

    /** A decimal number without anything around it; not-a-number when it is none. */
    static double parseDouble(String word) {
        if (word.isEmpty() || !isPlainDecimal(word)) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static boolean isPlainDecimal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!isDigit(word.charAt(i)) && "+-.eE".indexOf(word.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}
