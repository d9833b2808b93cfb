package io.ferrite.scripting;

import io.ferrite.scripting.library.BitLibrary;
import io.ferrite.scripting.library.JsonLibrary;
import io.ferrite.scripting.library.Library;
import io.ferrite.scripting.library.MsgpackLibrary;
import io.ferrite.scripting.library.PatternFunctions;
import io.ferrite.scripting.library.StructLibrary;
import io.ferrite.scripting.library.TableFunctions;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import io.ferrite.scripting.lua.LuaFunction;
import io.ferrite.scripting.lua.LuaVm;
import java.util.List;
import java.util.function.LongSupplier;

/** The libraries beside Lua's own, and the functions of Lua's own that are replaced or guarded. */
final class LuaLibraries {

    private final LuaVm vm;
    private final Random48 random;
    private final Sandbox sandbox;
    private final LongSupplier nanos;
    private final List<Library> libraries;
    private final PatternFunctions patterns;

    LuaLibraries(LuaVm vm, Sandbox sandbox, long seed, LongSupplier nanos) {
        this.vm = vm;
        this.nanos = nanos;
        this.sandbox = sandbox;
        this.patterns = new PatternFunctions(vm);
        this.random = new Random48(seed);
        this.libraries =
                List.of(
                        new JsonLibrary(vm::allows),
                        new StructLibrary(vm::allows),
                        new MsgpackLibrary(vm::allows),
                        new BitLibrary());
    }

    /** In the tables of Lua's own libraries, before scripts see them and after they are guarded. */
    void replaceFunctions() {
        long state = vm.state();
        Lua.pushField(state, Lua.GLOBALS, "math");
        put("random", random::random);
        put("randomseed", random::seed);
        Lua.pop(state, 1);
        Lua.pushField(state, Lua.GLOBALS, "unpack");
        vm.putBefore(TableFunctions::beforeUnpack);
        Lua.setField(state, Lua.GLOBALS, "unpack");
        Lua.pushField(state, Lua.GLOBALS, "table");
        put("concat", new TableFunctions(vm).concat(thread -> sandbox.reveal(thread, 1)));
        Lua.pushField(state, -1, "insert");
        vm.putBefore(TableFunctions::beforeInsert);
        Lua.setField(state, -2, "insert");
        Lua.pop(state, 1);
        Lua.pushField(state, Lua.GLOBALS, "string");
        patterns.functions().forEach(this::put);
        Lua.pushField(state, -1, "rep");
        vm.putBefore(this::repeat);
        Lua.setField(state, -2, "rep");
        Lua.pop(state, 1);
    }

    private void put(String name, LuaFunction function) {
        vm.push(function);
        Lua.setField(vm.state(), -2, name);
    }

    /** Puts each library into the table on top, and their names as {@code libraries}. */
    void push() {
        long state = vm.state();
        Lua.pushTable(state, 8, 0);
        Lua.pushText(state, "redis");
        Lua.rawSet(state, -2, 1);
        int position = 2;
        for (Library library : libraries) {
            Lua.pushText(state, library.name());
            Lua.rawSet(state, -2, position++);
        }
        Lua.setField(state, -2, "libraries");
        for (Library library : libraries) {
            Lua.pushTable(state, 0, 16);
            library.functions().forEach(this::put);
            library.addValues(state);
            Lua.setField(state, -2, library.name());
        }
    }

    /** {@code seek}: see prelude.lua. */
    int seek(long state) {
        return patterns.seek(state);
    }

    /** {@code lookup}: see prelude.lua. */
    int lookup(long state) {
        return patterns.setLookup(state);
    }

    /** {@code secure(function)}: whether a function that was compiled may run. */
    static int secure(long state) {
        Lua.pushBoolean(state, LuaVm.secure(state, 1));
        return 1;
    }

    /** A script is over: what it set in libraries does not concern the next one. */
    void reset() {
        patterns.reset();
        for (Library library : libraries) {
            library.reset();
        }
    }

    /** A result beyond the memory limit is refused at once; C would only find out on the way. */
    private int repeat(long state) {
        long bytes = Lua.toBytes(state, 1);
        if (bytes == 0 || !Lua.isNumber(state, 2)) {
            return LuaFunction.ORIGINAL;
        }
        double times = Lua.toNumber(state, 2);
        long length = Lua.lengthOf(bytes);
        if (length == 0 || times < 1) {
            Lua.pushText(state, "");
            return 1;
        }
        if (times * length > Integer.MAX_VALUE || !vm.allows((long) times * length)) {
            throw LuaError.bare("not enough memory");
        }
        return LuaFunction.ORIGINAL;
    }

    /** {@code os.clock}: seconds from some moment on, good for differences. */
    int clock(long state) {
        Lua.pushNumber(state, nanos.getAsLong() / 1e9);
        return 1;
    }
}
