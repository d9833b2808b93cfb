package io.ferrite.engine.hash;

import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Effects;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;

/**
 * When fields of a hash expire: HEXPIRE, HTTL, HPERSIST and their kin. Each answers an array with
 * one number for each field.
 */
final class FieldTimeCommands {

    // What a command answers for a field.
    private static final int NO_FIELD = -2;
    private static final int LASTS = -1;
    private static final int CONDITION_NOT_MET = 0;
    private static final int DONE = 1;
    private static final int DELETED = 2;

    private FieldTimeCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("HEXPIRE", unit -> expire(unit, true, true))
                .bind("HPEXPIRE", unit -> expire(unit, true, false))
                .bind("HEXPIREAT", unit -> expire(unit, false, true))
                .bind("HPEXPIREAT", unit -> expire(unit, false, false))
                .bind("HTTL", unit -> times(unit, true, true))
                .bind("HPTTL", unit -> times(unit, true, false))
                .bind("HEXPIRETIME", unit -> times(unit, false, true))
                .bind("HPEXPIRETIME", unit -> times(unit, false, false))
                .bind("HPERSIST", FieldTimeCommands::persist);
    }

    /** Under which condition a field is given a time. */
    private enum Condition {
        NONE,
        NX,
        XX,
        GT,
        LT;

        static Condition of(Slice word) {
            for (Condition condition : values()) {
                if (condition != NONE && word.isWord(condition.name())) {
                    return condition;
                }
            }
            return NONE;
        }

        boolean allows(long current, long atMs) {
            boolean lasts = current == HashValue.NEVER;
            return switch (this) {
                case NONE -> true;
                case NX -> lasts;
                case XX -> !lasts;
                case GT -> !lasts && atMs > current;
                case LT -> lasts || atMs < current;
            };
        }
    }

    /** Passed on as HPEXPIREAT for the fields that got the time, and an HDEL for each that went. */
    private static void expire(ExecutionUnit unit, boolean relative, boolean seconds) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.HASH);
        long atMs = FieldTime.parse(unit, unit.arg(2), relative, seconds);
        Condition condition = Condition.of(unit.arg(3));
        int at = condition == Condition.NONE ? 3 : 4;
        Fields fields = Fields.parse(unit, at, Fields.TOO_FEW);
        ReplyWriter reply = unit.reply();
        reply.array(fields.count());
        if (entry == Database.NONE) {
            for (int i = 0; i < fields.count(); i++) {
                reply.integer(NO_FIELD);
            }
            return;
        }
        LiveHash hash = new LiveHash(unit, key, entry);
        hash.put(HashTimes.prepare(unit.slab(key), Entry.root(entry)));
        int[] results = new int[fields.count()];
        int updated = 0;
        int deleted = 0;
        for (int i = 0; i < results.length; i++) {
            results[i] = expireField(unit, key, hash, fields.get(unit, i), condition, atMs);
            updated += results[i] == DONE ? 1 : 0;
            deleted += results[i] == DELETED ? 1 : 0;
            reply.integer(results[i]);
        }
        boolean gone = hash.isEmpty();
        hash.finish();
        if (updated + deleted == 0) {
            return;
        }
        unit.effects().changed(key, deleted > 0 ? Event.HDEL : Event.HEXPIRE);
        unit.effects().count(updated + deleted - 1L);
        unit.effects().instead();
        if (gone && hash.entry() != Database.NONE) {
            unit.database().delete(key);
            unit.effects().notify(key, Event.DEL);
        }
        if (updated > 0) {
            Effects out =
                    unit.effects()
                            .command((condition == Condition.NONE ? 5 : 6) + updated)
                            .word("HPEXPIREAT")
                            .arg(key)
                            .number(atMs);
            if (condition != Condition.NONE) {
                out.arg(unit.arg(3));
            }
            out.word("FIELDS").number(updated);
            for (int i = 0; i < results.length; i++) {
                if (results[i] == DONE) {
                    out.arg(fields.get(unit, i));
                }
            }
        }
    }

    private static int expireField(
            ExecutionUnit unit,
            Slice key,
            LiveHash hash,
            Slice field,
            Condition condition,
            long atMs) {
        if (!hash.get(field, new ListpackItem())) {
            return NO_FIELD;
        }
        long current = HashTimes.of(Entry.root(hash.entry()), field.address(), field.length());
        if (!condition.allows(current, atMs)) {
            return CONDITION_NOT_MET;
        }
        return setTime(unit, key, hash, field, atMs) ? DONE : DELETED;
    }

    /**
     * Gives a field, which is there, a time; or deletes it, says so to followers and answers false,
     * if that has passed.
     */
    static boolean setTime(ExecutionUnit unit, Slice key, LiveHash hash, Slice field, long atMs) {
        if (FieldTime.isOver(unit, atMs)) {
            unit.effects().also(unit.databaseIndex(), 3).word("HDEL").arg(key).arg(field);
            unit.stats().expiredFields++;
            hash.remove(field);
            return false;
        }
        long root = Entry.root(hash.entry());
        hash.put(HashTimes.set(unit.slab(key), root, field.address(), field.length(), atMs));
        return true;
    }

    private static void times(ExecutionUnit unit, boolean relative, boolean seconds) {
        long entry = unit.findRead(unit.arg(1), Type.HASH);
        Fields fields = Fields.parse(unit, 2, Fields.NOT_POSITIVE);
        unit.reply().array(fields.count());
        for (int i = 0; i < fields.count(); i++) {
            long at = liveTime(unit, entry, fields.get(unit, i));
            if (at == HashTimes.ABSENT || at == HashValue.NEVER) {
                unit.reply().integer(at == HashValue.NEVER ? LASTS : NO_FIELD);
                continue;
            }
            long ms = relative ? at - unit.nowMs() : at;
            unit.reply().integer(seconds ? (ms + 999) / 1000 : ms);
        }
    }

    /** When a field expires; also absent if that was before now. */
    private static long liveTime(ExecutionUnit unit, long entry, Slice field) {
        if (entry == Database.NONE) {
            return HashTimes.ABSENT;
        }
        long at = HashTimes.of(Entry.root(entry), field.address(), field.length());
        return at < unit.nowMs() ? HashTimes.ABSENT : at;
    }

    static void persist(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.HASH);
        Fields fields = Fields.parse(unit, 2, Fields.NOT_POSITIVE);
        unit.reply().array(fields.count());
        boolean changed = false;
        for (int i = 0; i < fields.count(); i++) {
            Slice field = fields.get(unit, i);
            long at = liveTime(unit, entry, field);
            if (at == HashTimes.ABSENT || at == HashValue.NEVER) {
                unit.reply().integer(at == HashValue.NEVER ? LASTS : NO_FIELD);
                continue;
            }
            long root = Entry.root(entry);
            root =
                    HashTimes.set(
                            unit.slab(key), root, field.address(), field.length(), HashValue.NEVER);
            Hashes.put(unit, key, entry, root);
            unit.reply().integer(DONE);
            changed = true;
        }
        if (changed) {
            unit.effects().changed(key, Event.HPERSIST);
        }
    }
}
