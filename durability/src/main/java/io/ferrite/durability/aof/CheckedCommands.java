package io.ferrite.durability.aof;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The commands of a file, looked at more strictly than a load does: every line end has to be there,
 * and transactions have to begin and end.
 */
final class CheckedCommands {

    private static final int NUMBER_LINE = 127;
    private static final int NAME_MOST = 64;

    private final CheckInput in;
    private final String path;
    private int open;
    private long lines;
    private long errorAt;
    private String error;

    /**
     * @param lines how many lines were passed before
     */
    CheckedCommands(CheckInput in, String path, long lines) {
        this.lines = lines;
        this.in = in;
        this.path = path;
    }

    boolean inTransaction() {
        return open != 0;
    }

    /** How many lines were passed, counted as the reference does. */
    long lines() {
        return lines;
    }

    /** What is wrong, and where; or null. */
    String error() {
        return error;
    }

    /** The file ends here. */
    void ended() {
        if (open != 0 && error == null) {
            fail("Reached EOF before reading EXEC for MULTI");
        }
    }

    /** An annotation, which is passed over. */
    String annotation() throws IOException {
        errorAt = in.position();
        return new String(in.line(AofScanner.LINE_MAX), StandardCharsets.ISO_8859_1);
    }

    /** Passes over a command; false if it is damaged. */
    boolean next() throws IOException {
        long[] number = new long[1];
        if (!number('*', number)) {
            return false;
        }
        long arguments = number[0];
        for (long i = 0; i < arguments; i++) {
            if (!argument(i == 0, number)) {
                return false;
            }
        }
        return true;
    }

    private boolean argument(boolean name, long[] number) throws IOException {
        if (!number('$', number)) {
            return false;
        }
        long length = number[0];
        if (length < 0 || length > Long.MAX_VALUE - 2) {
            return fail(
                    "Expected to read string of "
                            + length
                            + " bytes, which is not in the suitable range");
        }
        errorAt = in.position();
        String text = "";
        long there;
        if (name && length <= NAME_MOST) {
            byte[] bytes = in.bytes((int) length);
            text = bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
            there = bytes == null ? in.position() - errorAt : length;
        } else {
            there = in.skip(length);
        }
        byte[] end = there < length ? null : in.bytes(2);
        if (end == null) {
            return fail(
                    "Expected to read "
                            + (length + 2)
                            + " bytes, got "
                            + (in.position() - errorAt)
                            + " bytes");
        }
        return lineEnd(end[0], end[1]) && (!name || transaction(text));
    }

    private boolean transaction(String name) {
        switch (name.toLowerCase(Locale.ROOT)) {
            case "multi" -> {
                if (open++ != 0) {
                    return fail("Unexpected MULTI in AOF " + path);
                }
            }
            case "exec" -> {
                if (--open != 0) {
                    return fail("Unexpected EXEC in AOF " + path);
                }
            }
            default -> {}
        }
        return true;
    }

    /** A line of a sign and a number. */
    private boolean number(char sign, long[] number) throws IOException {
        errorAt = in.position();
        byte[] line = in.line(NUMBER_LINE);
        if (line == null) {
            return false;
        }
        if (line[0] != sign) {
            return fail("Expected prefix '" + sign + "', got: '" + (char) (line[0] & 0xFF) + "'");
        }
        int at = 1;
        boolean negative = at < line.length && line[at] == '-';
        at += negative ? 1 : 0;
        int digits = at;
        long value = 0;
        while (at < line.length && line[at] >= '0' && line[at] <= '9') {
            int digit = line[at++] - '0';
            value = value > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : value * 10 + digit;
        }
        if (at == digits) {
            at = 1; // no number at all: what follows the sign is no line end
        }
        number[0] = negative ? -value : value;
        return lineEnd(byteAt(line, at), byteAt(line, at + 1));
    }

    private static byte byteAt(byte[] line, int at) {
        return at < line.length ? line[at] : 0;
    }

    private boolean lineEnd(byte first, byte second) {
        if (first != '\r' || second != '\n') {
            return fail("Expected \\r\\n, got: " + hex(first) + hex(second));
        }
        lines++;
        return true;
    }

    private static String hex(byte b) {
        String digits = Integer.toHexString(b);
        return digits.length() < 2 ? "0" + digits : digits;
    }

    private boolean fail(String reason) {
        String at = Long.toHexString(errorAt);
        error = "0x" + " ".repeat(Math.max(0, 16 - at.length())) + at + ": " + reason;
        return false;
    }
}
