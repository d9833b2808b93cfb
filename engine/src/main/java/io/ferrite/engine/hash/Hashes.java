package io.ferrite.engine.hash;

import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.PackedLimits;

/** What the hash commands share. */
final class Hashes {

    private Hashes() {}

    static PackedLimits limits(ExecutionUnit unit) {
        return unit.engine().limits().hash();
    }

    static void reply(ReplyWriter reply, ListpackItem item) {
        if (item.isInteger()) {
            reply.bulkNumber(item.integer());
        } else {
            reply.bulk(item.address(), item.length());
        }
    }

    /** The hash of an entry, or a new one; {@link #put} stores what becomes of it. */
    static long rootOrNew(Slab slab, long entry) {
        return entry == Database.NONE ? HashValue.create(slab) : Entry.root(entry);
    }

    static void put(ExecutionUnit unit, Slice key, long entry, long root) {
        if (entry == Database.NONE) {
            unit.database().putRoot(key, Type.HASH, HashValue.encoding(root), root);
        } else {
            unit.database().setRoot(entry, HashValue.encoding(root), root);
        }
    }

    /**
     * Shows a field's value; false if the entry is none or has no such field. The entry may be gone
     * afterwards, if the field was its last and has expired: see {@link LiveHash}.
     */
    static boolean get(ExecutionUnit unit, Slice key, long entry, Slice field, ListpackItem value) {
        if (entry == Database.NONE) {
            return false;
        }
        long root = Entry.root(entry);
        if (!HashTimes.isReady(root)) {
            return HashValue.get(root, field, value);
        }
        LiveHash hash = new LiveHash(unit, key, entry);
        boolean there = hash.get(field, value);
        hash.finish();
        return there;
    }
}
