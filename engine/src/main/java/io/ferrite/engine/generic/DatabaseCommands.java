package io.ferrite.engine.generic;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Watches;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;

/** Commands on whole databases. They run under every stripe. */
public final class DatabaseCommands {

    private DatabaseCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("DBSIZE", LockPlan.ALL, DatabaseCommands::dbsize)
                .bind("FLUSHDB", LockPlan.ALL, DatabaseCommands::flushdb)
                .bind("FLUSHALL", LockPlan.ALL, DatabaseCommands::flushall)
                .bind("SWAPDB", LockPlan.ALL, DatabaseCommands::swapdb);
    }

    static void dbsize(ExecutionUnit unit) {
        unit.reply().integer(unit.database().size());
    }

    static void flushdb(ExecutionUnit unit) {
        requireMode(unit);
        unit.engine().tracking().allChanged(unit);
        flush(unit, unit.databaseIndex());
        unit.effects().count(1);
        unit.reply().ok();
    }

    static void flushall(ExecutionUnit unit) {
        requireMode(unit);
        unit.engine().tracking().allChanged(unit);
        for (int i = 0; i < unit.keyspace().databases(); i++) {
            flush(unit, i);
        }
        unit.effects().count(1);
        if (!unit.engine().allFlushed(unit)) {
            unit.reply().ok();
        }
    }

    /** SYNC and ASYNC are both accepted; either returns once the keys are gone. */
    private static void requireMode(ExecutionUnit unit) {
        boolean fits =
                unit.argc() == 1
                        || unit.argc() == 2
                                && (unit.arg(1).isWord("SYNC") || unit.arg(1).isWord("ASYNC"));
        if (!fits) {
            throw CommandError.SYNTAX;
        }
    }

    private static void flush(ExecutionUnit unit, int index) {
        Database database = unit.keyspace().database(index);
        touchWatched(unit, index, database, null);
        for (int table = 0; table < unit.keyspace().tables(); table++) {
            database.clear(table);
        }
        unit.engine().blocking().allReady(unit, index);
    }

    /**
     * Tells those who watch keys of a database that all of it changes.
     *
     * @param before what is there
     * @param after what comes in its place, or null
     */
    private static void touchWatched(
            ExecutionUnit unit, int index, Database before, Database after) {
        Watches watches = unit.engine().watches();
        for (int stripe = 0; stripe < unit.keyspace().stripes(); stripe++) {
            if (!watches.isEmpty(stripe)) {
                watches.forEach(
                        stripe,
                        index,
                        (session, watched) -> {
                            if (isChange(unit, watched, before, after)) {
                                session.setWatchDirty(true);
                            }
                        });
            }
        }
    }

    /** Whether a watched key is another one afterwards; one past its expiry counts as none. */
    private static boolean isChange(
            ExecutionUnit unit, Watches.Watched watched, Database before, Database after) {
        boolean was = unit.find(before, watched.key()) != Database.NONE;
        long next = after == null ? Database.NONE : unit.find(after, watched.key());
        if (!was && next == Database.NONE) {
            return false;
        }
        boolean nothingBefore = !was || watched.isStale();
        boolean nothingAfter = next == Database.NONE || Entry.isExpired(next, unit.nowMs());
        if (nothingBefore && nothingAfter) {
            watched.setStale(next != Database.NONE);
            return false;
        }
        return true;
    }

    static void swapdb(ExecutionUnit unit) {
        if (unit.keyspace().isBySlot()) {
            throw CommandError.of("ERR SWAPDB is not allowed in cluster mode");
        }
        int a = number(unit, 1, "ERR invalid first DB index");
        int b = number(unit, 2, "ERR invalid second DB index");
        int count = unit.keyspace().databases();
        if (a < 0 || a >= count || b < 0 || b >= count) {
            throw CommandError.DB_INDEX;
        }
        Database first = unit.keyspace().database(a);
        Database second = unit.keyspace().database(b);
        if (a != b) {
            touchWatched(unit, a, first, second);
            touchWatched(unit, b, second, first);
            unit.keyspace().swap(a, b);
            unit.selectDatabase(unit.databaseIndex());
            unit.engine().blocking().allReady(unit, a);
            unit.engine().blocking().allReady(unit, b);
        }
        unit.effects().count(1);
        unit.reply().ok();
    }

    private static int number(ExecutionUnit unit, int argument, String refusal) {
        return Numbers.inRange(
                unit.arg(argument), Integer.MIN_VALUE, Integer.MAX_VALUE, CommandError.of(refusal));
    }
}
