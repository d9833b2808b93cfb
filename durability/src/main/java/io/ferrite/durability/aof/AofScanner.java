package io.ferrite.durability.aof;

import io.ferrite.memory.Memory;
import io.ferrite.resp.Request;
import java.nio.charset.StandardCharsets;

/**
 * Finds commands and annotations in the bytes of an append-only file.
 *
 * <p>It takes what Redis' own loader takes, which is a little more than Redis writes: a line ends
 * at its line feed whatever stands before it, a number ends where its digits do, and the two bytes
 * behind an argument are passed over unseen. So a file that one of the two loads is loaded by the
 * other, with the same outcome. A line is at most {@value #LINE_MAX} bytes long.
 *
 * <p>Everything is found in place. What is not whole yet is looked at again from its first byte
 * once there is more of it.
 */
public final class AofScanner {

    /** A command was found. */
    public static final int COMMAND = 0;

    /** A line for tools was found, see {@link #annotation}. */
    public static final int ANNOTATION = 1;

    /** What begins here is not whole. */
    public static final int INCOMPLETE = 2;

    /** What begins here is nothing that is known. */
    public static final int MALFORMED = 3;

    /** The length of a line at most, its end included: one less than Redis' buffer. */
    public static final int LINE_MAX = 1023;

    /** Nothing that could be waited for. */
    private static final long LENGTH_MAX = 1L << 40;

    /** The length of an argument at most, so that a request can hold it. */
    private static final long ARGUMENT_MAX = Integer.MAX_VALUE - 64;

    /** "*d\r\n" and "$d\r\n" as little-endian integers, the digit left out, and what to compare. */
    private static final int SHORT_ARRAY = 0x0A0D002A;

    private static final int SHORT_BULK = 0x0A0D0024;
    private static final int SHORT_MASK = 0xFFFF00FF;

    /** "$dd\r\n" likewise. */
    private static final long BULK_OF_TENS = 0x0A0D000024L;

    private static final long BULK_OF_TENS_MASK = 0xFFFF0000FFL;

    private long base;
    private long end;
    private long at;
    private boolean whole;
    private long consumed;

    /** Where the last line that was read ends. */
    private long lineEnd;

    private long needed;
    private String annotation;

    /** How many bytes the last thing found takes. */
    public long consumed() {
        return consumed;
    }

    /** After INCOMPLETE: how many bytes there have to be at least, from the first one on. */
    public long needed() {
        return needed;
    }

    /** The line found, without its # and its end. */
    public String annotation() {
        return annotation;
    }

    /**
     * Looks at what begins at {@code from}.
     *
     * @param length bytes there are, more than 0
     * @param last whether no more come
     */
    public int next(long from, long length, boolean last, Request into) {
        base = from;
        at = from;
        end = from + length;
        whole = last;
        consumed = 0;
        needed = length + 1;
        int first = Memory.getUnsignedByte(from);
        if (first == '*') {
            return command(into);
        }
        if (first == '#') {
            return annotationLine() ? ANNOTATION : INCOMPLETE;
        }
        return MALFORMED;
    }

    private int command(Request into) {
        int count;
        if (end - at >= 4 && (Memory.getInt(at) & SHORT_MASK) == SHORT_ARRAY) {
            count = Memory.getUnsignedByte(at + 1) - '0';
            at += 4;
            if (count < 1 || count > 9) {
                return MALFORMED;
            }
        } else {
            if (!line() || lineEnd - at < 2) {
                return INCOMPLETE;
            }
            long number = number(at + 1);
            at = lineEnd;
            if (number < 1 || number > Integer.MAX_VALUE) {
                return MALFORMED;
            }
            count = (int) number;
        }
        into.begin(base);
        for (int i = 0; i < count; i++) {
            int found = argument(into);
            if (found != COMMAND) {
                return found;
            }
        }
        consumed = at - base;
        return COMMAND;
    }

    private int argument(Request into) {
        if (at >= end) {
            return INCOMPLETE;
        }
        long length = shortLength();
        if (length < 0) {
            if (Memory.getUnsignedByte(at) != '$') {
                return MALFORMED;
            }
            if (!line()) {
                return INCOMPLETE;
            }
            length = number(at + 1);
            at = lineEnd;
            if (length < 0 || length > LENGTH_MAX) {
                return MALFORMED;
            }
        }
        if (end - at < length + 2) {
            needed = at - base + length + 2;
            return INCOMPLETE;
        }
        if (length > ARGUMENT_MAX || at - base + length > 0xFFFFFFFFL) {
            return MALFORMED;
        }
        into.put(at - base, (int) length);
        at += length + 2;
        return COMMAND;
    }

    /** The length that begins here and is passed over, if it is written in the usual way; or -1. */
    private long shortLength() {
        if (end - at < 8) {
            return -1;
        }
        long head = Memory.getLong(at);
        int tens = (int) (head >>> 8 & 0xFF) - '0';
        if (tens < 0 || tens > 9) {
            return -1;
        }
        if (((int) head & SHORT_MASK) == SHORT_BULK) {
            at += 4;
            return tens;
        }
        int ones = (int) (head >>> 16 & 0xFF) - '0';
        if ((head & BULK_OF_TENS_MASK) == BULK_OF_TENS && ones >= 0 && ones <= 9) {
            at += 5;
            return tens * 10L + ones;
        }
        return -1;
    }

    /** Finds where the line at {@link #at} ends; false if it may go on. */
    private boolean line() {
        long limit = Math.min(end, at + LINE_MAX);
        for (long a = at; a < limit; a++) {
            if (Memory.getByte(a) == '\n') {
                lineEnd = a + 1;
                return true;
            }
        }
        lineEnd = limit;
        return limit < end || limit == at + LINE_MAX || whole;
    }

    /** The number that begins here, as strtol reads it, as far as it is of any use. */
    private long number(long from) {
        long a = from;
        while (a < lineEnd && isSpace(Memory.getUnsignedByte(a))) {
            a++;
        }
        boolean negative = false;
        if (a < lineEnd) {
            int sign = Memory.getByte(a);
            negative = sign == '-';
            a += negative || sign == '+' ? 1 : 0;
        }
        long number = 0;
        while (a < lineEnd) {
            int digit = Memory.getUnsignedByte(a++) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            number = Math.min(number * 10 + digit, Long.MAX_VALUE / 20);
        }
        return negative ? -number : number;
    }

    private static boolean isSpace(int c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private boolean annotationLine() {
        if (!line()) {
            return false;
        }
        int length = (int) (lineEnd - base);
        String text = new String(Memory.toBytes(base, length), StandardCharsets.ISO_8859_1);
        annotation = text.substring(1).stripTrailing();
        consumed = length;
        return true;
    }
}
