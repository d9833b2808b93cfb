package io.ferrite.engine.hash;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.store.value.HashTimes;

/** Moments for fields, as arguments give them. */
final class FieldTime {

    private static final CommandError NEGATIVE =
            CommandError.of("ERR invalid expire time, must be >= 0");

    private FieldTime() {}

    /**
     * The moment meant, in milliseconds since 1970; refuses one beyond {@link HashTimes#LATEST}.
     */
    static long parse(ExecutionUnit unit, Slice text, boolean relative, boolean seconds) {
        long amount = Numbers.integer(text);
        if (amount < 0) {
            throw NEGATIVE;
        }
        long base = relative ? unit.nowMs() : 0;
        if (seconds) {
            if (amount > HashTimes.LATEST / 1000) {
                throw CommandError.invalidExpire(unit.command().name());
            }
            amount *= 1000;
        }
        if (amount > HashTimes.LATEST - base) {
            throw CommandError.invalidExpire(unit.command().name());
        }
        return amount + base;
    }

    /** Whether a field that is given this moment goes at once. */
    static boolean isOver(ExecutionUnit unit, long atMs) {
        return atMs <= unit.nowMs() && !unit.engine().isFollower() && unit.engine().mayExpire();
    }
}
