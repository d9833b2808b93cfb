package io.ferrite.scripting;

import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code redis.register_function}, in both forms, while a library is loaded. */
final class Registration {

    private FunctionSink sink;
    private LoadMonitor server;

    void begin(FunctionSink sink, LoadMonitor server) {
        this.sink = sink;
        this.server = server;
    }

    void end() {
        sink = null;
        server = null;
    }

    String interrupt() {
        return server == null ? null : server.interrupt();
    }

    private static LuaError refuse(long state, String text) {
        ReplyReader.pushError(state, text, false);
        return LuaError.onTop();
    }

    int register(long state) {
        if (sink == null) {
            throw refuse(
                    state, "redis.register_function can only be called on FUNCTION LOAD command");
        }
        switch (Lua.top(state)) {
            case 1 -> named(state);
            case 2 -> positional(state);
            default -> throw refuse(state, "wrong number of arguments to redis.register_function");
        }
        return 0;
    }

    private void positional(long state) {
        if (!Lua.isString(state, 1)) {
            throw refuse(state, "first argument to redis.register_function must be a string");
        }
        if (Lua.type(state, 2) != Lua.FUNCTION) {
            throw refuse(state, "second argument to redis.register_function must be a function");
        }
        add(state, Lua.text(state, 1), null, List.of());
    }

    private void named(long state) {
        if (Lua.type(state, 1) != Lua.TABLE) {
            throw refuse(
                    state,
                    "calling redis.register_function with a single argument is only applicable to"
                            + " Lua table (representing named arguments).");
        }
        String name = null;
        String description = null;
        List<String> flags = List.of();
        Lua.pushNil(state); // becomes the function, at 2
        Lua.pushNil(state);
        while (Lua.next(state, 1)) {
            switch (key(state)) {
                case "function_name" -> name = text(state, "function_name");
                case "description" -> description = text(state, "description");
                case "callback" -> {
                    if (Lua.type(state, -1) != Lua.FUNCTION) {
                        throw refuse(
                                state,
                                "callback argument given to redis.register_function must be a"
                                        + " function");
                    }
                    Lua.pushValue(state, -1);
                    Lua.replace(state, 2);
                }
                case "flags" -> flags = flags(state);
                default -> throw refuse(state, "unknown argument given to redis.register_function");
            }
            Lua.pop(state, 1);
        }
        if (name == null) {
            throw refuse(state, "redis.register_function must get a function name argument");
        }
        if (Lua.type(state, 2) == Lua.NIL) {
            throw refuse(state, "redis.register_function must get a callback argument");
        }
        add(state, name, description, flags);
    }

    /** The key under the value on top, in lower case. */
    private static String key(long state) {
        if (Lua.type(state, -2) != Lua.STRING) {
            if (Lua.type(state, -2) == Lua.NUMBER) {
                return ""; // a string to C, and no argument's name
            }
            throw refuse(
                    state, "named argument key given to redis.register_function is not a string");
        }
        return Lua.text(state, -2).toLowerCase(Locale.ROOT);
    }

    private static String text(long state, String argument) {
        if (!Lua.isString(state, -1)) {
            throw refuse(
                    state,
                    argument + " argument given to redis.register_function must be a string");
        }
        return Lua.text(state, -1);
    }

    private List<String> flags(long state) {
        if (Lua.type(state, -1) != Lua.TABLE) {
            throw refuse(
                    state,
                    "flags argument to redis.register_function must be a table representing"
                            + " function flags");
        }
        List<String> flags = new ArrayList<>();
        for (int i = 1; ; i++) {
            Lua.rawGet(state, -1, i);
            if (Lua.type(state, -1) == Lua.NIL) {
                Lua.pop(state, 1);
                return flags;
            }
            String flag = Lua.isString(state, -1) ? Lua.text(state, -1) : null;
            Lua.pop(state, 1);
            if (flag == null || !sink.isFlag(flag)) {
                throw refuse(state, "unknown flag given");
            }
            flags.add(flag);
        }
    }

    /** The function lies at 2. */
    private void add(long state, String name, String description, List<String> flags) {
        Lua.setTop(state, 2);
        int reference = Lua.ref(state);
        String refusal = sink.add(name, description, flags, reference);
        if (refusal != null) {
            Lua.unref(state, reference);
            throw refuse(state, refusal);
        }
    }
}
