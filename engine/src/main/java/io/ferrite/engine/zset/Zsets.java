package io.ferrite.engine.zset;

import io.ferrite.engine.Effects;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Real;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.PackedLimits;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;

/** What the commands on sorted sets share, those on positions too. */
public final class Zsets {

    /** Members in one command for followers. */
    private static final int AT_ONCE = 512;

    private Zsets() {}

    /** Adds a member that is not there, within the limits of the encodings. */
    public static long add(
            ExecutionUnit unit, Slab slab, long root, long member, int length, double score) {
        PackedLimits limits = unit.engine().limits().zset();
        return ZsetValue.add(slab, root, member, length, score, limits.entries(), limits.value());
    }

    /** Replies with a member. */
    public static void reply(ReplyWriter reply, ListpackItem item) {
        if (item.isInteger()) {
            reply.bulkNumber(item.integer());
        } else {
            reply.bulk(item.address(), item.length());
        }
    }

    /**
     * Begins an array of members, with their scores if asked for: pairs in RESP3, else one after
     * the other.
     */
    static void replyHeader(ReplyWriter reply, long count, boolean scores) {
        reply.array(scores && reply.protocol() == 2 ? 2 * count : count);
    }

    static void replyMember(ReplyWriter reply, ListpackItem item, double score, boolean scores) {
        if (scores && reply.protocol() == 3) {
            reply.array(2);
        }
        reply(reply, item);
        if (scores) {
            reply.real(score);
        }
    }

    /** Replies with an array of {@code count} members from a rank on, towards either end. */
    static void replyRange(
            ReplyWriter reply, long root, long from, long count, boolean forward, boolean scores) {
        replyHeader(reply, count, scores);
        ZsetCursor cursor = new ZsetCursor().open(root, from, forward);
        for (long i = 0; i < count && cursor.next(); i++) {
            replyMember(reply, cursor.member(), cursor.score(), scores);
        }
    }

    /** The set of an entry, or a new one; {@link #put} stores what becomes of it. */
    public static long rootOrNew(Slab slab, long entry) {
        return entry == Database.NONE ? ZsetValue.create(slab) : Entry.root(entry);
    }

    public static void put(ExecutionUnit unit, Slice key, long entry, long root) {
        if (entry == Database.NONE) {
            unit.database().putRoot(key, Type.ZSET, ZsetValue.encoding(root), root);
        } else {
            unit.database().setRoot(entry, ZsetValue.encoding(root), root);
        }
    }

    /**
     * Stores a set from which {@code count} members were taken, says so, and removes the key if
     * those were all.
     */
    static void taken(
            ExecutionUnit unit, Slice key, long entry, long root, Event event, long count) {
        boolean empty = ZsetValue.count(root) == 0;
        put(unit, key, entry, root);
        if (empty) {
            unit.database().delete(key);
        }
        unit.effects().changed(key, event);
        unit.effects().count(count - 1);
        if (empty) {
            unit.effects().notify(key, Event.DEL);
        }
    }

    /**
     * Sets a key to a result, which it owns from then on, or removes it if that is empty; replies
     * with the number of members.
     */
    public static void store(ExecutionUnit unit, Slab slab, Slice key, long root, Event event) {
        long count = ZsetValue.count(root);
        boolean there = unit.findWrite(key) != Database.NONE;
        if (count == 0) {
            ZsetValue.free(slab, root);
            if (there) {
                unit.database().delete(key);
                unit.effects().changed(key, Event.DEL);
            }
        } else {
            unit.database().putRoot(key, Type.ZSET, ZsetValue.encoding(root), root);
            unit.effects().changed(key, event);
        }
        unit.reply().integer(count);
    }

    /**
     * Tells followers all that a stored result has, as they may not know the command that it comes
     * from.
     */
    public static void passOnWhole(ExecutionUnit unit, Slice key) {
        Effects effects = unit.effects().command(2).word("DEL").arg(key);
        long entry = unit.database().find(key);
        if (entry == Database.NONE || !effects.isWanted()) {
            return;
        }
        long root = Entry.root(entry);
        long score = unit.scratch();
        ZsetCursor cursor = new ZsetCursor().open(root, 0, true);
        for (long left = ZsetValue.count(root); left > 0; ) {
            int some = (int) Math.min(left, AT_ONCE);
            effects.command(2 + 2 * some).word("ZADD").arg(key);
            for (int i = 0; i < some && cursor.next(); i++) {
                effects.arg(score, Real.write(cursor.score(), score));
                effects.arg(cursor.member());
            }
            left -= some;
        }
    }
}
