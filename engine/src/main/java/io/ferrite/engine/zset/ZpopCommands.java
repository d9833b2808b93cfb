package io.ferrite.engine.zset;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;

/** Pops the members of lowest or highest score, waiting for some if asked to. */
final class ZpopCommands {

    private static final CommandError NO_KEYS =
            CommandError.of("ERR numkeys should be greater than 0");
    private static final CommandError NO_COUNT =
            CommandError.of("ERR count should be greater than 0");

    /** Instead of a count: one member by itself, as BZPOPMIN and BZPOPMAX reply it. */
    private static final long SINGLE = -1;

    /** Instead of a timeout: do not wait. */
    private static final long NO_WAIT = -1;

    private ZpopCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("ZPOPMIN", unit -> pop(unit, false))
                .bind("ZPOPMAX", unit -> pop(unit, true))
                .bind("ZMPOP", unit -> popMany(unit, 1, NO_WAIT))
                .bind("BZMPOP", unit -> popMany(unit, 2, 1))
                .bind("BZPOPMIN", unit -> popOne(unit, false))
                .bind("BZPOPMAX", unit -> popOne(unit, true));
    }

    private static void pop(ExecutionUnit unit, boolean max) {
        if (unit.argc() > 3) {
            throw CommandError.SYNTAX;
        }
        boolean counted = unit.argc() == 3;
        long count = 1;
        if (counted) {
            count = Numbers.integer(unit.arg(2), CommandError.OUT_OF_RANGE);
            if (count < 0) {
                throw CommandError.OUT_OF_RANGE;
            }
        }
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.ZSET);
        if (entry == Database.NONE || count == 0) {
            unit.reply().emptyArray();
            return;
        }
        long taken = Math.min(count, ZsetValue.count(Entry.root(entry)));
        boolean nested = counted && unit.reply().protocol() == 3;
        unit.reply().array(nested ? taken : 2 * taken);
        take(unit, key, entry, max, taken, nested);
    }

    /** Replies with the members and removes them. */
    private static void take(
            ExecutionUnit unit, Slice key, long entry, boolean max, long count, boolean nested) {
        long root = Entry.root(entry);
        long size = ZsetValue.count(root);
        ReplyWriter reply = unit.reply();
        ZsetCursor cursor = new ZsetCursor().open(root, max ? size - 1 : 0, !max);
        for (long i = 0; i < count && cursor.next(); i++) {
            if (nested) {
                reply.array(2);
            }
            Zsets.reply(reply, cursor.member());
            reply.real(cursor.score());
        }
        root = ZsetValue.removeRange(unit.slab(key), root, max ? size - count : 0, count);
        Zsets.taken(unit, key, entry, root, max ? Event.ZPOPMAX : Event.ZPOPMIN, count);
    }

    private static void popOne(ExecutionUnit unit, boolean max) {
        int last = unit.argc() - 1;
        long timeoutMs = Numbers.timeoutMs(unit.arg(last), unit.nowMs());
        popFirst(unit, 1, last - 1, max, SINGLE, timeoutMs);
    }

    /** {@code numkeys key [key ...] MIN|MAX [COUNT count]} from an argument on. */
    private static void popMany(ExecutionUnit unit, int at, long timeoutAt) {
        long keys = Numbers.integer(unit.arg(at), NO_KEYS);
        if (keys < 1) {
            throw NO_KEYS;
        }
        if (keys >= unit.argc() - at - 1) {
            throw CommandError.SYNTAX;
        }
        int end = at + 1 + (int) keys;
        boolean max = unit.arg(end).isWord("MAX");
        if (!max && !unit.arg(end).isWord("MIN")) {
            throw CommandError.SYNTAX;
        }
        long count = 0;
        for (int i = end + 1; i < unit.argc(); i++) {
            if (count != 0 || !unit.arg(i).isWord("COUNT") || i + 1 == unit.argc()) {
                throw CommandError.SYNTAX;
            }
            count = Numbers.integer(unit.arg(++i), NO_COUNT);
            if (count < 1) {
                throw NO_COUNT;
            }
        }
        long timeoutMs =
                timeoutAt == NO_WAIT
                        ? NO_WAIT
                        : Numbers.timeoutMs(unit.arg((int) timeoutAt), unit.nowMs());
        popFirst(unit, at + 1, (int) keys, max, Math.max(1, count), timeoutMs);
    }

    private static void popFirst(
            ExecutionUnit unit, int firstKey, int keys, boolean max, long count, long timeoutMs) {
        for (int i = firstKey; i < firstKey + keys; i++) {
            Slice key = unit.arg(i);
            long entry = unit.findWrite(key, Type.ZSET);
            if (entry != Database.NONE) {
                popWithKey(unit, key, entry, max, count);
                return;
            }
        }
        if (timeoutMs == NO_WAIT || !unit.mayBlock()) {
            unit.reply().nilArray();
            return;
        }
        int[] positions = new int[keys];
        for (int i = 0; i < keys; i++) {
            positions[i] = firstKey + i;
        }
        unit.blockOnKeys(positions, Type.ZSET, timeoutMs);
    }

    /** Pops and replies with the key as well; followers see an ordinary pop. */
    private static void popWithKey(
            ExecutionUnit unit, Slice key, long entry, boolean max, long count) {
        String name = max ? "ZPOPMAX" : "ZPOPMIN";
        if (count == SINGLE) {
            unit.reply().array(3);
            unit.reply().bulk(key);
            unit.effects().command(2).word(name).arg(key);
            take(unit, key, entry, max, 1, false);
            return;
        }
        long taken = Math.min(count, ZsetValue.count(Entry.root(entry)));
        unit.reply().array(2);
        unit.reply().bulk(key);
        unit.reply().array(taken);
        unit.effects().command(3).word(name).arg(key).number(taken);
        take(unit, key, entry, max, taken, true);
    }
}
