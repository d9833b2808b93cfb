package io.ferrite.engine.hash;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;

/**
 * The part {@code FIELDS count field [field ...]} that ends commands on fields and their times.
 *
 * @param first the position of the first field
 * @param count how many there are: all arguments to the end
 */
record Fields(int first, int count) {

    static final CommandError NOT_POSITIVE =
            CommandError.of("ERR Number of fields must be a positive integer");
    static final CommandError TOO_FEW =
            CommandError.of("ERR Parameter `numFields` should be greater than 0");

    private static final CommandError MISSING =
            CommandError.of(
                    "ERR Mandatory argument FIELDS is missing or not at the right position");
    private static final CommandError MISMATCH =
            CommandError.of("ERR The `numfields` parameter must match the number of arguments");

    /** Reads the part from where the word has to be. */
    static Fields parse(ExecutionUnit unit, int at, CommandError badCount) {
        if (!unit.arg(at).isWord("FIELDS")) {
            throw MISSING;
        }
        if (at + 1 == unit.argc()) {
            throw CommandError.arity(unit.command().name());
        }
        long count = Numbers.integer(unit.arg(at + 1), badCount);
        if (count < 1) {
            throw badCount;
        }
        int first = at + 2;
        if (count != unit.argc() - first) {
            throw MISMATCH;
        }
        return new Fields(first, (int) count);
    }

    /** One of the fields. */
    Slice get(ExecutionUnit unit, int index) {
        return unit.arg(first + index);
    }
}
