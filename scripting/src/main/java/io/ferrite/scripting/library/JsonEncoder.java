package io.ferrite.scripting.library;

import io.ferrite.memory.Memory;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongPredicate;

/**
 * A Lua value as JSON, as lua-cjson writes it. What is open is kept in a stack of our own, as
 * tables may nest as deep as Lua's stack goes.
 *
 * <pre>
 *   open        on Lua's stack
 *   array       table
 *   object      table, key
 * </pre>
 *
 * Not thread-safe.
 */
final class JsonEncoder {

    private static final int OBJECT = -1;

    private static final int ERRORS = 0;
    private static final int AS_NAN = 1;

    /** What stands for each byte of a string; null for itself. */
    private static final String[] ESCAPES = new String[256];

    static {
        for (int i = 0; i < ' '; i++) {
            ESCAPES[i] = String.format(Locale.ROOT, "\\u%04x", i);
        }
        ESCAPES['\b'] = "\\b";
        ESCAPES['\t'] = "\\t";
        ESCAPES['\n'] = "\\n";
        ESCAPES['\f'] = "\\f";
        ESCAPES['\r'] = "\\r";
        ESCAPES['"'] = "\\\"";
        ESCAPES['/'] = "\\/";
        ESCAPES['\\'] = "\\\\";
        ESCAPES[127] = "\\u007f";
    }

    private final JsonSettings settings;
    private final NativeBytes out;

    /** Of each open table: how many elements it has, or {@link #OBJECT}. */
    private long[] sizes = new long[16];

    /** Of each open table: how many were written. */
    private long[] written = new long[16];

    private int open;

    JsonEncoder(JsonSettings settings, LongPredicate allows) {
        this.settings = settings;
        out = new NativeBytes(allows);
    }

    /** Replaces the value on top by its JSON. */
    void encode(long state) {
        out.clear();
        open = 0;
        value(state);
        while (open > 0) {
            if (next(state)) {
                value(state);
            }
        }
        out.push(state);
    }

    /** Goes on with the innermost table: true when a value lies on top. */
    private boolean next(long state) {
        int i = open - 1;
        if (sizes[i] == OBJECT) {
            if (!Lua.next(state, -2)) {
                return close(state, '}');
            }
            if (written[i]++ > 0) {
                out.put(',');
            }
            key(state);
            return true;
        }
        if (written[i] == sizes[i]) {
            return close(state, ']');
        }
        if (written[i]++ > 0) {
            out.put(',');
        }
        Lua.rawGet(state, -1, (int) written[i]);
        return true;
    }

    private boolean close(long state, char end) {
        out.put(end);
        Lua.pop(state, 1);
        open--;
        return false;
    }

    private void key(long state) {
        switch (Lua.type(state, -2)) {
            case Lua.NUMBER -> {
                out.put('"');
                number(state, -2);
                out.put('"');
            }
            case Lua.STRING -> string(Lua.toBytes(state, -2));
            default -> throw failure(state, -2, "table key must be a number or string");
        }
        out.put(':');
    }

    /** Writes the value on top and takes it away, or opens the table that it is. */
    private void value(long state) {
        switch (Lua.type(state, -1)) {
            case Lua.STRING -> string(Lua.toBytes(state, -1));
            case Lua.NUMBER -> number(state, -1);
            case Lua.BOOLEAN -> out.put(Lua.toBoolean(state, -1) ? "true" : "false");
            case Lua.NIL -> out.put("null");
            case Lua.TABLE -> {
                begin(state);
                return;
            }
            case Lua.LIGHT_USERDATA -> {
                if (Lua.toPointer(state, -1) != 0) {
                    throw failure(state, -1, "type not supported");
                }
                out.put("null");
            }
            default -> throw failure(state, -1, "type not supported");
        }
        Lua.pop(state, 1);
    }

    private void begin(long state) {
        if (open >= settings.encodeMaxDepth || !Lua.checkStack(state, 4)) {
            throw LuaError.of("Cannot serialise, excessive nesting (" + (open + 1) + ")");
        }
        if (open == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * open);
            written = Arrays.copyOf(written, 2 * open);
        }
        long size = arrayLength(state);
        if (size > 0) {
            out.put('[');
            sizes[open] = size;
        } else {
            out.put('{');
            sizes[open] = OBJECT;
            Lua.pushNil(state);
        }
        written[open++] = 0;
    }

    /** How many elements the table on top has as an array, or -1 if it is none. */
    private long arrayLength(long state) {
        long max = 0;
        long items = 0;
        Lua.pushNil(state);
        while (Lua.next(state, -2)) {
            double key = Lua.type(state, -2) == Lua.NUMBER ? Lua.toNumber(state, -2) : 0;
            if (key < 1 || Math.floor(key) != key || key > Integer.MAX_VALUE) {
                Lua.pop(state, 2);
                return -1;
            }
            max = Math.max(max, (long) key);
            items++;
            Lua.pop(state, 1);
        }
        if (settings.sparseRatio > 0
                && max > items * settings.sparseRatio
                && max > settings.sparseSafe) {
            if (!settings.sparseConvert) {
                throw failure(state, -1, "excessively sparse array");
            }
            return -1;
        }
        return max;
    }

    private void string(long bytes) {
        long length = Lua.lengthOf(bytes);
        out.put('"');
        long done = 0;
        for (long i = 0; i < length; i++) {
            String escape = ESCAPES[Memory.getUnsignedByte(bytes + i)];
            if (escape != null) {
                out.put(bytes + done, i - done);
                out.put(escape);
                done = i + 1;
            }
        }
        out.put(bytes + done, length - done);
        out.put('"');
    }

    private void number(long state, int index) {
        double number = Lua.toNumber(state, index);
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            if (settings.encodeInvalid == ERRORS) {
                throw failure(state, index, "must not be NaN or Inf");
            }
            if (settings.encodeInvalid != AS_NAN) {
                out.put("null");
                return;
            }
        }
        out.put(GeneralFormat.of(number, settings.precision));
    }

    private static LuaError failure(long state, int index, String reason) {
        String type = Lua.typeName(Lua.type(state, index));
        return LuaError.of("Cannot serialise " + type + ": " + reason);
    }
}
