package io.ferrite.engine.zset;

import io.ferrite.base.Glob;
import io.ferrite.engine.ArgReader;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.generic.ScanCommands;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Real;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.ZsetValue;

/** Commands on one sorted set: its members, their scores and ranks. */
public final class ZsetCommands {

    private ZsetCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("ZADD", ZaddCommand::zadd)
                .bind("ZINCRBY", ZaddCommand::zincrby)
                .bind("ZREM", ZsetCommands::zrem)
                .bind("ZCARD", ZsetCommands::zcard)
                .bind("ZSCORE", ZsetCommands::zscore)
                .bind("ZMSCORE", ZsetCommands::zmscore)
                .bind("ZRANK", unit -> rank(unit, false))
                .bind("ZREVRANK", unit -> rank(unit, true))
                .bind("ZCOUNT", unit -> count(unit, ZsetRange.By.SCORE))
                .bind("ZLEXCOUNT", unit -> count(unit, ZsetRange.By.LEX))
                .bind(
                        "ZREMRANGEBYRANK",
                        unit -> removeRange(unit, ZsetRange.By.RANK, Event.ZREMRANGEBYRANK))
                .bind(
                        "ZREMRANGEBYSCORE",
                        unit -> removeRange(unit, ZsetRange.By.SCORE, Event.ZREMRANGEBYSCORE))
                .bind(
                        "ZREMRANGEBYLEX",
                        unit -> removeRange(unit, ZsetRange.By.LEX, Event.ZREMRANGEBYLEX))
                .bind("ZSCAN", ZsetCommands::zscan)
                .bind("ZRANDMEMBER", ZrandmemberCommand::zrandmember);
        ZrangeCommands.register(table);
        ZpopCommands.register(table);
        ZcombineCommands.register(table);
    }

    static void zrem(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.ZSET);
        if (entry == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        Slab slab = unit.slab(key);
        long root = Entry.root(entry);
        long removed = 0;
        for (int i = 2; i < unit.argc() && ZsetValue.count(root) > 0; i++) {
            long place = ZsetValue.find(root, unit.request().address(i), unit.request().length(i));
            if (place != ZsetValue.NONE) {
                root = ZsetValue.remove(slab, root, place);
                removed++;
            }
        }
        if (removed > 0) {
            Zsets.taken(unit, key, entry, root, Event.ZREM, removed);
        }
        unit.reply().integer(removed);
    }

    static void zcard(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        unit.reply().integer(entry == Database.NONE ? 0 : ZsetValue.count(Entry.root(entry)));
    }

    static void zscore(ExecutionUnit unit) {
        replyScore(unit, unit.findRead(unit.arg(1), Type.ZSET), 2);
    }

    static void zmscore(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        unit.reply().array(unit.argc() - 2);
        for (int i = 2; i < unit.argc(); i++) {
            replyScore(unit, entry, i);
        }
    }

    private static void replyScore(ExecutionUnit unit, long entry, int arg) {
        long place = find(unit, entry, arg);
        if (place == ZsetValue.NONE) {
            unit.reply().nil();
        } else {
            unit.reply().real(ZsetValue.score(Entry.root(entry), place));
        }
    }

    private static long find(ExecutionUnit unit, long entry, int arg) {
        return entry == Database.NONE
                ? ZsetValue.NONE
                : ZsetValue.find(
                        Entry.root(entry), unit.request().address(arg), unit.request().length(arg));
    }

    private static void rank(ExecutionUnit unit, boolean reverse) {
        if (unit.argc() > 4) {
            throw CommandError.arity(unit.command().name());
        }
        boolean scored = unit.argc() == 4;
        if (scored && !unit.arg(3).isWord("WITHSCORE")) {
            throw CommandError.SYNTAX;
        }
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        long place = find(unit, entry, 2);
        ReplyWriter reply = unit.reply();
        if (place == ZsetValue.NONE) {
            if (scored) {
                reply.nilArray();
            } else {
                reply.nil();
            }
            return;
        }
        long root = Entry.root(entry);
        long rank = ZsetValue.rank(root, place);
        if (scored) {
            reply.array(2);
        }
        reply.integer(reverse ? ZsetValue.count(root) - 1 - rank : rank);
        if (scored) {
            reply.real(ZsetValue.score(root, place));
        }
    }

    private static void count(ExecutionUnit unit, ZsetRange.By by) {
        ZsetRange range = ZsetRange.read(by, unit.arg(2), unit.arg(3));
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        unit.reply()
                .integer(entry == Database.NONE ? 0 : range.on(Entry.root(entry), false).count());
    }

    private static void removeRange(ExecutionUnit unit, ZsetRange.By by, Event event) {
        ZsetRange range = ZsetRange.read(by, unit.arg(2), unit.arg(3));
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.ZSET);
        if (entry == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        long root = Entry.root(entry);
        long count = range.on(root, false).count();
        if (count > 0) {
            root = ZsetValue.removeRange(unit.slab(key), root, range.from(), count);
            Zsets.taken(unit, key, entry, root, event, count);
        }
        unit.reply().integer(count);
    }

    /** ZSCAN key cursor [MATCH pattern] [COUNT count] [NOSCORES]. */
    static void zscan(ExecutionUnit unit) {
        long cursor = ScanCommands.cursor(unit.arg(2));
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        ReplyWriter reply = unit.reply();
        if (entry == Database.NONE) {
            reply.array(2);
            reply.bulk("0");
            reply.emptyArray();
            return;
        }
        Glob pattern = null;
        long count = 10;
        boolean scores = true;
        ArgReader args = new ArgReader(unit, 3);
        while (args.hasNext()) {
            if (args.take("COUNT", 1)) {
                count = args.nextLong();
                if (count < 1) {
                    throw CommandError.SYNTAX;
                }
            } else if (args.take("MATCH", 1)) {
                pattern = ScanCommands.pattern(args.next());
            } else if (args.take("NOSCORES")) {
                scores = false;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        Scan scan = new Scan(unit, pattern, scores);
        long root = Entry.root(entry);
        long steps = Math.min(count, ScanCommands.MOST_LOOKED_AT) * 10;
        // The cursor comes first in the reply, but is known last: the walk is made twice.
        long next = cursor;
        long seen = 0;
        do {
            next = ZsetValue.scan(root, next, scan::count);
            seen++;
        } while (next != 0 && seen < steps && scan.looked < count);
        reply.array(2);
        reply.bulk(Long.toUnsignedString(next));
        reply.array(scores ? 2 * scan.found : scan.found);
        long again = cursor;
        for (long i = 0; i < seen; i++) {
            again = ZsetValue.scan(root, again, scan::reply);
        }
    }

    /** What a ZSCAN looks at. */
    private static final class Scan {
        private final ExecutionUnit unit;
        private final Glob pattern;
        private final boolean scores;
        private long looked;
        private long found;

        Scan(ExecutionUnit unit, Glob pattern, boolean scores) {
            this.unit = unit;
            this.pattern = pattern;
            this.scores = scores;
        }

        private boolean fits(ListpackItem member) {
            return pattern == null || pattern.matches(member.toBytes());
        }

        void count(ListpackItem member, double score) {
            looked++;
            found += fits(member) ? 1 : 0;
        }

        void reply(ListpackItem member, double score) {
            if (fits(member)) {
                Zsets.reply(unit.reply(), member);
                if (scores) {
                    long text = unit.scratch();
                    unit.reply().bulk(text, Real.write(score, text));
                }
            }
        }
    }
}
