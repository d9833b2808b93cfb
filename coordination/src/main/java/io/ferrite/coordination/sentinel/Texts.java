package io.ferrite.coordination.sentinel;

/** Words of commands and of files. */
final class Texts {

    private static final int DIGITS_MAX = 19;
    private static final int WEB_ADDRESS_MAX = 2048;

    private Texts() {}

    /**
     * A whole number as Redis takes it in commands: no plus, no leading zeros; null if it is none.
     */
    static Long wholeNumber(String word) {
        boolean negative = word.startsWith("-");
        String digits = negative ? word.substring(1) : word;
        boolean plain =
                !digits.isEmpty()
                        && digits.length() <= DIGITS_MAX
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                        && (digits.charAt(0) != '0' || digits.length() == 1 && !negative);
        if (!plain) {
            return null;
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                return null;
            }
            value = value * 10 + digit;
        }
        return negative ? -value : value;
    }

    static Boolean yesNo(String word) {
        if (word.equalsIgnoreCase("yes")) {
            return true;
        }
        return word.equalsIgnoreCase("no") ? false : null;
    }

    /** The number that a word begins with, as lines of files are read: 0 if there is none. */
    static long leadingNumber(String word) {
        String trimmed = word.strip();
        return InfoFacts.number(trimmed.startsWith("+") ? trimmed.substring(1) : trimmed);
    }

    /** The same, kept to what an int holds. */
    static int leadingInt(String word) {
        return Math.clamp(leadingNumber(word), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    static boolean isWebAddress(String url) {
        return url.length() <= WEB_ADDRESS_MAX
                && (url.startsWith("http://") || url.startsWith("https://"))
                && url.chars().allMatch(c -> c > ' ' && c < 127);
    }
}
