package io.ferrite.scripting;

import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import io.ferrite.scripting.lua.LuaFunction;
import io.ferrite.scripting.lua.LuaVm;
import java.util.Arrays;

/**
 * The guards of tables that scripts must not change; the other half of prelude.lua.
 *
 * <p>A script holds stand-ins for such tables. Lua's operators meet their metatables; here is what
 * meets the functions that look past metatables: reading ones are given the real table, writing
 * ones refuse. A guard costs other tables a few nanoseconds, and nothing of it runs in Java for
 * them unless they have a metatable.
 */
final class Sandbox {

    static final String READ_ONLY = "Attempt to modify a readonly table";

    /** Where the guarded {@code next} is kept in the registry. */
    private static final String NEXT = "next";

    private static final int NO_METATABLE = -1;

    private final LuaVm vm;

    /**
     * Each stand-in's pointer, the real table and what {@code getmetatable} answers, by reference.
     */
    private long[] pointers = new long[16];

    private int[] real = new int[16];
    private int[] shown = new int[16];
    private int count;

    /** Pointers of the prelude's functions. */
    private final long[] own = new long[8];

    private int ownCount;

    Sandbox(LuaVm vm) {
        this.vm = vm;
    }

    /** Puts the guards in place, in the global table. */
    void guardGlobals() {
        long state = vm.state();
        guard(Lua.GLOBALS, "next", this::reads);
        Lua.pushField(state, Lua.GLOBALS, "next");
        Lua.setField(state, Lua.REGISTRY, NEXT);
        Lua.pushField(state, Lua.GLOBALS, "next");
        Lua.pushField(state, Lua.GLOBALS, "pairs");
        vm.guard(this::pairs, 1);
        Lua.setField(state, Lua.GLOBALS, "pairs");
        guard(Lua.GLOBALS, "rawget", this::reads);
        guard(Lua.GLOBALS, "rawset", this::writes);
        guard(Lua.GLOBALS, "setmetatable", this::writes);
        guard(Lua.GLOBALS, "getmetatable", this::metatable);
        Lua.pushField(state, Lua.GLOBALS, "setfenv");
        vm.putBefore(this::environment);
        Lua.setField(state, Lua.GLOBALS, "setfenv");
        Lua.pushField(state, Lua.GLOBALS, "table");
        for (String name : new String[] {"insert", "remove", "sort", "setn"}) {
            guard(-1, name, this::writes);
        }
        for (String name : new String[] {"foreach", "foreachi", "getn", "maxn"}) {
            guard(-1, name, this::reads);
        }
        Lua.pop(state, 1);
    }

    private void guard(int table, String name, LuaFunction function) {
        Lua.pushField(vm.state(), table, name);
        vm.guard(function, 0);
        Lua.setField(vm.state(), table == -1 ? -2 : table, name);
    }

    /** {@code protect(stand_in, real, shown)}: shown is what getmetatable answers, or nil. */
    int protect(long state) {
        if (count == pointers.length) {
            pointers = Arrays.copyOf(pointers, 2 * count);
            real = Arrays.copyOf(real, 2 * count);
            shown = Arrays.copyOf(shown, 2 * count);
        }
        Lua.setTop(state, 3);
        shown[count] = Lua.type(state, 3) == Lua.NIL ? NO_METATABLE : Lua.ref(state);
        Lua.setTop(state, 2);
        real[count] = Lua.ref(state);
        pointers[count] = Lua.toPointer(state, 1);
        count++;
        return 0;
    }

    /** The number of the stand-in at this index, or -1 for any other value. */
    private int standIn(long state, int index) {
        long pointer = Lua.toPointer(state, index);
        for (int i = 0; i < count; i++) {
            if (pointers[i] == pointer) {
                return i;
            }
        }
        return -1;
    }

    /** Puts the real table in the place of a stand-in; other values stay. */
    void reveal(long state, int index) {
        int i = standIn(state, index);
        if (i >= 0) {
            Lua.rawGet(state, Lua.REGISTRY, real[i]);
            Lua.replace(state, index);
        }
    }

    private int reads(long state) {
        reveal(state, 1);
        return LuaFunction.ORIGINAL;
    }

    private int writes(long state) {
        if (standIn(state, 1) >= 0) {
            throw LuaError.bare(READ_ONLY);
        }
        return LuaFunction.ORIGINAL;
    }

    /** The stand-in goes round the loop, and {@code next} looks behind it each time. */
    private int pairs(long state) {
        if (standIn(state, 1) < 0) {
            return LuaFunction.ORIGINAL;
        }
        Lua.setTop(state, 1);
        Lua.pushField(state, Lua.REGISTRY, NEXT);
        Lua.insert(state, 1);
        Lua.pushNil(state);
        return 3;
    }

    private int metatable(long state) {
        int i = standIn(state, 1);
        if (i < 0) {
            return LuaFunction.ORIGINAL;
        }
        if (shown[i] == NO_METATABLE) {
            Lua.pushNil(state);
        } else {
            Lua.rawGet(state, Lua.REGISTRY, shown[i]);
        }
        return 1;
    }

    /**
     * What is said to {@code setfenv}: level 0 is the environment of everything to come, also of
     * the next script; levels above 1 and functions of the prelude would be a place to leave
     * something.
     */
    private int environment(long state) {
        if (Lua.type(state, 1) == Lua.FUNCTION) {
            long pointer = Lua.toPointer(state, 1);
            for (int i = 0; i < ownCount; i++) {
                if (own[i] == pointer) {
                    throw LuaError.of("'setfenv' cannot change environment of given object");
                }
            }
        } else if (Lua.isNumber(state, 1) || Lua.type(state, 1) == Lua.NIL) {
            int level = (int) Lua.toNumber(state, 1);
            if (level == 0 && Lua.type(state, 1) != Lua.NIL) {
                throw LuaError.of(READ_ONLY);
            }
            if (level > 1) {
                throw LuaError.argument(1, "setfenv", "invalid level");
            }
        }
        return LuaFunction.ORIGINAL;
    }

    /** {@code own(function)}: a function of the prelude that scripts get. */
    int own(long state) {
        own[ownCount++] = Lua.toPointer(state, 1);
        return 0;
    }

    static int readonly(long state) {
        throw LuaError.of(READ_ONLY);
    }

    static int undefined(long state) {
        if (Lua.top(state) != 2) {
            throw LuaError.of("Wrong number of arguments to luaProtectedTableError");
        }
        if (!Lua.isString(state, 2)) {
            throw LuaError.of(
                    "Second argument to luaProtectedTableError must be a string or number");
        }
        Lua.toBytes(state, 2);
        throw LuaError.of(
                "Script attempted to access nonexistent global variable '"
                        + ReplyBuilder.upToNul(state)
                        + "'");
    }
}
