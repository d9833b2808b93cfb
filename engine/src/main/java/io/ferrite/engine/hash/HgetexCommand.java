package io.ferrite.engine.hash;

import io.ferrite.engine.Effects;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.string.Ttl;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;

/**
 * HGETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST] FIELDS count field [field ...]: the
 * values, and the fields get a time, or lose theirs.
 *
 * <p>Passed on as HPEXPIREAT or HPERSIST, with an HDEL for each field whose new time has passed.
 */
final class HgetexCommand {

    private HgetexCommand() {}

    static void hgetex(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.HASH);
        boolean persist = unit.arg(2).isWord("PERSIST");
        Ttl.Unit how = Ttl.unit(unit.arg(2));
        long atMs = Ttl.NO_MOMENT;
        if (how != null) {
            boolean relative = how == Ttl.Unit.EX || how == Ttl.Unit.PX;
            boolean seconds = how == Ttl.Unit.EX || how == Ttl.Unit.EXAT;
            atMs = FieldTime.parse(unit, unit.arg(3), relative, seconds);
        }
        Fields fields = Fields.parse(unit, how != null ? 4 : persist ? 3 : 2, Fields.NOT_POSITIVE);
        LiveHash hash = new LiveHash(unit, key, entry);
        if (how != null && entry != Database.NONE) {
            hash.put(HashTimes.prepare(unit.slab(key), Entry.root(entry)));
        }
        boolean[] updated = new boolean[fields.count()];
        int updates = 0;
        int deleted = 0;
        ListpackItem value = new ListpackItem();
        unit.reply().array(fields.count());
        for (int i = 0; i < fields.count(); i++) {
            Slice field = fields.get(unit, i);
            if (!hash.get(field, value)) {
                unit.reply().nil();
                continue;
            }
            Hashes.reply(unit.reply(), value);
            if (persist) {
                updated[i] = persist(unit, key, hash, field);
            } else if (how != null) {
                updated[i] = FieldTimeCommands.setTime(unit, key, hash, field, atMs);
                deleted += updated[i] ? 0 : 1;
            }
            updates += updated[i] ? 1 : 0;
        }
        boolean gone = hash.isEmpty();
        hash.finish();
        if (updates + deleted > 0) {
            Event event = persist ? Event.HPERSIST : deleted > 0 ? Event.HDEL : Event.HEXPIRE;
            unit.effects().changed(key, event);
            unit.effects().count(updates + deleted - 1L);
            unit.effects().instead();
            if (gone && hash.entry() != Database.NONE) {
                unit.database().delete(key);
                unit.effects().notify(key, Event.DEL);
            }
            if (updates > 0) {
                passOn(unit, key, persist, atMs, fields, updated, updates);
            }
        }
    }

    private static boolean persist(ExecutionUnit unit, Slice key, LiveHash hash, Slice field) {
        long root = Entry.root(hash.entry());
        if (HashTimes.of(root, field.address(), field.length()) == HashValue.NEVER) {
            return false;
        }
        long never = HashValue.NEVER;
        hash.put(HashTimes.set(unit.slab(key), root, field.address(), field.length(), never));
        return true;
    }

    private static void passOn(
            ExecutionUnit unit,
            Slice key,
            boolean persist,
            long atMs,
            Fields fields,
            boolean[] updated,
            int updates) {
        Effects out = unit.effects().command((persist ? 4 : 5) + updates);
        if (persist) {
            out.word("HPERSIST").arg(key);
        } else {
            out.word("HPEXPIREAT").arg(key).number(atMs);
        }
        out.word("FIELDS").number(updates);
        for (int i = 0; i < updated.length; i++) {
            if (updated[i]) {
                out.arg(fields.get(unit, i));
            }
        }
    }
}
