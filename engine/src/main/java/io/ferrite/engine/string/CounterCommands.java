package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LongReal;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import java.math.BigDecimal;

/** Strings as counters. */
final class CounterCommands {

    private CounterCommands() {}

    static void incr(ExecutionUnit unit) {
        add(unit, 1);
    }

    static void decr(ExecutionUnit unit) {
        add(unit, -1);
    }

    static void incrby(ExecutionUnit unit) {
        add(unit, Numbers.integer(unit.arg(2)));
    }

    static void decrby(ExecutionUnit unit) {
        long by = Numbers.integer(unit.arg(2));
        if (by == Long.MIN_VALUE) {
            throw CommandError.of("ERR decrement would overflow");
        }
        add(unit, -by);
    }

    private static void add(ExecutionUnit unit, long by) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.STRING);
        long value = entry == Database.NONE ? 0 : StringCommands.integerValue(unit, entry);
        long sum = value + by;
        if (((value ^ sum) & (by ^ sum)) < 0) {
            throw CommandError.OVERFLOW;
        }
        if (entry != Database.NONE && Entry.isInteger(entry)) {
            unit.database().setInteger(entry, sum);
        } else {
            unit.database().putInteger(key, entry, sum, true);
        }
        unit.effects().changed(key, Event.INCRBY);
        unit.reply().integer(sum);
    }

    /** The result is passed on as a SET, so that no follower has to round as this server did. */
    static void incrbyfloat(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.STRING);
        BigDecimal value = BigDecimal.ZERO;
        if (entry != Database.NONE) {
            value = LongReal.parse(StringValues.bytes(unit, entry, unit.slice()));
        }
        BigDecimal by = LongReal.parse(unit.arg(2));
        byte[] text = LongReal.sum(value, by);
        long copy = unit.scratch(text.length);
        Memory.copyIn(text, 0, copy, text.length);
        unit.database().putText(key, entry, copy, text.length, true);
        unit.effects().changed(key, Event.INCRBYFLOAT);
        unit.effects().command(4).word("SET").arg(key).arg(text).word("KEEPTTL");
        unit.reply().bulk(text);
    }
}
