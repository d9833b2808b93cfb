package io.ferrite.engine;

import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;

/**
 * What becomes of fields whose time has passed. A leader removes them where a command meets them,
 * or when their time comes, and tells followers in HDELs; a follower only hides them. None of this
 * is a change of the command that met them.
 */
public final class FieldExpiry {

    private FieldExpiry() {}

    /** Whether this unit may remove what has expired; else it hides it. */
    public static boolean mayRemove(ExecutionUnit unit) {
        return !unit.session().has(Session.LEADER)
                && !unit.engine().isFollower()
                && unit.engine().mayExpire();
    }

    /** Tells followers of a field that is removed right afterwards. */
    public static void announce(ExecutionUnit unit, int database, Slice key, ListpackItem field) {
        unit.effects().also(database, 3).word("HDEL").arg(key).arg(field);
        unit.stats().expiredFields++;
    }

    /**
     * Tells listeners that fields have expired, and removes a hash that has none left: its entry is
     * gone then, which is what true means.
     */
    public static boolean settle(ExecutionUnit unit, int database, Slice key, long entry) {
        boolean empty = HashValue.count(Entry.root(entry)) == 0;
        unit.engine().keyTouched(unit, database, key, empty);
        unit.effects().notify(database, key, Event.HEXPIRED);
        if (empty) {
            unit.effects().notify(database, key, Event.DEL);
            unit.keyspace().database(database).delete(key);
        }
        return empty;
    }

    /**
     * Removes fields of a hash whose time has passed, at most {@code max}, and the hash if none is
     * left. The caller has the stripe; answers how many fields went.
     */
    public static int removeDue(ExecutionUnit unit, int database, Slice key, long entry, int max) {
        Database in = unit.keyspace().database(database);
        in.aboutToChange(entry);
        Slab slab = unit.slab(key);
        long root = Entry.root(entry);
        long before = HashValue.count(root);
        root =
                HashTimes.removeDue(
                        slab,
                        root,
                        unit.nowMs(),
                        max,
                        field -> announce(unit, database, key, field));
        in.setRoot(entry, HashValue.encoding(root), root);
        int removed = (int) (before - HashValue.count(root));
        if (removed > 0) {
            settle(unit, database, key, entry);
        }
        return removed;
    }
}
