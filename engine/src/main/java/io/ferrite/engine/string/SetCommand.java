package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Type;

/**
 * SET key value [NX | XX | IFEQ v | IFNE v | IFDEQ digest | IFDNE digest] [GET] [EX s | PX ms |
 * EXAT s | PXAT ms | KEEPTTL].
 *
 * <p>NX with GET answers the old value and sets nothing if there was one, as Redis does since 7.0.
 * What is passed on is understood by older servers as well, and has the same outcome whenever it
 * arrives: an expiry is a moment.
 */
final class SetCommand {

    private SetCommand() {}

    static void set(ExecutionUnit unit) {
        if (unit.argc() == 3) {
            plain(unit, unit.arg(1), unit.arg(2));
        } else {
            withOptions(unit);
        }
    }

    private static void plain(ExecutionUnit unit, Slice key, Slice value) {
        StringValues.requireLength(unit, value.length());
        long found = unit.findWrite(key);
        unit.database().putString(key, found, value.address(), value.length(), false);
        unit.effects().changed(key, Event.SET);
        unit.reply().ok();
    }

    private static void withOptions(ExecutionUnit unit) {
        Condition condition = Condition.NONE;
        boolean get = false;
        Ttl.Unit ttl = Ttl.Unit.NONE;
        Slice amount = null;
        Slice operand = null;
        for (int i = 3; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            boolean last = i == unit.argc() - 1;
            Condition wanted = Condition.of(word);
            if (wanted != Condition.NONE) {
                if (condition != Condition.NONE && condition != wanted) {
                    throw CommandError.SYNTAX;
                }
                condition = wanted;
                if (wanted.hasOperand()) {
                    if (last) {
                        throw CommandError.SYNTAX;
                    }
                    operand = unit.arg(++i);
                }
            } else if (word.isWord("GET")) {
                get = true;
            } else if (word.isWord("KEEPTTL")) {
                ttl = Ttl.only(ttl, Ttl.Unit.KEEP);
            } else {
                Ttl.Unit how = Ttl.unit(word);
                if (how == null || last) {
                    throw CommandError.SYNTAX;
                }
                ttl = Ttl.only(ttl, how);
                amount = unit.arg(++i);
            }
        }
        condition.check(operand);
        long atMs = amount == null ? Ttl.NO_MOMENT : Ttl.atMs(unit, ttl, amount, "set");
        if (apply(unit, condition, operand, get, ttl == Ttl.Unit.KEEP, atMs)) {
            if (atMs != Ttl.NO_MOMENT || get || condition.hasOperand()) {
                passOn(unit, unit.arg(1), unit.arg(2), ttl == Ttl.Unit.KEEP, atMs);
            }
        }
    }

    /** Answers whether the key was set. */
    private static boolean apply(
            ExecutionUnit unit,
            Condition condition,
            Slice operand,
            boolean get,
            boolean keepTtl,
            long atMs) {
        Slice key = unit.arg(1);
        Slice value = unit.arg(2);
        StringValues.requireLength(unit, value.length());
        if (get) {
            unit.findRead(key, Type.STRING);
        }
        long found = unit.findWrite(key);
        boolean allowed = condition.fits(unit, found, operand);
        if (get) {
            StringValues.reply(unit, found);
        } else if (allowed) {
            unit.reply().ok();
        } else {
            unit.reply().nil();
        }
        if (allowed) {
            put(unit, key, found, value.address(), value.length(), keepTtl, atMs);
        }
        return allowed;
    }

    /** Sets a key to a string with an expiry perhaps, and says so to all but followers. */
    static void put(
            ExecutionUnit unit,
            Slice key,
            long found,
            long address,
            int length,
            boolean keepTtl,
            long atMs) {
        Database database = unit.database();
        boolean expires = atMs != Ttl.NO_MOMENT;
        // An expiry that is set anew keeps its place meanwhile.
        long entry = database.putString(key, found, address, length, keepTtl || expires);
        unit.effects().changed(key, Event.SET);
        if (expires) {
            database.setExpire(key, entry, atMs);
            unit.effects().notify(key, Event.EXPIRE);
        }
    }

    /** Describes the outcome to followers: a SET without conditions. */
    static void passOn(ExecutionUnit unit, Slice key, Slice value, boolean keepTtl, long atMs) {
        if (atMs != Ttl.NO_MOMENT) {
            unit.effects().command(5).word("SET").arg(key).arg(value).word("PXAT").number(atMs);
        } else if (keepTtl) {
            unit.effects().command(4).word("SET").arg(key).arg(value).word("KEEPTTL");
        } else {
            unit.effects().command(3).word("SET").arg(key).arg(value);
        }
    }
}
