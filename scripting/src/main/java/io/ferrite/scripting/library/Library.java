package io.ferrite.scripting.library;

import io.ferrite.scripting.lua.LuaFunction;
import java.util.Map;

/** A table of functions that scripts find under a global name. One for each Lua state. */
public interface Library {

    String name();

    Map<String, LuaFunction> functions();

    /** Adds what is no function to the table on top. */
    default void addValues(long state) {}

    /** Forgets what a script has set. */
    default void reset() {}
}
