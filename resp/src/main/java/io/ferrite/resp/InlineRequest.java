package io.ferrite.resp;

import io.ferrite.memory.Memory;

/**
 * Splits a line into words the way Redis does for requests typed by hand.
 *
 * <p>Words are separated by white space. A part in double quotes knows the escapes {@code \n \r \t
 * \b \a}, {@code \xHH}, and a backslash before anything else stands for that byte; a part in single
 * quotes knows only {@code \'}. A quoted part may begin inside a word but ends it: what follows the
 * closing quote must be white space.
 *
 * <p>A word is unescaped in its place: it never gets longer, and bytes before it are never touched.
 * As the read buffer may have to be read again, that is a copy, which only a line with quotes
 * needs.
 */
final class InlineRequest {

    private InlineRequest() {}

    /** Whether splitting the line changes its bytes. */
    static boolean hasQuotes(long start, int length) {
        for (int i = 0; i < length; i++) {
            byte c = Memory.getByte(start + i);
            if (c == '"' || c == '\'') {
                return true;
            }
        }
        return false;
    }

    /**
     * Puts the words into {@code into}; false if a quote is not closed or closed in a wrong place.
     */
    static boolean split(long start, int length, Request into) {
        int at = 0;
        while (true) {
            while (at < length && isSpace(Memory.getByte(start + at))) {
                at++;
            }
            if (at == length) {
                return true;
            }
            at = word(start, at, length, into);
            if (at < 0) {
                return false;
            }
        }
    }

    /** Reads the word at {@code at}; returns where it ends, or -1. */
    private static int word(long start, int first, int length, Request into) {
        int at = first;
        while (at < length) {
            byte c = Memory.getByte(start + at);
            if (c == '"' || c == '\'') {
                return quoted(start, first, at, at + 1, length, c, into);
            }
            if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
                break;
            }
            at++;
        }
        into.put(first, at - first);
        return at;
    }

    /** Reads on inside quotes, to the end of the word. */
    private static int quoted(
            long start, int first, int out, int at, int length, byte quote, Request into) {
        while (at < length) {
            byte c = Memory.getByte(start + at);
            if (c == quote) {
                if (at + 1 < length && !isSpace(Memory.getByte(start + at + 1))) {
                    return -1;
                }
                into.put(first, out - first);
                return at + 1;
            }
            int taken = 1;
            if (c == '\\' && at + 1 < length) {
                byte next = Memory.getByte(start + at + 1);
                if (quote == '\'') {
                    if (next == '\'') {
                        c = next;
                        taken = 2;
                    }
                } else if (next == 'x' && at + 3 < length && isHexPair(start + at + 2)) {
                    c = (byte) (hex(start + at + 2) << 4 | hex(start + at + 3));
                    taken = 4;
                } else {
                    c = unescape(next);
                    taken = 2;
                }
            }
            Memory.putByte(start + out++, c);
            at += taken;
        }
        return -1;
    }

    private static byte unescape(byte c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> c;
        };
    }

    private static boolean isHexPair(long address) {
        return hex(address) >= 0 && hex(address + 1) >= 0;
    }

    private static int hex(long address) {
        int c = Memory.getByte(address);
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = c | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }
}
