package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;

/** String commands: values that are one run of bytes. */
public final class StringCommands {

    private StringCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("GET", StringCommands::get)
                .bind("SET", SetCommand::set)
                .bind("SETNX", StringCommands::setnx)
                .bind("SETEX", StringCommands::setex)
                .bind("PSETEX", StringCommands::psetex)
                .bind("GETSET", StringCommands::getset)
                .bind("GETDEL", StringCommands::getdel)
                .bind("DIGEST", StringCommands::digest)
                .bind("DELEX", DeleteCommands::delex)
                .bind("DELIFEQ", DeleteCommands::delifeq)
                .bind("GETEX", GetexCommand::getex)
                .bind("STRLEN", StringCommands::strlen)
                .bind("APPEND", StringCommands::append)
                .bind("GETRANGE", StringCommands::getrange)
                .bind("SUBSTR", StringCommands::getrange)
                .bind("SETRANGE", StringCommands::setrange)
                .bind("MGET", StringCommands::mget)
                .bind("MSET", StringCommands::mset)
                .bind("MSETNX", StringCommands::msetnx)
                .bind("MSETEX", MsetexCommand::msetex)
                .bind("INCREX", IncrexCommand::increx)
                .bind("INCR", CounterCommands::incr)
                .bind("DECR", CounterCommands::decr)
                .bind("INCRBY", CounterCommands::incrby)
                .bind("DECRBY", CounterCommands::decrby)
                .bind("INCRBYFLOAT", CounterCommands::incrbyfloat)
                .bind("LCS", LcsCommand::lcs);
    }

    static void get(ExecutionUnit unit) {
        StringValues.reply(unit, unit.findRead(unit.arg(1), Type.STRING));
    }

    static void setnx(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        Slice value = unit.arg(2);
        if (unit.findWrite(key) != Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        StringValues.requireLength(unit, value.length());
        unit.database().putString(key, Database.NONE, value.address(), value.length(), false);
        unit.effects().changed(key, Event.SET);
        unit.reply().integer(1);
    }

    static void setex(ExecutionUnit unit) {
        setWithTtl(unit, Ttl.Unit.EX, "setex");
    }

    static void psetex(ExecutionUnit unit) {
        setWithTtl(unit, Ttl.Unit.PX, "psetex");
    }

    private static void setWithTtl(ExecutionUnit unit, Ttl.Unit how, String command) {
        Slice key = unit.arg(1);
        Slice value = unit.arg(3);
        long atMs = Ttl.atMs(unit, how, unit.arg(2), command);
        StringValues.requireLength(unit, value.length());
        long found = unit.findWrite(key);
        SetCommand.put(unit, key, found, value.address(), value.length(), false, atMs);
        SetCommand.passOn(unit, key, value, false, atMs);
        unit.reply().ok();
    }

    static void getset(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        Slice value = unit.arg(2);
        StringValues.requireLength(unit, value.length());
        unit.findRead(key, Type.STRING); // counts as a read too
        long entry = unit.findWrite(key);
        StringValues.reply(unit, entry);
        unit.database().putString(key, entry, value.address(), value.length(), false);
        unit.effects().changed(key, Event.SET);
        unit.effects().command(3).word("SET").arg(key).arg(value);
    }

    static void getdel(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        if (unit.findRead(key, Type.STRING) == Database.NONE) {
            unit.reply().nil();
            return;
        }
        long entry = unit.findWrite(key);
        StringValues.reply(unit, entry); // a copy: the delete may free the value's memory
        unit.database().delete(key);
        unit.effects().changed(key, Event.DEL);
        unit.effects().command(2).word("DEL").arg(key);
    }

    static void digest(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.STRING);
        if (entry == Database.NONE) {
            unit.reply().nil();
        } else {
            unit.reply().bulk(Digest.text(Digest.of(unit, entry)));
        }
    }

    static void strlen(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.STRING);
        unit.reply().integer(entry == Database.NONE ? 0 : StringValues.length(entry));
    }

    static void append(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        Slice value = unit.arg(2);
        long entry = unit.findWrite(key, Type.STRING);
        long length = value.length();
        if (entry == Database.NONE) {
            StringValues.requireLength(unit, length);
            unit.database().putString(key, Database.NONE, value.address(), value.length(), false);
        } else {
            length += StringValues.length(entry);
            StringValues.requireLength(unit, length);
            unit.database().append(key, entry, value.address(), value.length());
        }
        unit.effects().changed(key, Event.APPEND);
        unit.reply().integer(length);
    }

    static void getrange(ExecutionUnit unit) {
        long start = Numbers.integer(unit.arg(2));
        long end = Numbers.integer(unit.arg(3));
        long entry = unit.findRead(unit.arg(1), Type.STRING);
        if (entry == Database.NONE) {
            unit.reply().emptyBulk();
            return;
        }
        Slice value = StringValues.bytes(unit, entry, unit.slice());
        long length = value.length();
        if (start < 0 && end < 0 && start > end) {
            unit.reply().emptyBulk();
            return;
        }
        start = Math.max(0, start < 0 ? start + length : start);
        end = Math.min(length - 1, Math.max(0, end < 0 ? end + length : end));
        if (start > end || length == 0) {
            unit.reply().emptyBulk();
        } else {
            unit.reply().bulk(value.address() + start, (int) (end - start + 1));
        }
    }

    static void setrange(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long offset = Numbers.integer(unit.arg(2));
        Slice value = unit.arg(3);
        if (offset < 0) {
            throw CommandError.OFFSET_OUT_OF_RANGE;
        }
        long entry = unit.findWrite(key, Type.STRING);
        long length = entry == Database.NONE ? 0 : StringValues.length(entry);
        if (value.length() == 0) {
            unit.reply().integer(length);
            return;
        }
        if (offset > Long.MAX_VALUE - value.length()) {
            throw CommandError.TOO_LONG;
        }
        StringValues.requireLength(unit, offset + value.length());
        unit.database().setRange(key, entry, (int) offset, value.address(), value.length());
        unit.effects().changed(key, Event.SETRANGE);
        unit.reply().integer(Math.max(length, offset + value.length()));
    }

    static void mget(ExecutionUnit unit) {
        unit.reply().array(unit.argc() - 1);
        int near = 1;
        for (int i = 1; i < unit.argc(); i++) {
            if (i == near) {
                near = unit.bringNear(i, 1);
            }
            long entry = unit.findRead(unit.arg(i));
            if (entry != Database.NONE && Entry.type(entry) != Type.STRING) {
                entry = Database.NONE;
            }
            StringValues.reply(unit, entry);
        }
    }

    static void mset(ExecutionUnit unit) {
        requirePairs(unit, "mset");
        setAll(unit);
        unit.reply().ok();
    }

    static void msetnx(ExecutionUnit unit) {
        requirePairs(unit, "msetnx");
        for (int i = 1; i < unit.argc(); i += 2) {
            if (unit.findWrite(unit.arg(i)) != Database.NONE) {
                unit.reply().integer(0);
                return;
            }
        }
        setAll(unit);
        unit.reply().integer(1);
    }

    private static void requirePairs(ExecutionUnit unit, String command) {
        if ((unit.argc() & 1) == 0) {
            throw CommandError.arity(command);
        }
        for (int i = 2; i < unit.argc(); i += 2) {
            StringValues.requireLength(unit, unit.request().length(i));
        }
    }

    private static void setAll(ExecutionUnit unit) {
        int near = 1;
        for (int i = 1; i < unit.argc(); i += 2) {
            if (i == near) {
                near = unit.bringNear(i, 2);
            }
            Slice key = unit.arg(i);
            long found = unit.findWrite(key);
            long address = unit.request().address(i + 1);
            unit.database().putString(key, found, address, unit.request().length(i + 1), false);
            unit.effects().changed(key, Event.SET);
        }
    }

    /** The value as an integer, refused when it is not one. */
    static long integerValue(ExecutionUnit unit, long entry) {
        if (Entry.isInteger(entry)) {
            return Entry.integer(entry);
        }
        Slice text = StringValues.bytes(unit, entry, unit.slice());
        long parsed = Decimal.parse(text.address(), text.length());
        if (!Decimal.isNumber(text.address(), text.length(), parsed)) {
            throw CommandError.NOT_INTEGER;
        }
        return parsed;
    }
}
