package io.ferrite.scripting;

import io.ferrite.memory.Memory;
import io.ferrite.scripting.lua.Lua;
import java.nio.charset.StandardCharsets;

/**
 * Turns the reply of a command into a Lua value, as Redis does:
 *
 * <pre>
 *   :1 number      $ string          _ nil         #t true      ,1.5 {double=}     (1 {big_number=}
 *   +OK {ok=}      -E m {err=}       $-1 *-1 false  * table     % {map=}  ~ {set=}  = {verbatim_string=}
 * </pre>
 *
 * The bytes are the server's own, so they are not checked. Not thread-safe.
 */
final class ReplyReader {

    private long at;

    /** Pushes the value of the reply that begins at {@code address}. */
    void read(long state, long address) {
        at = address;
        value(state);
    }

    private void value(long state) {
        if (!Lua.checkStack(state, 8)) {
            throw new IllegalStateException("a reply that nests deeper than Lua's stack");
        }
        byte type = Memory.getByte(at++);
        switch (type) {
            case ':' -> Lua.pushNumber(state, number());
            case '$' -> string(state);
            case '+' -> field(state, "ok", endOfLine());
            case '-' -> error(state);
            case '*' -> array(state);
            case '%' -> map(state);
            case '~' -> set(state);
            case '_' -> {
                endOfLine();
                Lua.pushNil(state);
            }
            case '#' -> Lua.pushBoolean(state, Memory.getByte(endOfLine()) == 't');
            case ',' -> real(state);
            case '(' -> field(state, "big_number", endOfLine());
            case '=' -> verbatim(state);
            case '|' -> attribute(state);
            default -> throw new IllegalStateException("a reply of type " + (char) type);
        }
    }

    /** The number up to the end of the line. */
    private long number() {
        boolean negative = Memory.getByte(at) == '-';
        long value = 0;
        for (long a = negative ? at + 1 : at; ; a++) {
            byte c = Memory.getByte(a);
            if (c == '\r') {
                at = a + 2;
                return negative ? -value : value;
            }
            value = value * 10 + (c - '0');
        }
    }

    /** Where the line's text began; the next thing is read behind it. */
    private long endOfLine() {
        long from = at;
        long a = from;
        while (Memory.getByte(a) != '\r') {
            a++;
        }
        at = a + 2;
        return from;
    }

    private void pushLine(long state, long from) {
        Lua.pushBytes(state, from, at - 2 - from);
    }

    private void field(long state, String name, long from) {
        Lua.pushTable(state, 0, 1);
        Lua.pushText(state, name);
        pushLine(state, from);
        Lua.rawSet(state, -3);
    }

    private void string(long state) {
        long length = number();
        if (length < 0) {
            Lua.pushBoolean(state, false);
            return;
        }
        Lua.pushBytes(state, at, length);
        at += length + 2;
    }

    private void error(long state) {
        long from = endOfLine();
        byte[] line = Memory.toBytes(from, (int) (at - 2 - from));
        pushError(state, "-" + new String(line, StandardCharsets.ISO_8859_1), true);
    }

    /**
     * Pushes an error as scripts see one.
     *
     * @param text an error line with its dash, or a text that gets the code {@code ERR}
     * @param counted the statistics know it already
     */
    static void pushError(long state, String text, boolean counted) {
        String line;
        if (text.startsWith("-")) {
            int space = text.indexOf(' ');
            line = space < 0 ? "ERR " + text.substring(1) : text.substring(1);
        } else {
            line = "ERR " + text;
        }
        Lua.pushTable(state, 0, counted ? 4 : 3);
        Lua.pushText(state, "err");
        Lua.pushText(state, line.stripTrailing());
        Lua.rawSet(state, -3);
        if (counted) {
            Lua.pushText(state, "ignore_error_stats_update");
            Lua.pushBoolean(state, true);
            Lua.rawSet(state, -3);
        }
    }

    private void array(long state) {
        long length = number();
        if (length < 0) {
            Lua.pushBoolean(state, false);
            return;
        }
        Lua.pushTable(state, (int) Math.min(length, Integer.MAX_VALUE), 0);
        for (int i = 1; i <= length; i++) {
            value(state);
            Lua.rawSet(state, -2, i);
        }
    }

    private void map(long state) {
        long pairs = number();
        Lua.pushTable(state, 0, 1);
        Lua.pushText(state, "map");
        Lua.pushTable(state, 0, (int) Math.min(pairs, Integer.MAX_VALUE));
        for (long i = 0; i < pairs; i++) {
            value(state);
            value(state);
            putUnlessNil(state);
        }
        Lua.rawSet(state, -3);
    }

    private void set(long state) {
        long length = number();
        Lua.pushTable(state, 0, 1);
        Lua.pushText(state, "set");
        Lua.pushTable(state, 0, (int) Math.min(length, Integer.MAX_VALUE));
        for (long i = 0; i < length; i++) {
            value(state);
            Lua.pushBoolean(state, true);
            putUnlessNil(state);
        }
        Lua.rawSet(state, -3);
    }

    /** Nothing can be kept under nil. */
    private static void putUnlessNil(long state) {
        if (Lua.type(state, -2) == Lua.NIL) {
            Lua.pop(state, 2);
        } else {
            Lua.rawSet(state, -3);
        }
    }

    private void real(long state) {
        long from = endOfLine();
        String text =
                new String(
                        Memory.toBytes(from, (int) (at - 2 - from)), StandardCharsets.ISO_8859_1);
        double value =
                switch (text) {
                    case "inf" -> Double.POSITIVE_INFINITY;
                    case "-inf" -> Double.NEGATIVE_INFINITY;
                    case "nan", "-nan" -> Double.NaN;
                    default -> Double.parseDouble(text);
                };
        Lua.pushTable(state, 0, 1);
        Lua.pushText(state, "double");
        Lua.pushNumber(state, value);
        Lua.rawSet(state, -3);
    }

    private void verbatim(long state) {
        long length = number();
        long from = at;
        at += length + 2;
        Lua.pushTable(state, 0, 1);
        Lua.pushText(state, "verbatim_string");
        Lua.pushTable(state, 0, 2);
        Lua.pushText(state, "string");
        Lua.pushBytes(state, from + 4, length - 4);
        Lua.rawSet(state, -3);
        Lua.pushText(state, "format");
        Lua.pushBytes(state, from, 3);
        Lua.rawSet(state, -3);
        Lua.rawSet(state, -3);
    }

    /** What is said about a reply is not for scripts. */
    private void attribute(long state) {
        long pairs = number();
        for (long i = 0; i < 2 * pairs; i++) {
            value(state);
            Lua.pop(state, 1);
        }
        value(state);
    }
}
