package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;

/** Removes the keys of slots, such as are somebody else's now. */
final class SlotKeys {

    /** Keys removed under a stripe before it is let go. */
    private static final int BATCH = 64;

    private final Node node;
    private final Slice key = new Slice();

    SlotKeys(Node node) {
        this.node = node;
    }

    void delete(SlotSet slots) {
        Keyspace keyspace = node.engine().keyspace();
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            for (int i = 0; i < keyspace.databases(); i++) {
                while (keyspace.database(i).size(slot) > 0) {
                    int table = slot;
                    int index = i;
                    node.runInternal(
                            1L << keyspace.stripeOfTable(slot),
                            unit -> deleteSome(unit, index, table));
                }
            }
        }
    }

    /** Removes the keys of slots within a unit that holds all stripes. */
    void deleteIn(ExecutionUnit unit, SlotSet slots) {
        int before = unit.databaseIndex();
        unit.effects().instead();
        slots.forEach(slot -> {
            for (int i = 0; i < unit.keyspace().databases(); i++) {
                while (unit.keyspace().database(i).size(slot) > 0) {
                    deleteSome(unit, i, slot);
                }
            }
        });
        unit.selectDatabase(before);
    }

    /** Removes some of the keys of a slot, whose stripe is held. */
    void deleteSome(ExecutionUnit unit, int index, int table) {
        Database database = unit.keyspace().database(index);
        unit.selectDatabase(index);
        unit.effects().apart();
        for (int i = 0; i < BATCH && database.size(table) > 0; i++) {
            long[] found = {Database.NONE};
            long cursor = 0;
            do {
                cursor = database.scanTable(table, cursor, 1, entry -> found[0] = entry);
            } while (found[0] == Database.NONE && cursor != 0);
            if (found[0] == Database.NONE) {
                return;
            }
            // The key lies inside the entry that goes away, so everything is said before that.
            key.set(Entry.keyAddress(found[0]), Entry.keyLength(found[0]));
            unit.effects().also(index, 2).word("DEL").arg(key);
            unit.effects().changed(index, key, Event.DEL);
            database.delete(key);
        }
    }
}
