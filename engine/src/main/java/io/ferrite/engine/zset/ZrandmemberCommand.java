package io.ferrite.engine.zset;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;
import java.util.LinkedHashSet;
import java.util.random.RandomGenerator;

/** ZRANDMEMBER key [count [WITHSCORES]]: every member as likely as the other. */
final class ZrandmemberCommand {

    private static final CommandError NOT_BETWEEN =
            CommandError.of(
                    "ERR value is out of range, value must between -9223372036854775807 and"
                            + " 9223372036854775807");
    private static final CommandError OUT_OF_RANGE = CommandError.of("ERR value is out of range");

    /** More repeated draws than this would fill the memory with one reply. */
    private static final long MOST_DRAWS = 1L << 27;

    private ZrandmemberCommand() {}

    static void zrandmember(ExecutionUnit unit) {
        if (unit.argc() == 2) {
            one(unit);
            return;
        }
        long count = Numbers.integer(unit.arg(2));
        if (count == Long.MIN_VALUE) {
            throw NOT_BETWEEN;
        }
        boolean scores = unit.argc() == 4;
        if (unit.argc() > 4 || scores && !unit.arg(3).isWord("WITHSCORES")) {
            throw CommandError.SYNTAX;
        }
        if (scores && Math.abs(count) > Long.MAX_VALUE / 2 || count < -MOST_DRAWS) {
            throw OUT_OF_RANGE;
        }
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        if (entry == Database.NONE || count == 0) {
            unit.reply().emptyArray();
            return;
        }
        long root = Entry.root(entry);
        if (count < 0) {
            repeated(unit, root, -count, scores);
        } else {
            different(unit, root, count, scores);
        }
    }

    private static void one(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        if (entry == Database.NONE) {
            unit.reply().nil();
            return;
        }
        long root = Entry.root(entry);
        long rank = unit.random().nextLong(ZsetValue.count(root));
        ZsetCursor cursor = new ZsetCursor().open(root, rank, true);
        cursor.next();
        Zsets.reply(unit.reply(), cursor.member());
    }

    private static void repeated(ExecutionUnit unit, long root, long count, boolean scores) {
        ReplyWriter reply = unit.reply();
        Zsets.replyHeader(reply, count, scores);
        RandomGenerator random = unit.random();
        long size = ZsetValue.count(root);
        ZsetCursor cursor = new ZsetCursor();
        for (long i = 0; i < count; i++) {
            replyAt(reply, cursor.open(root, random.nextLong(size), true), scores);
        }
    }

    private static void replyAt(ReplyWriter reply, ZsetCursor cursor, boolean scores) {
        cursor.next();
        Zsets.replyMember(reply, cursor.member(), cursor.score(), scores);
    }

    private static void different(ExecutionUnit unit, long root, long wanted, boolean scores) {
        ReplyWriter reply = unit.reply();
        long size = ZsetValue.count(root);
        if (wanted >= size) {
            Zsets.replyRange(reply, root, size - 1, size, false, scores);
            return;
        }
        Zsets.replyHeader(reply, wanted, scores);
        RandomGenerator random = unit.random();
        ZsetCursor cursor = new ZsetCursor();
        if (wanted > size / 3) {
            // Knuth's selection sampling: one walk, each selection as likely as the other.
            long open = wanted;
            long left = size;
            for (cursor.open(root, 0, true); open > 0 && cursor.next(); left--) {
                if (random.nextLong(left) < open) {
                    Zsets.replyMember(reply, cursor.member(), cursor.score(), scores);
                    open--;
                }
            }
            return;
        }
        LinkedHashSet<Long> ranks = new LinkedHashSet<>();
        while (ranks.size() < wanted) {
            ranks.add(random.nextLong(size));
        }
        for (long rank : ranks) {
            replyAt(reply, cursor.open(root, rank, true), scores);
        }
    }
}
