package io.ferrite.engine.zset;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;

/** The members in a range, in order or backwards, replied or stored. */
final class ZrangeCommands {

    private static final CommandError LIMIT_BY_RANK =
            CommandError.of(
                    "ERR syntax error, LIMIT is only supported in combination with either BYSCORE"
                            + " or BYLEX");
    private static final CommandError SCORES_BY_LEX =
            CommandError.of("ERR syntax error, WITHSCORES not supported in combination with BYLEX");

    private ZrangeCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("ZRANGE", unit -> range(unit, 1, null, false, false))
                .bind("ZRANGESTORE", unit -> range(unit, 2, null, false, true))
                .bind("ZREVRANGE", unit -> range(unit, 1, ZsetRange.By.RANK, true, false))
                .bind("ZRANGEBYSCORE", unit -> range(unit, 1, ZsetRange.By.SCORE, false, false))
                .bind("ZREVRANGEBYSCORE", unit -> range(unit, 1, ZsetRange.By.SCORE, true, false))
                .bind("ZRANGEBYLEX", unit -> range(unit, 1, ZsetRange.By.LEX, false, false))
                .bind("ZREVRANGEBYLEX", unit -> range(unit, 1, ZsetRange.By.LEX, true, false));
    }

    /**
     * {@code source min max [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]} from an
     * argument on.
     *
     * @param fixed what the command's name says of the bounds; null if its options do, and those of
     *     the direction
     */
    private static void range(
            ExecutionUnit unit, int at, ZsetRange.By fixed, boolean backwards, boolean store) {
        ZsetRange.By by = fixed;
        boolean reverse = backwards;
        boolean scores = false;
        long offset = 0;
        long limit = -1;
        for (int i = at + 3; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            if (!store && word.isWord("WITHSCORES")) {
                scores = true;
            } else if (word.isWord("LIMIT") && unit.argc() - i > 2) {
                offset = Numbers.integer(unit.arg(++i));
                limit = Numbers.integer(unit.arg(++i));
            } else if (fixed == null && word.isWord("REV")) {
                reverse = true;
            } else if (fixed == null && by == null && word.isWord("BYLEX")) {
                by = ZsetRange.By.LEX;
            } else if (fixed == null && by == null && word.isWord("BYSCORE")) {
                by = ZsetRange.By.SCORE;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        by = by == null ? ZsetRange.By.RANK : by;
        if (limit != -1 && by == ZsetRange.By.RANK) {
            throw LIMIT_BY_RANK;
        }
        if (scores && by == ZsetRange.By.LEX) {
            throw SCORES_BY_LEX;
        }
        boolean swapped = reverse && by != ZsetRange.By.RANK;
        ZsetRange range =
                ZsetRange.read(
                        by,
                        unit.arg(swapped ? at + 2 : at + 1),
                        unit.arg(swapped ? at + 1 : at + 2));
        long entry = unit.findRead(unit.arg(at), Type.ZSET);
        long root = entry == Database.NONE ? 0 : Entry.root(entry);
        if (entry != Database.NONE) {
            range.on(root, reverse);
            if (by != ZsetRange.By.RANK) {
                range.limit(offset, limit, reverse);
            }
        }
        if (store) {
            store(unit, root, range, reverse);
        } else if (range.count() == 0) {
            unit.reply().emptyArray();
        } else {
            long first = range.first(reverse);
            Zsets.replyRange(unit.reply(), root, first, range.count(), !reverse, scores);
        }
    }

    private static void store(ExecutionUnit unit, long source, ZsetRange range, boolean reverse) {
        Slice target = unit.arg(1);
        Slab slab = unit.slab(target);
        long root = ZsetValue.create(slab);
        if (range.count() > 0) {
            ZsetCursor cursor = new ZsetCursor().open(source, range.first(reverse), !reverse);
            for (long i = 0; i < range.count() && cursor.next(); i++) {
                root = add(unit, slab, root, cursor.member(), cursor.score());
            }
        }
        Zsets.store(unit, slab, target, root, Event.ZRANGESTORE);
    }

    /** Adds a member of another set. */
    static long add(ExecutionUnit unit, Slab slab, long root, ListpackItem item, double score) {
        if (!item.isInteger()) {
            return Zsets.add(unit, slab, root, item.address(), item.length(), score);
        }
        long text = unit.scratch();
        return Zsets.add(unit, slab, root, text, item.copyText(text), score);
    }
}
