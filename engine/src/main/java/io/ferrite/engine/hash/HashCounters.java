package io.ferrite.engine.hash;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LongReal;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.memory.codec.LongDouble;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;
import java.math.BigDecimal;

/** Fields of a hash as counters. */
final class HashCounters {

    private static final CommandError VALUE_NOT_INTEGER =
            CommandError.of("ERR hash value is not an integer");
    private static final CommandError VALUE_NOT_FLOAT =
            CommandError.of("ERR hash value is not a float");
    private static final CommandError NOT_FINITE = CommandError.of("ERR value is NaN or Infinity");

    private HashCounters() {}

    static void hincrby(ExecutionUnit unit) {
        long by = Numbers.integer(unit.arg(3));
        Slice key = unit.arg(1);
        LiveHash hash = new LiveHash(unit, key, unit.findWrite(key, Type.HASH));
        ListpackItem item = new ListpackItem();
        long value = hash.get(unit.arg(2), item) ? integer(item) : 0;
        long sum = value + by;
        if (((value ^ sum) & (by ^ sum)) < 0) {
            throw CommandError.OVERFLOW;
        }
        long text = unit.scratch(Decimal.MAX_LENGTH);
        int length = Decimal.write(sum, text);
        hash.finish();
        set(unit, key, hash.entry(), text, length);
        unit.effects().changed(key, Event.HINCRBY);
        unit.reply().integer(sum);
    }

    private static long integer(ListpackItem item) {
        if (item.isInteger()) {
            return item.integer();
        }
        long value = Decimal.parse(item.address(), item.length());
        if (!Decimal.isNumber(item.address(), item.length(), value)) {
            throw VALUE_NOT_INTEGER;
        }
        return value;
    }

    /**
     * The result is passed on as an HSET, so that no follower has to round as this server did; and
     * the field's time, which an HSET ends, behind it.
     */
    static void hincrbyfloat(ExecutionUnit unit) {
        BigDecimal by = LongReal.parse(unit.arg(3));
        if (by == null) {
            throw NOT_FINITE;
        }
        Slice key = unit.arg(1);
        LiveHash hash = new LiveHash(unit, key, unit.findWrite(key, Type.HASH));
        ListpackItem item = new ListpackItem();
        BigDecimal value = hash.get(unit.arg(2), item) ? real(item) : BigDecimal.ZERO;
        byte[] sum = LongReal.sum(value, by);
        long text = unit.scratch(sum.length);
        Memory.copyIn(sum, 0, text, sum.length);
        hash.finish();
        long root = set(unit, key, hash.entry(), text, sum.length);
        unit.effects().changed(key, Event.HINCRBYFLOAT);
        unit.effects().command(4).word("HSET").arg(key).arg(unit.arg(2)).arg(sum);
        Slice field = unit.arg(2);
        long at = HashTimes.of(root, field.address(), field.length());
        if (at != HashValue.NEVER) {
            unit.effects().command(6).word("HPEXPIREAT").arg(key).number(at).word("FIELDS");
            unit.effects().number(1).arg(field);
        }
        unit.reply().bulk(sum);
    }

    private static BigDecimal real(ListpackItem item) {
        if (item.isInteger()) {
            return BigDecimal.valueOf(item.integer());
        }
        BigDecimal value = LongDouble.parse(item.address(), item.length());
        if (value == null && !LongDouble.isInfinite(item.address(), item.length())) {
            throw VALUE_NOT_FLOAT;
        }
        return value;
    }

    /** Sets the field, which still expires when it did; answers the hash's root. */
    private static long set(ExecutionUnit unit, Slice key, long entry, long text, int length) {
        Slab slab = unit.slab(key);
        Slice field = unit.arg(2);
        long root =
                HashValue.set(
                        slab,
                        Hashes.rootOrNew(slab, entry),
                        field.address(),
                        field.length(),
                        text,
                        length,
                        true,
                        Hashes.limits(unit));
        Hashes.put(unit, key, entry, root);
        return root;
    }
}
