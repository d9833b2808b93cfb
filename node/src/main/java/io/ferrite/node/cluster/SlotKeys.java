package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes the keys of slots, such as are somebody else's now. On loop 0, but for what is done
 * within a unit.
 */
final class SlotKeys {

    /** Keys removed under a stripe before it is let go. */
    private static final int BATCH = 64;

    /** Batches before clients are served, and how long these have then. */
    private static final int BATCHES = 4;

    /** Not 0: an event loop does what was handed to it, however much, before it reads again. */
    private static final int PAUSE_MS = 1;

    private final Node node;
    private final Slice key = new Slice();

    /**
     * Up to where a table has been emptied: what lies before is not looked through for each key.
     */
    private long cursor;

    private int cursorTable = -1;
    private int cursorDatabase;

    private final List<Runnable> whenGone = new ArrayList<>();
    private SlotSet left = SlotSet.EMPTY;
    private TrimStats stats = TrimStats.NONE;

    SlotKeys(Node node) {
        this.node = node;
    }

    /**
     * Removes the keys of slots that are nobody's here, some at a time, so that clients are served
     * in between; on loop 0.
     *
     * @param done what to do when they are gone, or belong here by now
     */
    void delete(SlotSet slots, Runnable done) {
        boolean running;
        synchronized (this) {
            running = !whenGone.isEmpty();
            left = left.plus(slots);
            whenGone.add(done);
            stats = stats.begun(running, keysIn(slots));
        }
        if (!running) {
            deleteMore();
        }
    }

    private synchronized void trimmed(int keys) {
        stats = stats.trimmed(keys);
    }

    /** How many keys there are in some slots. */
    long keysIn(SlotSet slots) {
        Keyspace keyspace = node.engine().keyspace();
        long keys = 0;
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            for (int i = 0; i < keyspace.databases(); i++) {
                keys += keyspace.database(i).size(slot);
            }
        }
        return keys;
    }

    synchronized TrimStats stats() {
        return stats;
    }

    /** Slots whose keys are being removed. */
    synchronized SlotSet left() {
        return left;
    }

    private synchronized void gone(SlotSet slots) {
        left = left.minus(slots);
    }

    private void deleteMore() {
        for (int i = 0; i < BATCHES; i++) {
            int slot = left().next(0);
            if (slot < 0) {
                List<Runnable> done;
                synchronized (this) {
                    done = List.copyOf(whenGone);
                    whenGone.clear();
                    stats = stats.ended(done.size());
                }
                done.forEach(Runnable::run);
                return;
            }
            int database = isNobodys(slot) ? databaseWithKeys(slot) : -1;
            if (database < 0) {
                gone(SlotSet.of(slot));
                continue;
            }
            node.runInternal(
                    1L << node.engine().keyspace().stripeOfTable(slot),
                    unit -> {
                        if (left().contains(slot)) {
                            trimmed(deleteSome(unit, database, slot));
                        }
                    });
        }
        node.environment().after(0, PAUSE_MS, this::deleteMore);
    }

    private boolean isNobodys(int slot) {
        ClusterView view = node.cluster().view();
        return view.self().isMaster()
                && !view.self().slots().contains(slot)
                && !view.importing().containsKey(slot);
    }

    /** A database that has keys in a slot, or -1. */
    private int databaseWithKeys(int slot) {
        Keyspace keyspace = node.engine().keyspace();
        for (int i = 0; i < keyspace.databases(); i++) {
            if (keyspace.database(i).size(slot) > 0) {
                return i;
            }
        }
        return -1;
    }

    /** Removes the keys of slots within a unit that holds all stripes. */
    void deleteIn(ExecutionUnit unit, SlotSet slots) {
        gone(slots);
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

    /** Removes some of the keys of a slot, whose stripe is held; answers how many. */
    int deleteSome(ExecutionUnit unit, int index, int table) {
        Database database = unit.keyspace().database(index);
        unit.selectDatabase(index);
        unit.effects().apart();
        if (table != cursorTable || index != cursorDatabase) {
            cursor = 0;
            cursorTable = table;
            cursorDatabase = index;
        }
        int i = 0;
        int rounds = 0;
        while (i < BATCH && database.size(table) > 0 && rounds < 2) {
            // Several may be told of at once: so much is looked at again until it is empty.
            long[] found = {Database.NONE};
            long next = database.scanTable(table, cursor, 1, entry -> found[0] = entry);
            if (found[0] == Database.NONE) {
                cursor = next;
                rounds += next == 0 ? 1 : 0;
                continue;
            }
            i++;
            // The key lies inside the entry that goes away, so everything is said before that.
            key.set(Entry.keyAddress(found[0]), Entry.keyLength(found[0]));
            unit.effects().also(index, 2).word("DEL").arg(key);
            unit.effects().changed(index, key, Event.DEL);
            database.delete(key);
        }
        return i;
    }
}
