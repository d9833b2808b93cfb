package io.ferrite.scripting.lua;

import io.ferrite.memory.Memory;

/**
 * Looks over functions that were compiled, before they run.
 *
 * <p>Why: Lua 5.1 makes room on its stack for a function's registers, but not for the copies of the
 * fixed parameters that a function with {@code ...} gets (CVE-2014-5461). So such a function is
 * said to need as many registers more; where that does not fit, it is refused.
 *
 * <pre>
 *   closure:    32 prototype
 *   prototype:  32 inner prototypes   88 their count i32   113 parameters u8   114 variable u8
 *              115 registers u8
 * </pre>
 *
 * The offsets are those of Lua 5.1 on machines of 64 bits; {@link #verify} finds out if they are
 * not the library's.
 */
final class Prototypes {

    private static final int PROTOTYPE = 32;
    private static final int INNER = 32;
    private static final int INNER_COUNT = 88;
    private static final int PARAMETERS = 113;
    private static final int VARIABLE = 114;
    private static final int REGISTERS = 115;

    private static final int REGISTERS_MAX = 250;

    /** Functions nest at most 200 deep in Lua's parser. */
    private static final int DEPTH_MAX = 250;

    private Prototypes() {}

    /**
     * Whether the offsets are right.
     *
     * @param closure a function that begins with {@code function(a, b, c, ...)} and has one inner
     *     function of one parameter
     */
    static boolean verify(long closure) {
        long prototype = Memory.getLong(closure + PROTOTYPE);
        if (Memory.getUnsignedByte(prototype + PARAMETERS) != 3
                || Memory.getUnsignedByte(prototype + VARIABLE) == 0
                || Memory.getInt(prototype + INNER_COUNT) != 1) {
            return false;
        }
        long inner = Memory.getLong(Memory.getLong(prototype + INNER));
        return Memory.getUnsignedByte(inner + PARAMETERS) == 1
                && Memory.getUnsignedByte(inner + VARIABLE) == 0
                && Memory.getInt(inner + INNER_COUNT) == 0;
    }

    /** Makes sure that a compiled function and those in it are safe to run; false if one is not. */
    static boolean secure(long closure) {
        return secure(Memory.getLong(closure + PROTOTYPE), 0);
    }

    private static boolean secure(long prototype, int depth) {
        if (Memory.getUnsignedByte(prototype + VARIABLE) != 0) {
            int registers = Memory.getUnsignedByte(prototype + REGISTERS);
            int needed = registers + Memory.getUnsignedByte(prototype + PARAMETERS);
            if (needed > REGISTERS_MAX) {
                return false;
            }
            Memory.putByte(prototype + REGISTERS, needed);
        }
        long inner = Memory.getLong(prototype + INNER);
        int count = Memory.getInt(prototype + INNER_COUNT);
        for (int i = 0; i < count; i++) {
            if (depth == DEPTH_MAX || !secure(Memory.getLong(inner + 8L * i), depth + 1)) {
                return false;
            }
        }
        return true;
    }
}
