package io.ferrite.store;

import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.HashSlot;

/**
 * All databases, over all tables and stripes.
 *
 * <pre>
 *   key --hash, or slot--> table --low bits--> stripe: one lock (the gate's), one slab
 * </pre>
 *
 * <p>A key is in the same table and stripe in every database. No synchronisation here: for what concerns a
 * key the caller holds its stripe, for what concerns all, all stripes. Sizes may be read without.
 */
public final class Keyspace implements AutoCloseable {

    private final Slab[] slabs;
    private final ValueOperations[] values;
    private final Database[] databases;
    private final AccessClock access;
    private final int tables;
    private final boolean bySlot;

    /** The color of new entries, and the bits of it that stand for a walk that is on its way. */
    private int colors;

    private int walking;

    public Keyspace(KeyspaceSettings settings) {
        slabs = settings.slabs().clone();
        values = settings.values().clone();
        tables = settings.tables();
        bySlot = settings.bySlot();
        access = new AccessClock(settings.seed());
        databases = new Database[settings.databases()];
        for (int i = 0; i < databases.length; i++) {
            databases[i] = new Database(this, i);
        }
    }

    public int tables() {
        return tables;
    }

    public int stripes() {
        return slabs.length;
    }

    public int databases() {
        return databases.length;
    }

    public int tableOf(Slice key) {
        return bySlot
                ? HashSlot.of(key.address(), key.length())
                : (int) key.hash() & tables - 1;
    }

    public int stripeOf(Slice key) {
        return stripeOfTable(tableOf(key));
    }

    public int stripeOfTable(int table) {
        return table & slabs.length - 1;
    }

    public Database database(int index) {
        return databases[index];
    }

    /** Lets two databases change places; the caller holds all stripes. */
    public void swap(int a, int b) {
        Database first = databases[a];
        databases[a] = databases[b];
        databases[b] = first;
        databases[a].index(a);
        databases[b].index(b);
    }

    public Slab slab(int stripe) {
        return slabs[stripe];
    }

    Slab slabOfTable(int table) {
        return slabs[stripeOfTable(table)];
    }

    /** The clock that new and touched keys are stamped with. */
    public AccessClock access() {
        return access;
    }

    ValueOperations values(int type) {
        return values[type];
    }

    int colors() {
        return colors;
    }

    int walking() {
        return walking;
    }

    void handOut(Database database, long entry, int pending) {
        throw new IllegalStateException("no walk is on its way");
    }

    /** Gives everything back. */
    @Override
    public void close() {
        for (Database database : databases) {
            for (int table = 0; table < tables; table++) {
                database.clear(table);
            }
        }
    }
}
