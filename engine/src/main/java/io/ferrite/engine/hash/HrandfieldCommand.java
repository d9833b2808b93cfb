package io.ferrite.engine.hash;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.FieldExpiry;
import io.ferrite.engine.RandomCount;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.HashCursor;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;
import java.util.random.RandomGenerator;

/**
 * HRANDFIELD key [count [WITHVALUES]]: fields drawn so that each is as likely as the other.
 *
 * <p>A leader first removes all fields whose time has passed. A follower draws again when it meets
 * one.
 */
final class HrandfieldCommand {

    /** Draws of an expired field before a walk is made. */
    private static final int TRIES = 100;

    private final ReplyWriter reply;
    private final RandomGenerator random;
    private final boolean values;
    private final long nowMs;
    private final ListpackItem field = new ListpackItem();
    private final ListpackItem value = new ListpackItem();

    private HrandfieldCommand(ExecutionUnit unit, boolean values) {
        this.reply = unit.reply();
        this.random = unit.random();
        this.values = values;
        this.nowMs = unit.nowMs();
    }

    static void hrandfield(ExecutionUnit unit) {
        if (unit.argc() == 2) {
            one(unit);
            return;
        }
        long count = RandomCount.parse(unit.arg(2));
        if (unit.argc() > 4 || unit.argc() == 4 && !unit.arg(3).isWord("WITHVALUES")) {
            throw CommandError.SYNTAX;
        }
        boolean values = unit.argc() == 4;
        if (values) {
            RandomCount.parsePairs(count);
        }
        long entry = findLive(unit);
        if (entry == Database.NONE || count == 0) {
            unit.reply().emptyArray();
            return;
        }
        new HrandfieldCommand(unit, values).many(Entry.root(entry), count);
    }

    private static void one(ExecutionUnit unit) {
        long entry = findLive(unit);
        if (entry == Database.NONE) {
            unit.reply().nil();
            return;
        }
        HrandfieldCommand command = new HrandfieldCommand(unit, false);
        command.draw(Entry.root(entry));
        Hashes.reply(unit.reply(), command.field);
    }

    /** The entry, if it has fields whose time has not passed. */
    private static long findLive(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.HASH);
        if (entry == Database.NONE || HashTimes.next(Entry.root(entry)) >= unit.nowMs()) {
            return entry;
        }
        if (FieldExpiry.mayRemove(unit)) {
            FieldExpiry.removeDue(unit, unit.databaseIndex(), key, entry, Integer.MAX_VALUE);
            return unit.database().find(key);
        }
        long root = Entry.root(entry);
        return HashTimes.due(root, unit.nowMs()) < HashValue.count(root) ? entry : Database.NONE;
    }

    /** Draws a field; there is one to be drawn. */
    private void draw(long root) {
        for (int i = 0; i < TRIES; i++) {
            if (HashValue.random(root, random, field, value) >= nowMs) {
                return;
            }
        }
        // Nearly all have expired: one of those that have not, by a walk.
        long live = HashValue.count(root) - HashTimes.due(root, nowMs);
        long skip = random.nextLong(live);
        try (HashCursor cursor = new HashCursor(null, root)) {
            while (cursor.nextLive(nowMs) && skip > 0) {
                skip--;
            }
            field.setTo(cursor.field());
            value.setTo(cursor.value());
        }
    }

    private void many(long root, long count) {
        long size = HashValue.count(root) - HashTimes.due(root, nowMs);
        if (count < 0) {
            repeated(root, RandomCount.repeated(count));
        } else if (HashValue.isTable(root) && count < size / RandomCount.DRAWN_FACTOR) {
            drawn(root, count);
        } else {
            selected(root, size, Math.min(count, size));
        }
    }

    private void header(long count) {
        reply.array(values && reply.protocol() == 2 ? 2 * count : count);
    }

    private void pair(ListpackItem name, ListpackItem content) {
        if (values && reply.protocol() > 2) {
            reply.array(2);
        }
        Hashes.reply(reply, name);
        if (values) {
            Hashes.reply(reply, content);
        }
    }

    private void repeated(long root, long count) {
        long mark = reply.mark();
        header(count);
        for (long i = 0; i < count; i++) {
            draw(root);
            pair(field, value);
            RandomCount.checkReply(reply, mark);
        }
    }

    /** Few of many: drawn one by one, those that came already are drawn again. */
    private void drawn(long root, long count) {
        header(count);
        RandomCount.Drawn seen = new RandomCount.Drawn((int) count);
        while (seen.size() < count) {
            draw(root);
            if (seen.add(field.address())) {
                pair(field, value);
            }
        }
    }

    /** In the order of the hash, every selection as likely as the other. */
    private void selected(long root, long size, long count) {
        header(count);
        long open = count;
        long left = size;
        try (HashCursor cursor = new HashCursor(null, root)) {
            while (open > 0 && cursor.nextLive(nowMs)) {
                if (open == left || random.nextLong(left) < open) {
                    pair(cursor.field(), cursor.value());
                    open--;
                }
                left--;
            }
        }
    }
}
