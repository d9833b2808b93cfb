package io.ferrite.scripting.lua;

/** An error that a Java function raises in the Lua code that called it. Carries no stack trace. */
public final class LuaError extends RuntimeException {

    private static final LuaError ON_TOP = new LuaError("", false);

    private final boolean placed;
    private final int level;

    private LuaError(String message, boolean placed) {
        this(message, placed, 1);
    }

    private LuaError(String message, boolean placed, int level) {
        super(message, null, false, false);
        this.placed = placed;
        this.level = level;
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

    /** The same error, placed where the function that called was called itself. */
    public LuaError above() {
        return placed ? new LuaError(getMessage(), true, level + 1) : this;
    }

    /** How many calls above the function it is placed. */
    int level() {
        return level;
    }

    boolean isOnTop() {
        return this == ON_TOP;
    }

    boolean isPlaced() {
        return placed;
    }
}
