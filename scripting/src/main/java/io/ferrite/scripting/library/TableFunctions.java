package io.ferrite.scripting.library;

import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import io.ferrite.scripting.lua.LuaFunction;
import io.ferrite.scripting.lua.LuaVm;
import java.util.function.LongConsumer;

/** What is done about Lua's own table functions that could run for ever, or for very long. */
public final class TableFunctions {

    private static final int ASK_EVERY = 100_000;

    /** Lua's stack holds no more. */
    private static final int UNPACKED_MAX = 8000;

    private final LuaVm vm;
    private final NativeBytes text;

    public TableFunctions(LuaVm vm) {
        this.vm = vm;
        text = new NativeBytes(vm::allows);
    }

    /**
     * {@code table.concat}, which can be ended.
     *
     * @param reveal puts the real table in the place of one that stands for it at index 1
     */
    public LuaFunction concat(LongConsumer reveal) {
        return state -> {
            reveal.accept(state);
            return concat(state);
        };
    }

    private int concat(long state) {
        if (Lua.type(state, 1) != Lua.TABLE) {
            throw LuaError.type(state, 1, "concat", "table");
        }
        Lua.setTop(state, 4);
        long separator = 0;
        if (Lua.type(state, 2) != Lua.NIL) {
            separator = Arguments.string(state, 2, "concat");
        }
        long first = Arguments.integer(state, 3, "concat", 1);
        long last = Arguments.integer(state, 4, "concat", (int) Lua.rawLength(state, 1));
        text.clear();
        int steps = 0;
        for (long i = first; i <= last; i++) {
            Lua.rawGet(state, 1, (int) i);
            long bytes = Lua.toBytes(state, -1);
            if (bytes == 0) {
                String type = Lua.typeName(Lua.type(state, -1));
                throw LuaError.of(
                        "invalid value (" + type + ") at index " + i + " in table for 'concat'");
            }
            text.put(bytes, Lua.lengthOf(bytes));
            if (i != last && separator != 0) {
                text.put(separator, Lua.lengthOf(separator));
            }
            Lua.pop(state, 1);
            if (++steps == ASK_EVERY) {
                steps = 0;
                vm.checkInterrupt(state);
            }
        }
        text.push(state);
        return 1;
    }

    /**
     * Comes before {@code unpack}: Lua's own counts the results in an int that can overflow, and
     * then reads memory that is not there (CVE-2025-46817).
     */
    public static int beforeUnpack(long state) {
        if (Lua.type(state, 1) != Lua.TABLE) {
            return LuaFunction.ORIGINAL;
        }
        double first = Lua.type(state, 2) <= Lua.NIL ? 1 : Lua.toNumber(state, 2);
        double last =
                Lua.type(state, 3) <= Lua.NIL ? Lua.rawLength(state, 1) : Lua.toNumber(state, 3);
        boolean few = last - first < UNPACKED_MAX && Math.abs(first) < Integer.MAX_VALUE;
        if (!few || Math.abs(last) >= Integer.MAX_VALUE) {
            throw LuaError.of("too many results to unpack");
        }
        return LuaFunction.ORIGINAL;
    }

    /** Comes before {@code table.insert}: what is far before the first element takes hours. */
    public static int beforeInsert(long state) {
        if (Lua.top(state) == 3 && Lua.isNumber(state, 2) && Lua.toNumber(state, 2) < -1_000_000) {
            throw LuaError.argument(2, "insert", "position out of bounds");
        }
        return LuaFunction.ORIGINAL;
    }
}
