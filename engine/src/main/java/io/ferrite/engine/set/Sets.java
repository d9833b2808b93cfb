package io.ferrite.engine.set;

import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.SetLimits;
import io.ferrite.store.value.SetValue;

/** What the set commands share. */
final class Sets {

    private Sets() {}

    static SetLimits limits(ExecutionUnit unit) {
        return unit.engine().limits().set();
    }

    static void reply(ReplyWriter reply, ListpackItem item) {
        if (item.isInteger()) {
            reply.bulkNumber(item.integer());
        } else {
            reply.bulk(item.address(), item.length());
        }
    }

    /** Replies with every member; the header is the caller's. */
    static void replyMembers(ExecutionUnit unit, Slab slab, long root) {
        try (SetCursor cursor = new SetCursor(slab, root)) {
            while (cursor.next()) {
                reply(unit.reply(), cursor.item());
            }
        }
    }

    static void store(ExecutionUnit unit, long entry, long root) {
        unit.database().setRoot(entry, SetValue.encoding(root), root);
    }

    static void put(ExecutionUnit unit, Slice key, long entry, long root) {
        if (entry == Database.NONE) {
            unit.database().putRoot(key, Type.SET, SetValue.encoding(root), root);
        } else {
            store(unit, entry, root);
        }
    }

    /** Stores a set that has shrunk; removes the key if nothing is left, and says whether. */
    static boolean storeOrDelete(ExecutionUnit unit, Slice key, long entry, long root) {
        store(unit, entry, root);
        if (SetValue.count(root) > 0) {
            return false;
        }
        unit.database().delete(key);
        return true;
    }

    static boolean contains(long entry, Slice member) {
        return SetValue.contains(Entry.root(entry), member);
    }
}
