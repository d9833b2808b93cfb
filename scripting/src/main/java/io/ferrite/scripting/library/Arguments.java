package io.ferrite.scripting.library;

import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;

/** Arguments of library functions, asked for as C functions do. */
final class Arguments {

    private Arguments() {}

    /** The address of a string argument, as luaL_checklstring. */
    static long string(long state, int position, String function) {
        long bytes = Lua.toBytes(state, position);
        if (bytes == 0) {
            throw LuaError.type(state, position, function, "string");
        }
        return bytes;
    }

    /** As luaL_checknumber. */
    static double number(long state, int position, String function) {
        double number = Lua.toNumber(state, position);
        if (number == 0 && !Lua.isNumber(state, position)) {
            throw LuaError.type(state, position, function, "number");
        }
        return number;
    }

    /** As luaL_checkinteger: a number's whole part, on its way into a C int. */
    static int integer(long state, int position, String function) {
        return (int) whole(number(state, position, function));
    }

    /** As luaL_optinteger. */
    static int integer(long state, int position, String function, int otherwise) {
        int type = Lua.type(state, position);
        return type == Lua.NONE || type == Lua.NIL ? otherwise : integer(state, position, function);
    }

    /** As the machine converts a double; what does not fit becomes the lowest number. */
    static long whole(double value) {
        return value >= -0x1p63 && value < 0x1p63 ? (long) value : Long.MIN_VALUE;
    }

    /** As lua_checkstack with an error's text. */
    static void room(long state, int slots, String what) {
        if (!Lua.checkStack(state, slots)) {
            throw LuaError.of("stack overflow (" + what + ")");
        }
    }
}
