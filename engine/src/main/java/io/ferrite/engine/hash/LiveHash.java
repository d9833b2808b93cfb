package io.ferrite.engine.hash;

import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.FieldExpiry;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;

/**
 * A hash as a command sees it that reads it field by field: fields whose time has passed are not
 * there. They are removed as they are met; {@link #finish} says so and ends a hash that is left
 * without fields. The command may set and remove others in between.
 */
final class LiveHash {

    private final ExecutionUnit unit;
    private final Slice key;
    private long entry;
    private int expired;

    /**
     * @param entry of the key; {@link Database#NONE} for a hash without fields
     */
    LiveHash(ExecutionUnit unit, Slice key, long entry) {
        this.unit = unit;
        this.key = key;
        this.entry = entry;
    }

    long entry() {
        return entry;
    }

    /** The root of a hash that is there. */
    long root() {
        return Entry.root(entry);
    }

    /** Shows a field's value; false if there is no such field. */
    boolean get(Slice field, ListpackItem value) {
        if (entry == Database.NONE) {
            return false;
        }
        long root = Entry.root(entry);
        return HashValue.get(root, field, value) && !passed(root, field);
    }

    /** Whether the time of a field, which is there, has passed; it is removed then. */
    private boolean passed(long root, Slice field) {
        if (!HashTimes.isReady(root)
                || HashTimes.of(root, field.address(), field.length()) >= unit.nowMs()
                || unit.session().has(Session.LEADER)) {
            return false;
        }
        if (FieldExpiry.mayRemove(unit)) {
            ListpackItem name = new ListpackItem().setBytes(field.address(), field.length());
            FieldExpiry.announce(unit, unit.databaseIndex(), key, name);
            unit.database().aboutToChange(entry);
            remove(field);
            expired++;
        }
        return true;
    }

    /** Removes a field that is there; says nothing about it to anybody. */
    void remove(Slice field) {
        long root = Entry.root(entry);
        root = HashValue.remove(unit.slab(key), root, field.address(), field.length());
        Hashes.put(unit, key, entry, root);
    }

    /** The hash has a new root. */
    void put(long root) {
        Hashes.put(unit, key, entry, root);
        if (entry == Database.NONE) {
            entry = unit.database().find(key);
        }
    }

    /** Whether there are no fields left. */
    boolean isEmpty() {
        return entry == Database.NONE || HashValue.count(Entry.root(entry)) == 0;
    }

    /** How many fields were removed because their time had passed. */
    int expired() {
        return expired;
    }

    /** To be called when no more is read; {@link #entry} may be none afterwards. */
    void finish() {
        if (expired > 0 && FieldExpiry.settle(unit, unit.databaseIndex(), key, entry)) {
            entry = Database.NONE;
        }
        expired = 0;
    }
}
