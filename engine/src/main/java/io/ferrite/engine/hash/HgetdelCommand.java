package io.ferrite.engine.hash;

import io.ferrite.engine.Effects;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;

/** HGETDEL key FIELDS count field [field ...]: the values, then the fields are gone. */
final class HgetdelCommand {

    private HgetdelCommand() {}

    static void hgetdel(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.HASH);
        Fields fields = Fields.parse(unit, 2, Fields.NOT_POSITIVE);
        LiveHash hash = new LiveHash(unit, key, entry);
        ListpackItem value = new ListpackItem();
        boolean[] removed = new boolean[fields.count()];
        int deleted = 0;
        unit.reply().array(fields.count());
        for (int i = 0; i < fields.count(); i++) {
            Slice field = fields.get(unit, i);
            if (hash.get(field, value)) {
                Hashes.reply(unit.reply(), value);
                hash.remove(field);
                removed[i] = true;
                deleted++;
            } else {
                unit.reply().nil();
            }
        }
        boolean gone = hash.isEmpty();
        hash.finish();
        if (deleted == 0) {
            return;
        }
        if (gone && hash.entry() != Database.NONE) {
            unit.database().delete(key);
        }
        unit.effects().changed(key, Event.HDEL);
        unit.effects().count(deleted - 1L);
        if (gone && hash.entry() != Database.NONE) {
            unit.effects().notify(key, Event.DEL);
        }
        Effects out = unit.effects().command(2 + deleted).word("HDEL").arg(key);
        for (int i = 0; i < fields.count(); i++) {
            if (removed[i]) {
                out.arg(fields.get(unit, i));
            }
        }
    }
}
