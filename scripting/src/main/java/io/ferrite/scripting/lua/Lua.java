package io.ferrite.scripting.lua;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.ferrite.memory.Memory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Lua's C interface, as in its manual, on states given by address. The first use of this class
 * loads the library.
 *
 * <p>Two kinds of functions. Those that run no Lua code are called without leaving Java's state
 * (critical), which is a few nanoseconds; there is no userdata with a {@code __gc} here, so that a
 * collection that they may bring about runs no Lua code either. {@link #pcall}, {@link #load} and
 * {@link #collect} may take long, or call Java again, and are ordinary calls.
 *
 * <p>None of these may raise a Lua error, because it would jump over frames of Java: what could
 * fail is asked first, memory is not limited while Java runs (see {@link LuaVm}), and metamethods
 * are avoided by the raw functions.
 *
 * <p>A state is for one thread at a time.
 */
public final class Lua {

    public static final int NONE = -1;
    public static final int NIL = 0;
    public static final int BOOLEAN = 1;
    public static final int LIGHT_USERDATA = 2;
    public static final int NUMBER = 3;
    public static final int STRING = 4;
    public static final int TABLE = 5;
    public static final int FUNCTION = 6;
    public static final int USERDATA = 7;
    public static final int THREAD = 8;

    /** Pseudo-indices. */
    public static final int REGISTRY = -10000;

    public static final int GLOBALS = -10002;

    /** How a protected call ends. */
    public static final int OK = 0;

    public static final int ERROR_RUN = 2;
    public static final int ERROR_SYNTAX = 3;
    public static final int ERROR_MEMORY = 4;

    public static final int MULTIPLE = -1;

    private static final int MASK_COUNT = 8;
    private static final int GC_COLLECT = 2;
    private static final int GC_STEP = 5;

    /** The length of a string stands right before its bytes, as {@link #lengthOf} relies on. */
    private static final int LENGTH_BEFORE = 8;

    private static final Linker LINKER = Linker.nativeLinker();
    static final SymbolLookup LIBRARY = LuaLibrary.load();
    private static final Linker.Option LEAF = Linker.Option.critical(false);
    private static final Linker.Option HEAP_LEAF = Linker.Option.critical(true);

    private static final MethodHandle NEWSTATE =
            handle("lua_newstate", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle CLOSE =
            handle("lua_close", FunctionDescriptor.ofVoid(JAVA_LONG));
    private static final MethodHandle GETTOP =
            handle("lua_gettop", FunctionDescriptor.of(JAVA_INT, JAVA_LONG), LEAF);
    private static final MethodHandle SETTOP =
            handle("lua_settop", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle PUSHVALUE =
            handle("lua_pushvalue", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle REMOVE =
            handle("lua_remove", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle INSERT =
            handle("lua_insert", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle REPLACE =
            handle("lua_replace", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle CHECKSTACK =
            handle("lua_checkstack", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle TYPE =
            handle("lua_type", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle TONUMBER =
            handle("lua_tonumber", FunctionDescriptor.of(JAVA_DOUBLE, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle ISNUMBER =
            handle("lua_isnumber", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle TOBOOLEAN =
            handle("lua_toboolean", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle TOLSTRING =
            handle(
                    "lua_tolstring",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG),
                    LEAF);
    private static final MethodHandle OBJLEN =
            handle("lua_objlen", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle TOPOINTER =
            handle("lua_topointer", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle TOCFUNCTION =
            handle("lua_tocfunction", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle PUSHNIL =
            handle("lua_pushnil", FunctionDescriptor.ofVoid(JAVA_LONG), LEAF);
    private static final MethodHandle PUSHNUMBER =
            handle("lua_pushnumber", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_DOUBLE), LEAF);
    private static final MethodHandle PUSHBOOLEAN =
            handle("lua_pushboolean", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle PUSHLIGHTUSERDATA =
            handle("lua_pushlightuserdata", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG), LEAF);
    private static final MethodHandle PUSHLSTRING =
            handle(
                    "lua_pushlstring",
                    FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    LEAF);
    private static final MethodHandle PUSHHEAPSTRING =
            handle(
                    "lua_pushlstring",
                    FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, JAVA_LONG),
                    HEAP_LEAF);
    private static final MethodHandle PUSHCCLOSURE =
            handle(
                    "lua_pushcclosure",
                    FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_INT),
                    LEAF);
    private static final MethodHandle RAWGET =
            handle("lua_rawget", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle RAWGETI =
            handle("lua_rawgeti", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_INT), LEAF);
    private static final MethodHandle RAWSET =
            handle("lua_rawset", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle RAWSETI =
            handle("lua_rawseti", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_INT), LEAF);
    private static final MethodHandle CREATETABLE =
            handle(
                    "lua_createtable",
                    FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_INT),
                    LEAF);
    private static final MethodHandle GETMETATABLE =
            handle("lua_getmetatable", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle SETMETATABLE =
            handle("lua_setmetatable", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle NEXT =
            handle("lua_next", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle CONCAT =
            handle("lua_concat", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle REF =
            handle("luaL_ref", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle UNREF =
            handle("luaL_unref", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_INT), LEAF);
    private static final MethodHandle WHERE =
            handle("luaL_where", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT), LEAF);
    private static final MethodHandle SETHOOK =
            handle(
                    "lua_sethook",
                    FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
                    LEAF);
    private static final MethodHandle PCALL =
            handle(
                    "lua_pcall",
                    FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle GC =
            handle("lua_gc", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle LOADBUFFER =
            handle(
                    "luaL_loadbuffer",
                    FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private Lua() {}

    private static MethodHandle handle(
            String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LIBRARY.findOrThrow(name), type, options);
    }

    /** A call through the linker declares Throwable; there is nothing that it could throw. */
    private static AssertionError impossible(Throwable e) {
        return new AssertionError("a call into Lua's library", e);
    }

    /** A state with this allocator and its user data. */
    public static long newState(long allocator, long account) {
        try {
            return (long) NEWSTATE.invokeExact(allocator, account);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void close(long state) {
        try {
            CLOSE.invokeExact(state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static int top(long state) {
        try {
            return (int) GETTOP.invokeExact(state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void setTop(long state, int index) {
        try {
            SETTOP.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void pushValue(long state, int index) {
        try {
            PUSHVALUE.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void remove(long state, int index) {
        try {
            REMOVE.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void insert(long state, int index) {
        try {
            INSERT.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void replace(long state, int index) {
        try {
            REPLACE.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Makes room for so many more values; false when the stack would become too large. */
    public static boolean checkStack(long state, int more) {
        try {
            return (int) CHECKSTACK.invokeExact(state, more) != 0;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static int type(long state, int index) {
        try {
            return (int) TYPE.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** The number, or the number that a string stands for, or 0. */
    public static double toNumber(long state, int index) {
        try {
            return (double) TONUMBER.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Whether it is a number or a string that stands for one. */
    public static boolean isNumber(long state, int index) {
        try {
            return (int) ISNUMBER.invokeExact(state, index) != 0;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static boolean toBoolean(long state, int index) {
        try {
            return (int) TOBOOLEAN.invokeExact(state, index) != 0;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /**
     * The address of a string's bytes, good while the value stays on the stack, or 0 if it is
     * neither string nor number. A number becomes a string in its place.
     */
    public static long toBytes(long state, int index) {
        try {
            return (long) TOLSTRING.invokeExact(state, index, 0L);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** The length of a table as its operator says, without metamethods. */
    public static long rawLength(long state, int index) {
        try {
            return (long) OBJLEN.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Tells tables, functions and threads apart; 0 for other types. */
    public static long toPointer(long state, int index) {
        try {
            return (long) TOPOINTER.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** The address of a C function; 0 for anything else. */
    public static long toFunction(long state, int index) {
        try {
            return (long) TOCFUNCTION.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void pushNil(long state) {
        try {
            PUSHNIL.invokeExact(state);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void pushNumber(long state, double value) {
        try {
            PUSHNUMBER.invokeExact(state, value);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void pushBoolean(long state, boolean value) {
        try {
            PUSHBOOLEAN.invokeExact(state, value ? 1 : 0);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void pushLightUserdata(long state, long pointer) {
        try {
            PUSHLIGHTUSERDATA.invokeExact(state, pointer);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void pushBytes(long state, long address, long length) {
        try {
            PUSHLSTRING.invokeExact(state, address, length);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void pushBytes(long state, byte[] bytes, int length) {
        try {
            PUSHHEAPSTRING.invokeExact(state, MemorySegment.ofArray(bytes), (long) length);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** A C function with so many upvalues, which are taken from the stack. */
    public static void pushFunction(long state, long address, int upvalues) {
        try {
            PUSHCCLOSURE.invokeExact(state, address, upvalues);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void rawGet(long state, int table) {
        try {
            RAWGET.invokeExact(state, table);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void rawGet(long state, int table, int position) {
        try {
            RAWGETI.invokeExact(state, table, position);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void rawSet(long state, int table) {
        try {
            RAWSET.invokeExact(state, table);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void rawSet(long state, int table, int position) {
        try {
            RAWSETI.invokeExact(state, table, position);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void pushTable(long state, int positions, int others) {
        try {
            CREATETABLE.invokeExact(state, positions, others);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Pushes the metatable, or nothing when there is none. */
    public static boolean pushMetatable(long state, int index) {
        try {
            return (int) GETMETATABLE.invokeExact(state, index) != 0;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void setMetatable(long state, int index) {
        try {
            int ignored = (int) SETMETATABLE.invokeExact(state, index);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** The key on top must be nil or one of the table's; see lua_next. */
    public static boolean next(long state, int table) {
        try {
            return (int) NEXT.invokeExact(state, table) != 0;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Of strings and numbers only: others have metamethods. */
    public static void concat(long state, int count) {
        try {
            CONCAT.invokeExact(state, count);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Keeps the value on top in the registry. */
    public static int ref(long state) {
        try {
            return (int) REF.invokeExact(state, REGISTRY);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    public static void unref(long state, int reference) {
        try {
            UNREF.invokeExact(state, REGISTRY, reference);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Pushes where the function at this level is: {@code chunk:line: }. */
    public static void pushWhere(long state, int level) {
        try {
            WHERE.invokeExact(state, level);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Has a hook called after each {@code count} instructions of this thread. */
    public static void setHook(long state, long hook, int count) {
        try {
            int ignored = (int) SETHOOK.invokeExact(state, hook, MASK_COUNT, count);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** As lua_pcall: {@link #OK} or an error number, with the error's value on the stack. */
    public static int pcall(long state, int arguments, int results, int handler) {
        try {
            return (int) PCALL.invokeExact(state, arguments, results, handler);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Frees everything that cannot be reached. */
    public static void collect(long state) {
        try {
            int ignored = (int) GC.invokeExact(state, GC_COLLECT, 0);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Some of the work of a collection. */
    public static void collectStep(long state, int size) {
        try {
            int ignored = (int) GC.invokeExact(state, GC_STEP, size);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Compiles; pushes the function or what is wrong. */
    public static int load(long state, long source, long length, long name) {
        try {
            return (int) LOADBUFFER.invokeExact(state, source, length, name);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    // --- what follows from the above ----------------------------------------------------------

    /** The length of a string whose bytes begin at this address. */
    public static long lengthOf(long bytes) {
        return Memory.getLong(bytes - LENGTH_BEFORE);
    }

    /** Removes so many values from the top. */
    public static void pop(long state, int count) {
        setTop(state, -count - 1);
    }

    /** Whether it is a string or a number. */
    public static boolean isString(long state, int index) {
        int type = type(state, index);
        return type == STRING || type == NUMBER;
    }

    /** A copy of a string, or of a number as a string; null for other values. */
    public static byte[] bytes(long state, int index) {
        long address = toBytes(state, index);
        return address == 0 ? null : Memory.toBytes(address, Math.toIntExact(lengthOf(address)));
    }

    /** As {@link #bytes}, one character a byte. */
    public static String text(long state, int index) {
        byte[] bytes = bytes(state, index);
        return bytes == null ? null : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    public static void pushText(long state, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        pushBytes(state, bytes, bytes.length);
    }

    /** Pushes a field of the table at {@code index}, without metamethods. */
    public static void pushField(long state, int index, String name) {
        int table = index < 0 && index > REGISTRY ? index - 1 : index;
        pushText(state, name);
        rawGet(state, table);
    }

    /** Takes the value on top and makes it a field of the table at {@code index}. */
    public static void setField(long state, int index, String name) {
        int table = index < 0 && index > REGISTRY ? index - 1 : index;
        pushText(state, name);
        insert(state, -2);
        rawSet(state, table);
    }

    public static String typeName(int type) {
        return switch (type) {
            case NONE -> "no value";
            case NIL -> "nil";
            case BOOLEAN -> "boolean";
            case LIGHT_USERDATA, USERDATA -> "userdata";
            case NUMBER -> "number";
            case STRING -> "string";
            case TABLE -> "table";
            case FUNCTION -> "function";
            default -> "thread";
        };
    }
}
