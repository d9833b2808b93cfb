package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;

/** GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]. */
final class GetexCommand {

    private GetexCommand() {}

    static void getex(ExecutionUnit unit) {
        Ttl.Unit ttl = Ttl.Unit.NONE;
        Slice amount = null;
        for (int i = 2; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            if (word.isWord("PERSIST")) {
                ttl = Ttl.only(ttl, Ttl.Unit.PERSIST);
                continue;
            }
            Ttl.Unit how = Ttl.unit(word);
            if (how == null || i == unit.argc() - 1) {
                throw CommandError.SYNTAX;
            }
            ttl = Ttl.only(ttl, how);
            amount = unit.arg(++i);
        }
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.STRING);
        if (entry == Database.NONE) {
            unit.reply().nil();
            return;
        }
        long atMs = amount == null ? -1 : Ttl.atMs(unit, ttl, amount, "getex");
        StringValues.reply(unit, entry);
        if (ttl == Ttl.Unit.NONE) {
            return;
        }
        change(unit, key, ttl, atMs);
    }

    private static void change(ExecutionUnit unit, Slice key, Ttl.Unit ttl, long atMs) {
        long entry = unit.findWrite(key);
        if (ttl == Ttl.Unit.PERSIST) {
            if (Entry.hasExpiry(entry)) {
                unit.database().clearExpire(key, entry);
                unit.effects().changed(key, Event.PERSIST);
                unit.effects().command(2).word("PERSIST").arg(key);
            }
        } else if (atMs <= unit.nowMs()
                && !unit.engine().isFollower()
                && unit.engine().mayExpire()) {
            unit.database().delete(key);
            unit.effects().changed(key, Event.DEL);
            unit.effects().command(2).word(unit.engine().lazyExpire() ? "UNLINK" : "DEL").arg(key);
        } else {
            unit.database().setExpire(key, entry, atMs);
            unit.effects().changed(key, Event.EXPIRE);
            unit.effects().command(3).word("PEXPIREAT").arg(key).number(atMs);
        }
    }
}
