package io.ferrite.store;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.snapshot.DetachedTable;
import io.ferrite.store.snapshot.SnapshotSink;
import io.ferrite.store.snapshot.SnapshotWalk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All databases, over all tables and stripes.
 *
 * <pre>
 *   key --hash, or slot--> table --low bits--> stripe: one lock (the gate's), one slab
 * </pre>
 *
 * <p>A key is in the same table and stripe in every database. No synchronisation here: for what
 * concerns a key the caller holds its stripe, for what concerns all, all stripes. Sizes may be read
 * without.
 */
public final class Keyspace implements AutoCloseable {

    /** Snapshot walks that may be on their way at a time. */
    public static final int MAX_WALKS = 8;

    /** Elements and blocks of a value that is written as a whole as fast as it is frozen. */
    private static final long SMALL = 4096;

    private final Slab[] slabs;
    private final ValueOperations[] values;
    private final Database[] databases;
    private final AccessClock access;
    private final int tables;
    private final boolean bySlot;

    /** By stripe. */
    private final ReleaseQueue[] releases;

    private final List<List<DetachedTable>> detached = new ArrayList<>();

    /** By lasting number: as they were before any SWAPDB. */
    private final Database[] original;

    /** The color of new entries; changes only under all stripes. */
    private int colors;

    private final SnapshotWalk[] walks = new SnapshotWalk[MAX_WALKS];

    private final KeyspaceSettings settings;

    public Keyspace(KeyspaceSettings settings) {
        this(settings, new AccessClock(settings.seed()));
    }

    private Keyspace(KeyspaceSettings settings, AccessClock access) {
        this.settings = settings;
        this.access = access;
        slabs = settings.slabs().clone();
        values = settings.values().clone();
        tables = settings.tables();
        bySlot = settings.bySlot();
        databases = new Database[settings.databases()];
        for (int i = 0; i < databases.length; i++) {
            databases[i] = new Database(this, i);
        }
        original = databases.clone();
        releases = new ReleaseQueue[slabs.length];
        for (int i = 0; i < slabs.length; i++) {
            releases[i] = new ReleaseQueue(this, slabs[i]);
            detached.add(new ArrayList<>());
        }
    }

    public int tables() {
        return tables;
    }

    /** Whether a key's table is its hash slot, as on a node of a cluster. */
    public boolean isBySlot() {
        return bySlot;
    }

    public int stripes() {
        return slabs.length;
    }

    public int databases() {
        return databases.length;
    }

    public int tableOf(Slice key) {
        return bySlot ? key.slot() : (int) key.hash() & tables - 1;
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

    // ---------------------------------------------------------------- other data

    /**
     * An empty keyspace over the same slabs: a key has the same table and stripe in both, and the
     * same locks guard both. It is filled aside to {@link #takeOver} later.
     */
    public Keyspace twin() {
        Keyspace twin = new Keyspace(settings, access);
        twin.colors = colors;
        return twin;
    }

    /**
     * Whether {@link #takeOver} may be called: no walk is on its way that would take a twin's
     * entries for its own. The caller holds all stripes.
     */
    public boolean mayTakeOver(Keyspace twin) {
        if (twin.colors == colors) {
            return true; // every walk began before the twin was made: its entries are news to none
        }
        for (SnapshotWalk walk : walks) {
            if (walk != null) {
                return false;
            }
        }
        return true;
    }

    /**
     * Puts a twin's data in the place of this keyspace's own, which is freed by {@link
     * #releaseSome}; the twin is empty afterwards. The caller holds all stripes and has asked
     * {@link #mayTakeOver}.
     */
    public void takeOver(Keyspace twin) {
        for (int i = 0; i < databases.length; i++) {
            for (int table = 0; table < tables; table++) {
                databases[i].clear(table);
            }
            databases[i].takeOver(twin.databases[i]);
        }
        for (int stripe = 0; stripe < releases.length; stripe++) {
            releases[stripe].takeOver(twin.releases[stripe]);
        }
        colors = twin.colors;
    }

    // ---------------------------------------------------------------- snapshots

    /**
     * Begins a walk over all that is in the keyspace now; the caller holds all stripes. Null when
     * there are {@link #MAX_WALKS} on their way, abandoned ones that were not stepped to their end
     * included.
     */
    public SnapshotWalk startWalk(SnapshotSink sink) {
        for (int i = 0; i < MAX_WALKS; i++) {
            if (walks[i] == null) {
                colors ^= 1 << i;
                walks[i] = new SnapshotWalk(this, 1 << i, original, sink);
                return walks[i];
            }
        }
        return null;
    }

    /** The color of new entries; only for walks. */
    public int colors() {
        return colors;
    }

    /** Only for a walk, about itself. */
    public void walkFinished(int bit) {
        walks[Integer.numberOfTrailingZeros(bit)] = null;
    }

    /** Flushed tables of a stripe that walks have not been through; only for walks. */
    public List<DetachedTable> detached(int stripe) {
        return detached.get(stripe);
    }

    /** No walk needs this table any more; only for walks. */
    public void releaseDetached(int stripe, DetachedTable table) {
        detached.get(stripe).remove(table);
        releases[stripe].addTable(table.root());
    }

    /** Lets the walks see an entry whose color says that they have not yet. */
    void handOut(int lastingNumber, long entry, int pending) {
        for (int i = 0; i < MAX_WALKS; i++) {
            if ((pending & 1 << i) != 0) {
                walks[i].handOut(lastingNumber, entry);
            }
        }
    }

    /**
     * What a key with a large value is now: an entry of its own, in no table, which can be read
     * without any lock whatever becomes of the key, until {@link #thaw}. Nothing is copied but the
     * entry; who changes the value copies what it changes. {@link Database#NONE} if the value is
     * small, or of a type that has no such thing. The caller holds the key's stripe.
     */
    public long freeze(long entry) {
        int type = Entry.type(entry);
        if (type == Type.STRING
                || values[type].effort(Entry.encoding(entry), Entry.root(entry)) <= SMALL) {
            return Database.NONE;
        }
        Slab slab = slab(stripeOf(new Slice(Entry.keyAddress(entry), Entry.keyLength(entry))));
        long root = values[type].freeze(slab, Entry.root(entry));
        if (root == 0) {
            return Database.NONE;
        }
        long frozen = slab.take(Entry.size(entry), MemoryTag.ENTRY);
        Memory.copy(entry, frozen, Entry.size(entry));
        Entry.setWord(frozen, root);
        return frozen;
    }

    /** Gives up what was frozen. The caller holds all stripes: the key may have moved. */
    public void thaw(long frozen) {
        int stripe = stripeOf(new Slice(Entry.keyAddress(frozen), Entry.keyLength(frozen)));
        int type = Entry.type(frozen);
        long rest = values[type].thaw(slabs[stripe], Entry.root(frozen));
        if (rest != 0) {
            releases[stripe].releaseRest(type, Entry.encoding(frozen), rest);
        }
        slabs[stripe].give(frozen, Entry.size(frozen), MemoryTag.ENTRY);
    }

    // ---------------------------------------------------------------- freeing

    /** Takes over a table that was flushed. */
    void detach(int lastingNumber, int table, long root) {
        int stripe = stripeOfTable(table);
        int wanting = 0;
        for (int i = 0; i < MAX_WALKS; i++) {
            SnapshotWalk walk = walks[i];
            if (walk != null && !walk.isThrough(lastingNumber, table)) {
                wanting |= 1 << i;
            }
        }
        if (wanting == 0) {
            releases[stripe].addTable(root);
        } else {
            detached.get(stripe).add(new DetachedTable(lastingNumber, table, root, wanting));
        }
    }

    ReleaseQueue releases(int table) {
        return releases[stripeOfTable(table)];
    }

    /**
     * Frees some of what was removed and is too large to free at once, about {@code budget}
     * elements, in one stripe; says whether something is left.
     */
    public boolean releaseSome(int stripe, int budget) {
        return releases[stripe].releaseSome(budget);
    }

    /** Values and flushed tables of a stripe that wait to be freed. */
    public int pendingReleases(int stripe) {
        return releases[stripe].size();
    }

    /** Values and flushed tables that wait to be freed. */
    public long pendingReleases() {
        long sum = 0;
        for (ReleaseQueue queue : releases) {
            sum += queue.size();
        }
        return sum;
    }

    /**
     * Keys that were flushed and values that wait to be freed. Any thread may ask; the number is
     * one that was right lately.
     */
    public long pendingObjects() {
        return Arrays.stream(releases).mapToLong(ReleaseQueue::pending).sum();
    }

    /** As {@link #pendingObjects}: those that waited and are freed now, since the beginning. */
    public long freedObjects() {
        return Arrays.stream(releases).mapToLong(ReleaseQueue::freed).sum();
    }

    /** Gives everything back; walks end without having seen the rest. */
    @Override
    public void close() {
        Arrays.fill(walks, null);
        for (Database database : databases) {
            for (int table = 0; table < tables; table++) {
                database.clear(table);
            }
        }
        for (int stripe = 0; stripe < slabs.length; stripe++) {
            for (DetachedTable table : List.copyOf(detached.get(stripe))) {
                releaseDetached(stripe, table);
            }
            while (releaseSome(stripe, Integer.MAX_VALUE)) {
                // goes on
            }
        }
    }
}
