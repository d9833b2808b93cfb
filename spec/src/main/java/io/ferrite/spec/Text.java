package io.ferrite.spec;

import io.ferrite.memory.Args;
import io.ferrite.memory.Memory;

/** Arguments read as words and numbers, where they lie. */
final class Text {

    private Text() {}

    /** Whether argument {@code i} is this upper-case word in any case. */
    static boolean is(Args args, int i, String word) {
        int length = args.length(i);
        if (length != word.length()) {
            return false;
        }
        long address = args.address(i);
        for (int j = 0; j < length; j++) {
            int b = Memory.getByte(address + j);
            if (b >= 'a' && b <= 'z') {
                b -= 32;
            }
            if (b != word.charAt(j)) {
                return false;
            }
        }
        return true;
    }

    /** A number of at most ten digits written the one right way; -1 for anything else. */
    static long number(Args args, int i) {
        int length = args.length(i);
        if (length == 0 || length > 10) {
            return -1;
        }
        long address = args.address(i);
        long value = 0;
        for (int j = 0; j < length; j++) {
            int b = Memory.getByte(address + j);
            if (b < '0' || b > '9' || b == '0' && j == 0 && length > 1) {
                return -1;
            }
            value = value * 10 + b - '0';
        }
        return value;
    }

    /**
     * The number that an argument begins with, as C's {@code atoi} sees it: white space and a sign
     * before, anything after; 0 when there is none. What doesn't fit an int loses its upper half.
     */
    static int leadingNumber(Args args, int i) {
        int length = args.length(i);
        long address = args.address(i);
        int j = 0;
        while (j < length && isSpace(Memory.getByte(address + j))) {
            j++;
        }
        boolean negative = j < length && Memory.getByte(address + j) == '-';
        if (negative || j < length && Memory.getByte(address + j) == '+') {
            j++;
        }
        long value = 0;
        while (j < length) {
            int b = Memory.getByte(address + j);
            if (b < '0' || b > '9') {
                break;
            }
            if (value > (Long.MAX_VALUE - 9) / 10) {
                return negative ? 0 : -1; // the halves of the least and the greatest long
            }
            value = value * 10 + b - '0';
            j++;
        }
        return (int) (negative ? -value : value);
    }

    private static boolean isSpace(int b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }
}
