package io.ferrite.scripting.lua;

/** A function in Java that Lua calls as it calls one in C. */
@FunctionalInterface
public interface LuaFunction {

    /** After it, the function that this one was put in front of runs with the same arguments. */
    int ORIGINAL = NativeCode.ORIGINAL;

    /**
     * Runs with its arguments on the stack of {@code state}, from 1; there is room for twenty
     * values more.
     *
     * @return how many values on top of the stack are results
     * @throws LuaError to raise an error in the caller
     */
    int call(long state);
}
