package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;

/**
 * SET key value [NX | XX | IFEQ v | IFNE v | IFDEQ digest | IFDNE digest] [GET] [EX s | PX ms | EXAT s |
 * PXAT ms | KEEPTTL].
 *
 * <p>NX with GET answers the old value and sets nothing if there was one, as Redis does since 7.0.
 */
final class SetCommand {

    private static final int NX = 1;
    private static final int XX = 2;
    private static final int IFEQ = 4;
    private static final int IFNE = 8;
    private static final int IFDEQ = 16;
    private static final int IFDNE = 32;

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
        int condition = 0;
        boolean get = false;
        Ttl.Unit ttl = Ttl.Unit.NONE;
        Slice amount = null;
        Slice operand = null;
        for (int i = 3; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            boolean last = i == unit.argc() - 1;
            int wanted = condition(word);
            if (wanted != 0) {
                if (condition != 0 && condition != wanted) {
                    throw CommandError.SYNTAX;
                }
                condition = wanted;
                if (wanted >= IFEQ) {
                    if (last) {
                        throw CommandError.SYNTAX;
                    }
                    operand = unit.arg(++i);
                }
            } else if (word.isWord("GET")) {
                get = true;
            } else if (word.isWord("KEEPTTL")) {
                ttl = only(ttl, Ttl.Unit.KEEP);
            } else {
                Ttl.Unit how = Ttl.unit(word);
                if (how == null || last) {
                    throw CommandError.SYNTAX;
                }
                ttl = only(ttl, how);
                amount = unit.arg(++i);
            }
        }
        long atMs = amount == null ? -1 : Ttl.atMs(unit, ttl, amount, "set");
        apply(unit, condition, operand, get, ttl == Ttl.Unit.KEEP, atMs);
    }

    private static int condition(Slice word) {
        if (word.isWord("NX")) {
            return NX;
        }
        if (word.isWord("XX")) {
            return XX;
        }
        if (word.isWord("IFEQ")) {
            return IFEQ;
        }
        if (word.isWord("IFNE")) {
            return IFNE;
        }
        if (word.isWord("IFDEQ")) {
            return IFDEQ;
        }
        return word.isWord("IFDNE") ? IFDNE : 0;
    }

    /** Two different options of one group conflict; the same one twice does too, as in Redis. */
    private static Ttl.Unit only(Ttl.Unit current, Ttl.Unit wanted) {
        if (current != Ttl.Unit.NONE) {
            throw CommandError.SYNTAX;
        }
        return wanted;
    }

    private static void apply(
            ExecutionUnit unit, int condition, Slice operand, boolean get, boolean keepTtl, long atMs) {
        Slice key = unit.arg(1);
        Slice value = unit.arg(2);
        StringValues.requireLength(unit, value.length());
        long entry = get ? unit.findRead(key, Type.STRING) : unit.peek(key);
        boolean allowed = allowed(condition, operand, entry);
        if (get) {
            StringValues.reply(unit, entry);
        }
        if (!allowed) {
            if (!get) {
                unit.reply().nil();
            }
            return;
        }
        if (entry != Database.NONE) {
            unit.findWrite(key);
        }
        Database database = unit.database();
        entry = database.putString(key, value.address(), value.length(), keepTtl);
        unit.effects().changed(key, Event.SET);
        if (atMs >= 0) {
            if (atMs <= unit.nowMs() && !unit.engine().isFollower() && unit.engine().mayExpire()) {
                // A moment in the past: the key is gone as soon as it is there.
                unit.effects().notify(key, Event.EXPIRE);
                unit.database().delete(key);
                unit.effects().command(2).word("UNLINK").arg(key);
                unit.effects().notify(key, Event.DEL);
            } else {
                database.setExpire(key, entry, atMs);
                unit.effects().notify(key, Event.EXPIRE);
                unit.effects()
                        .command(5)
                        .word("SET")
                        .arg(key)
                        .arg(value)
                        .word("PXAT")
                        .number(atMs);
            }
        } else if (condition != 0 || get) {
            if (keepTtl) {
                unit.effects().command(4).word("SET").arg(key).arg(value).word("KEEPTTL");
            } else {
                unit.effects().command(3).word("SET").arg(key).arg(value);
            }
        }
        if (!get) {
            unit.reply().ok();
        }
    }

    private static boolean allowed(int condition, Slice operand, long entry) {
        return switch (condition) {
            case 0 -> true;
            case NX -> entry == Database.NONE;
            case XX -> entry != Database.NONE;
            case IFEQ -> entry != Database.NONE && StringValues.equalTo(entry, operand);
            case IFNE -> entry == Database.NONE || !StringValues.equalTo(entry, operand);
            case IFDEQ -> entry != Database.NONE && Digest.matches(entry, operand);
            case IFDNE -> entry == Database.NONE || !Digest.matches(entry, operand);
            default -> throw CommandError.SYNTAX;
        };
    }
}
