package io.ferrite.scripting.lua;

/** An error that a Java function raises in the Lua code that called it. Carries no stack trace. */
public final class LuaError extends RuntimeException {

    private static final LuaError ON_TOP = new LuaError("", false);

    private final boolean placed;

    private LuaError(String message, boolean placed) {
        super(message, null, false, false);
        this.placed = placed;
    }

    /** A text after the place of the call, {@code chunk:line: text}, as luaL_error makes it. */
    public static LuaError of(String text) {
        return new LuaError(text, true);
    }

    /** A text alone. */
    public static LuaError bare(String text) {
        return new LuaError(text, false);
    }

    /** The value on top of the stack. */
    public static LuaError onTop() {
        return ON_TOP;
    }

    /** What is wrong with an argument, as luaL_argerror says it. */
    public static LuaError argument(int position, String function, String what) {
        return of("bad argument #" + position + " to '" + function + "' (" + what + ")");
    }

    /** An argument of another type than the wanted one, as luaL_typerror says it. */
    public static LuaError type(long state, int position, String function, String wanted) {
        String found = Lua.typeName(Lua.type(state, position));
        return argument(position, function, wanted + " expected, got " + found);
    }

    boolean isOnTop() {
        return this == ON_TOP;
    }

    boolean isPlaced() {
        return placed;
    }
}
