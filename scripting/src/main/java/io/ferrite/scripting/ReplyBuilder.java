package io.ferrite.scripting;

import io.ferrite.memory.Memory;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.scripting.lua.Lua;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns the value that a script returns into the reply to its client, as Redis does; see {@link
 * ReplyReader} for the way back.
 *
 * <p>Tables may nest as deep as Lua's stack goes, thousands of levels, and may even hold
 * themselves: so the aggregates that are open are kept in a stack of our own, not in Java's.
 *
 * <pre>
 *   an open aggregate         on Lua's stack
 *   ARRAY                     table
 *   MAP, SET                  table, content, key while there is one
 * </pre>
 *
 * Not thread-safe.
 */
final class ReplyBuilder {

    private static final int ARRAY = 0;
    private static final int MAP_KEYS = 1;
    private static final int MAP_VALUES = 2;
    private static final int SET = 3;

    private final ScriptHostErrors errors;
    private int[] kinds = new int[16];
    private long[] tokens = new long[16];
    private int[] counts = new int[16];
    private int open;

    /** Where errors inside replies are counted. */
    @FunctionalInterface
    interface ScriptHostErrors {
        void count(String line);
    }

    ReplyBuilder(ScriptHostErrors errors) {
        this.errors = errors;
    }

    /**
     * Writes the value on top of the stack, and takes it away.
     *
     * @param protocol the script's own: what its booleans mean
     */
    void write(long state, ReplyWriter out, int protocol) {
        open = 0;
        value(state, out, protocol);
        while (open > 0) {
            if (step(state, out)) {
                value(state, out, protocol);
            }
        }
    }

    /** Goes on with the innermost aggregate: true when its next value lies on top. */
    private boolean step(long state, ReplyWriter out) {
        int i = open - 1;
        switch (kinds[i]) {
            case ARRAY -> {
                Lua.rawGet(state, -1, counts[i] + 1);
                if (Lua.type(state, -1) == Lua.NIL) {
                    Lua.pop(state, 2);
                    out.finishArray(tokens[i], counts[i]);
                    open--;
                    return false;
                }
                counts[i]++;
            }
            case MAP_KEYS -> {
                if (!Lua.next(state, -2)) {
                    Lua.pop(state, 2);
                    out.finishMap(tokens[i], counts[i]);
                    open--;
                    return false;
                }
                counts[i]++;
                kinds[i] = MAP_VALUES;
                Lua.pushValue(state, -2);
            }
            case MAP_VALUES -> {
                // The copy of the key has been written; its value lies on top.
                kinds[i] = MAP_KEYS;
            }
            default -> {
                if (!Lua.next(state, -2)) {
                    Lua.pop(state, 2);
                    out.finishSet(tokens[i], counts[i]);
                    open--;
                    return false;
                }
                counts[i]++;
                Lua.pop(state, 1);
                Lua.pushValue(state, -1);
            }
        }
        return true;
    }

    private void begin(int kind, ReplyWriter out) {
        if (open == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * open);
            tokens = Arrays.copyOf(tokens, 2 * open);
            counts = Arrays.copyOf(counts, 2 * open);
        }
        kinds[open] = kind;
        tokens[open] = out.deferred();
        counts[open] = 0;
        open++;
    }

    /** Writes a value without parts and takes it away, or opens the aggregate that it is. */
    private void value(long state, ReplyWriter out, int protocol) {
        int type = Lua.type(state, -1);
        if (!Lua.checkStack(state, 4)) {
            error(out, "ERR reached lua stack limit", true);
            Lua.pop(state, 1);
            return;
        }
        switch (type) {
            case Lua.STRING -> {
                long bytes = Lua.toBytes(state, -1);
                out.bulk(bytes, Math.toIntExact(Lua.lengthOf(bytes)));
            }
            case Lua.BOOLEAN -> bool(out, Lua.toBoolean(state, -1), protocol);
            case Lua.NUMBER -> out.integer(truncated(Lua.toNumber(state, -1)));
            case Lua.TABLE -> {
                if (table(state, out)) {
                    return;
                }
            }
            default -> out.nil();
        }
        Lua.pop(state, 1);
    }

    private static void bool(ReplyWriter out, boolean value, int protocol) {
        if (protocol == 3) {
            out.bool(value);
        } else if (value) {
            out.integer(1);
        } else {
            out.nil();
        }
    }

    /** As the machine converts a double: what does not fit becomes the lowest number. */
    static long truncated(double value) {
        return value >= -0x1p63 && value < 0x1p63 ? (long) value : Long.MIN_VALUE;
    }

    /** True when the table stays on the stack, being an aggregate that is open now. */
    private boolean table(long state, ReplyWriter out) {
        if (holds(state, "err", Lua.STRING)) {
            Lua.pop(state, 1);
            Lua.pushField(state, -1, "ignore_error_stats_update");
            boolean counted = Lua.type(state, -1) == Lua.BOOLEAN && Lua.toBoolean(state, -1);
            Lua.pop(state, 1);
            Lua.pushField(state, -1, "err");
            error(out, upToNul(state), !counted);
            Lua.pop(state, 1);
            return false;
        }
        if (holds(state, "ok", Lua.STRING)) {
            out.status(upToNul(state));
            Lua.pop(state, 1);
            return false;
        }
        if (holds(state, "double", Lua.NUMBER)) {
            out.real(Lua.toNumber(state, -1));
            Lua.pop(state, 1);
            return false;
        }
        if (holds(state, "big_number", Lua.STRING)) {
            out.bigNumber(Lua.text(state, -1).replace('\r', ' ').replace('\n', ' '));
            Lua.pop(state, 1);
            return false;
        }
        if (holds(state, "verbatim_string", Lua.TABLE)) {
            boolean written = verbatim(state, out);
            Lua.pop(state, 1);
            if (written) {
                return false;
            }
        }
        if (holds(state, "map", Lua.TABLE)) {
            begin(MAP_KEYS, out);
            Lua.pushNil(state);
        } else if (holds(state, "set", Lua.TABLE)) {
            begin(SET, out);
            Lua.pushNil(state);
        } else {
            begin(ARRAY, out);
        }
        return true;
    }

    /** Whether the table on top has such a field, which is pushed then. */
    private static boolean holds(long state, String name, int type) {
        Lua.pushField(state, -1, name);
        if (Lua.type(state, -1) == type) {
            return true;
        }
        Lua.pop(state, 1);
        return false;
    }

    private static boolean verbatim(long state, ReplyWriter out) {
        boolean written = false;
        if (holds(state, "format", Lua.STRING)) {
            String format = (upToNul(state) + "   ").substring(0, 3);
            Lua.pop(state, 1);
            if (holds(state, "string", Lua.STRING)) {
                long bytes = Lua.toBytes(state, -1);
                out.verbatim(format, bytes, Math.toIntExact(Lua.lengthOf(bytes)));
                Lua.pop(state, 1);
                written = true;
            }
        }
        return written;
    }

    private void error(ReplyWriter out, String line, boolean count) {
        if (count) {
            errors.count(line);
        }
        out.error(line);
    }

    /** What a C program takes for the text on top of the stack. */
    static String upToNul(long state) {
        long bytes = Lua.toBytes(state, -1);
        long length = Lua.lengthOf(bytes);
        int end = 0;
        while (end < length && Memory.getByte(bytes + end) != 0) {
            end++;
        }
        return new String(Memory.toBytes(bytes, end), StandardCharsets.ISO_8859_1);
    }
}
