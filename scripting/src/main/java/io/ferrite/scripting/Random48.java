package io.ferrite.scripting;

import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;

/**
 * {@code math.random} and {@code math.randomseed} of scripts: the generator of {@code lrand48}, so
 * that a seed gives the numbers that it gives in Redis.
 */
final class Random48 {

    private static final long MULTIPLIER = 0x5DEECE66DL;
    private static final long ADDEND = 0xB;
    private static final long MASK = (1L << 48) - 1;
    private static final long SEED_LOW = 0x330E;
    private static final double MOST = Integer.MAX_VALUE;

    private long state;

    Random48(long state) {
        this.state = state & MASK;
    }

    private double next() {
        state = state * MULTIPLIER + ADDEND & MASK;
        return (state >>> 17) % Integer.MAX_VALUE / MOST;
    }

    int random(long lua) {
        double drawn = next();
        switch (Lua.top(lua)) {
            case 0 -> Lua.pushNumber(lua, drawn);
            case 1 -> {
                int upper = integer(lua, 1, "random");
                if (upper < 1) {
                    throw LuaError.argument(1, "random", "interval is empty");
                }
                Lua.pushNumber(lua, Math.floor(drawn * upper) + 1);
            }
            case 2 -> {
                int lower = integer(lua, 1, "random");
                int upper = integer(lua, 2, "random");
                if (lower > upper) {
                    throw LuaError.argument(2, "random", "interval is empty");
                }
                Lua.pushNumber(lua, Math.floor(drawn * (upper - lower + 1)) + lower);
            }
            default -> throw LuaError.of("wrong number of arguments");
        }
        return 1;
    }

    int seed(long lua) {
        state = (integer(lua, 1, "randomseed") & 0xFFFFFFFFL) << 16 | SEED_LOW;
        return 0;
    }

    private static int integer(long lua, int position, String function) {
        if (!Lua.isNumber(lua, position)) {
            throw LuaError.type(lua, position, function, "number");
        }
        return (int) ReplyBuilder.truncated(Lua.toNumber(lua, position));
    }
}
