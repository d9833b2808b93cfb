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

/**
 * INCREX key [BYFLOAT n | BYINT n] [SATURATE] [LBOUND n] [UBOUND n] [EX s | PX ms | EXAT s | PXAT
 * ms | PERSIST] [ENX]: a counter with bounds and an expiry, as a rate limiter needs it.
 *
 * <p>Answers the value afterwards and the difference to before. A result beyond a bound, or beyond
 * what the type holds, leaves all as it was, or with SATURATE is the bound. Followers are told in
 * SETs.
 */
final class IncrexCommand {

    private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);

    private static final CommandError ENX_NEEDS_EXPIRY =
            CommandError.of("ERR ENX flag requires an expiration");
    private static final CommandError BOUNDS_CROSS =
            CommandError.of("ERR LBOUND can't be greater than UBOUND");

    private IncrexCommand() {}

    /** What the options ask for; numbers as they were written. */
    private static final class Options {
        Slice by;
        Slice lower;
        Slice upper;
        boolean real;
        boolean saturate;
        boolean onlyWithoutExpiry;
        Ttl.Unit ttl = Ttl.Unit.NONE;
        Slice amount;

        static Options parse(ExecutionUnit unit) {
            Options options = new Options();
            for (int i = 2; i < unit.argc(); i++) {
                Slice word = unit.arg(i);
                Slice next = i + 1 < unit.argc() ? unit.arg(i + 1) : null;
                if (word.isWord("SATURATE")) {
                    options.saturate = true;
                } else if (word.isWord("ENX")) {
                    options.onlyWithoutExpiry = true;
                } else if (word.isWord("PERSIST")) {
                    options.ttl = Ttl.only(options.ttl, Ttl.Unit.PERSIST);
                } else if (next == null) {
                    throw CommandError.SYNTAX;
                } else {
                    options.take(word, next);
                    i++;
                }
            }
            return options.checked();
        }

        private void take(Slice word, Slice operand) {
            boolean byReal = word.isWord("BYFLOAT");
            if (byReal || word.isWord("BYINT")) {
                if (by != null) {
                    throw CommandError.SYNTAX;
                }
                by = operand;
                real = byReal;
            } else if (word.isWord("LBOUND")) {
                lower = operand;
            } else if (word.isWord("UBOUND")) {
                upper = operand;
            } else {
                Ttl.Unit how = Ttl.unit(word);
                if (how == null) {
                    throw CommandError.SYNTAX;
                }
                ttl = Ttl.only(ttl, how);
                amount = operand;
            }
        }

        private Options checked() {
            if (onlyWithoutExpiry && ttl == Ttl.Unit.PERSIST) {
                throw CommandError.SYNTAX;
            }
            if (onlyWithoutExpiry && amount == null) {
                throw ENX_NEEDS_EXPIRY;
            }
            return this;
        }

        BigDecimal number(Slice text, BigDecimal otherwise) {
            if (text == null) {
                return otherwise;
            }
            if (!real) {
                return BigDecimal.valueOf(Numbers.integer(text));
            }
            BigDecimal value = LongReal.parse(text);
            if (value == null) {
                throw CommandError.NOT_A_NUMBER;
            }
            return value;
        }
    }

    static void increx(ExecutionUnit unit) {
        Options options = Options.parse(unit);
        BigDecimal by = options.number(options.by, BigDecimal.ONE);
        BigDecimal lower = options.number(options.lower, options.real ? null : LONG_MIN);
        BigDecimal upper = options.number(options.upper, options.real ? null : LONG_MAX);
        if (lower != null && upper != null && lower.compareTo(upper) > 0) {
            throw BOUNDS_CROSS;
        }
        long atMs =
                options.amount == null
                        ? Ttl.NO_MOMENT
                        : Ttl.atMs(unit, options.ttl, options.amount, "increx");
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.STRING);
        BigDecimal before = value(unit, entry, options.real);
        BigDecimal after = options.real ? LongReal.add(before, by) : before.add(by);
        BigDecimal bound = bounded(after, lower, upper);
        if (bound.compareTo(after) != 0 && !options.saturate) {
            reply(unit, before, BigDecimal.ZERO, options.real);
            return;
        }
        BigDecimal applied =
                options.real ? LongReal.add(bound, before.negate()) : bound.subtract(before);
        put(unit, key, entry, bound, options, atMs);
        reply(unit, bound, applied, options.real);
    }

    private static BigDecimal bounded(BigDecimal value, BigDecimal lower, BigDecimal upper) {
        if (lower != null && value.compareTo(lower) < 0) {
            return lower;
        }
        return upper != null && value.compareTo(upper) > 0 ? upper : value;
    }

    private static BigDecimal value(ExecutionUnit unit, long entry, boolean real) {
        if (entry == Database.NONE) {
            return BigDecimal.ZERO;
        }
        if (!real) {
            return BigDecimal.valueOf(StringCommands.integerValue(unit, entry));
        }
        BigDecimal value = LongReal.parse(StringValues.bytes(unit, entry, unit.slice()));
        if (value == null) {
            throw CommandError.NOT_A_NUMBER;
        }
        return value;
    }

    private static void put(
            ExecutionUnit unit,
            Slice key,
            long found,
            BigDecimal value,
            Options options,
            long atMs) {
        Database database = unit.database();
        boolean had = found != Database.NONE && Entry.hasExpiry(found);
        byte[] text = LongReal.text(value);
        long entry;
        if (options.real) {
            long copy = unit.scratch(text.length);
            Memory.copyIn(text, 0, copy, text.length);
            entry = database.putText(key, found, copy, text.length, true);
            unit.effects().changed(key, Event.INCRBYFLOAT);
        } else {
            entry = database.putInteger(key, found, value.longValueExact(), true);
            unit.effects().changed(key, Event.INCRBY);
        }
        if (atMs != Ttl.NO_MOMENT && !(had && options.onlyWithoutExpiry)) {
            database.setExpire(key, entry, atMs);
            unit.effects().notify(key, Event.EXPIRE);
            unit.effects().command(5).word("SET").arg(key).arg(text).word("PXAT").number(atMs);
        } else if (options.ttl == Ttl.Unit.PERSIST) {
            if (had) {
                database.clearExpire(key, entry);
                unit.effects().notify(key, Event.PERSIST);
            }
            unit.effects().command(3).word("SET").arg(key).arg(text);
        } else {
            unit.effects().command(4).word("SET").arg(key).arg(text).word("KEEPTTL");
        }
    }

    private static void reply(
            ExecutionUnit unit, BigDecimal value, BigDecimal applied, boolean real) {
        unit.reply().array(2);
        if (real) {
            unit.reply().real(value.doubleValue());
            unit.reply().real(applied.doubleValue());
        } else {
            unit.reply().integer(value.longValueExact());
            // The way from one end of the range to the other is longer than any integer.
            unit.reply().integer(applied.max(LONG_MIN).min(LONG_MAX).longValueExact());
        }
    }
}
