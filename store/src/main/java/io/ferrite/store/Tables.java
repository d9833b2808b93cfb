package io.ferrite.store;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.expiry.ExpiryHeap;
import io.ferrite.store.expiry.PlaceKeeper;
import io.ferrite.store.index.ElementSink;
import io.ferrite.store.index.HashIndex;
import java.util.random.RandomGenerator;

/**
 * Where a database keeps its entries: for each table an index by key and, from the first key that
 * expires on, a heap by time. It moves entries in and out; what happens to them, and who must know,
 * is {@link Database}'s affair.
 */
final class Tables {

    private final Keyspace keyspace;

    /** By table; 0 until there is a key. */
    private final long[] roots;

    /** Heaps of the keys that expire, by table; 0 where there are none. */
    private final long[] heaps;

    /** Heaps of the hashes of which a field expires, likewise. */
    private final long[] fieldHeaps;

    private final Counts counts;

    Tables(Keyspace keyspace) {
        this.keyspace = keyspace;
        roots = new long[keyspace.tables()];
        heaps = new long[keyspace.tables()];
        fieldHeaps = new long[keyspace.tables()];
        counts = new Counts(keyspace.tables(), keyspace.stripes());
    }

    Counts counts() {
        return counts;
    }

    long root(int table) {
        return roots[table];
    }

    /** The heap of the keys that expire; 0 where there are none. */
    long heap(int table) {
        return heaps[table];
    }

    /** The heap of the hashes of which a field expires; 0 where there are none. */
    long fieldHeap(int table) {
        return fieldHeaps[table];
    }

    long find(Slice key) {
        long root = roots[keyspace.tableOf(key)];
        return root == 0
                ? Database.NONE
                : HashIndex.find(
                        root, key.hash(), key.address(), key.length(), EntryLayout.INSTANCE);
    }

    /** Puts an entry in whose key is not there. */
    void link(Slice key, long entry) {
        int table = keyspace.tableOf(key);
        Slab slab = keyspace.slabOfTable(table);
        if (roots[table] == 0) {
            roots[table] = HashIndex.create(slab, EntryLayout.INSTANCE);
        }
        HashIndex.insert(slab, roots[table], key.hash(), entry, EntryLayout.INSTANCE);
        counts.add(table, 1);
    }

    /** Takes an entry, whose value is gone already, out of index and heap and frees it. */
    void unlink(int table, long hash, long entry) {
        Slab slab = keyspace.slabOfTable(table);
        if (Entry.hasExpiry(entry)) {
            forget(table, entry);
        }
        HashIndex.remove(slab, roots[table], hash, entry, EntryLayout.INSTANCE);
        counts.add(table, -1);
        slab.give(entry, Entry.size(entry), MemoryTag.ENTRY);
    }

    /** An entry, that has room for it, expires. */
    void remember(int table, long atMs, long entry) {
        Entry.setExpireAt(entry, atMs);
        add(heaps, table, atMs, entry, Entry.KEYS);
        counts.addVolatile(table, 1);
        counts.due(table, atMs);
    }

    /** An entry that expires does not, or is on its way out. */
    void forget(int table, long entry) {
        remove(heaps, table, Entry.heapIndex(entry), Entry.KEYS);
        counts.addVolatile(table, -1);
    }

    /**
     * Lets the heap of hashes agree with a {@link TimedRoot}: the next of its fields expires at
     * {@code atMs}, or none does.
     */
    void fieldsExpire(int table, long entry, long atMs) {
        int place = TimedRoot.place(Entry.root(entry));
        counts.due(table, atMs);
        if (place == TimedRoot.NOWHERE) {
            if (atMs != ExpiryHeap.NEVER) {
                add(fieldHeaps, table, atMs, entry, TimedRoot.HASHES);
                counts.addTimed(table, 1);
            }
        } else if (atMs != ExpiryHeap.NEVER) {
            ExpiryHeap.change(fieldHeaps[table], place, atMs, TimedRoot.HASHES);
        } else {
            remove(fieldHeaps, table, place, TimedRoot.HASHES);
            TimedRoot.setPlace(Entry.root(entry), TimedRoot.NOWHERE);
            counts.addTimed(table, -1);
        }
    }

    private void add(long[] in, int table, long atMs, long entry, PlaceKeeper keeper) {
        Slab slab = keyspace.slabOfTable(table);
        if (in[table] == 0) {
            in[table] = ExpiryHeap.create(slab, keeper);
        }
        ExpiryHeap.add(slab, in[table], atMs, entry, keeper);
    }

    private void remove(long[] in, int table, int place, PlaceKeeper keeper) {
        Slab slab = keyspace.slabOfTable(table);
        ExpiryHeap.remove(slab, in[table], place, keeper);
        if (ExpiryHeap.size(in[table]) == 0) {
            ExpiryHeap.free(slab, in[table], keeper);
            in[table] = 0;
        }
    }

    /**
     * Gives an entry other flags and another length of its embedded value: in the same block if
     * that has the right size. Value parts of the same size, and the front of embedded bytes, are
     * kept; so is a place in the heap if there is one before and after.
     */
    long reshape(Slice key, long entry, int flags, int embedded) {
        int oldFlags = Entry.flags(entry);
        if (flags == oldFlags && embedded == Entry.embeddedLength(entry)) {
            return entry;
        }
        int keyLength = key.length();
        long oldSize = Entry.size(entry);
        long size = Entry.size(flags, keyLength, embedded);
        if (flags == oldFlags && Slab.roundUp(size) == Slab.roundUp(oldSize)) {
            Entry.setEmbeddedLength(entry, embedded);
            return entry;
        }
        int table = keyspace.tableOf(key);
        Slab slab = keyspace.slabOfTable(table);
        int access = Entry.access(entry);
        long moved =
                Entry.create(slab, flags, Entry.keyAddress(entry), keyLength, embedded, access);
        Entry.setKind(moved, Entry.type(entry), Entry.encoding(entry));
        Entry.setColors(moved, Entry.colors(entry));
        Entry.copyValuePart(entry, moved);
        if ((flags & oldFlags & Entry.HAS_EXPIRY) != 0) {
            Entry.setExpireAt(moved, Entry.expireAt(entry));
            ExpiryHeap.moved(heaps[table], Entry.heapIndex(entry), moved, Entry.KEYS);
        }
        if (TimedRoot.isOf(moved) && TimedRoot.place(Entry.root(moved)) != TimedRoot.NOWHERE) {
            int place = TimedRoot.place(Entry.root(moved));
            ExpiryHeap.moved(fieldHeaps[table], place, moved, TimedRoot.HASHES);
        }
        HashIndex.replace(roots[table], key.hash(), entry, moved);
        slab.give(entry, oldSize, MemoryTag.ENTRY);
        return moved;
    }

    /** Empties a table; answers the index with its entries, which is the caller's now, or 0. */
    long cutOff(int table) {
        long root = roots[table];
        if (root == 0) {
            return 0;
        }
        roots[table] = 0;
        counts.add(table, -counts.ofTable(table));
        Slab slab = keyspace.slabOfTable(table);
        if (heaps[table] != 0) {
            counts.addVolatile(table, -ExpiryHeap.size(heaps[table]));
            ExpiryHeap.free(slab, heaps[table], Entry.KEYS);
            heaps[table] = 0;
        }
        if (fieldHeaps[table] != 0) {
            counts.addTimed(table, -ExpiryHeap.size(fieldHeaps[table]));
            ExpiryHeap.free(slab, fieldHeaps[table], TimedRoot.HASHES);
            fieldHeaps[table] = 0;
        }
        return root;
    }

    /** Takes everything out of another's tables; these are empty. */
    void takeOver(Tables other) {
        for (int table = 0; table < roots.length; table++) {
            roots[table] = other.roots[table];
            heaps[table] = other.heaps[table];
            fieldHeaps[table] = other.fieldHeaps[table];
            other.roots[table] = 0;
            other.heaps[table] = 0;
            other.fieldHeaps[table] = 0;
        }
        counts.takeOver(other.counts);
    }

    /** See {@link Database#scanTable}. */
    long scan(int table, long cursor, int count, EntrySink sink) {
        long root = roots[table];
        if (root == 0) {
            return 0;
        }
        ScanCounter counter = new ScanCounter(sink);
        long next = cursor;
        // Empty buckets count too, so that a call ends in a table where most keys are gone.
        long steps = 0;
        do {
            next = HashIndex.scan(root, next, counter);
            steps++;
        } while (next != 0 && counter.told < count && steps < 10L * count);
        return next;
    }

    /** See {@link Database#scan}. */
    long scan(long cursor, int count, EntrySink sink) {
        int tables = roots.length;
        int table = (int) Long.remainderUnsigned(cursor, tables);
        long inside = Long.divideUnsigned(cursor, tables);
        ScanCounter counter = new ScanCounter(sink);
        while (table < tables) {
            inside = scan(table, inside, count - counter.told, counter);
            if (inside != 0) {
                return inside * tables + table;
            }
            table++;
            if (counter.told >= count) {
                break;
            }
        }
        return table == tables ? 0 : table;
    }

    long random(int table, RandomGenerator random) {
        return roots[table] == 0 ? Database.NONE : HashIndex.random(roots[table], random);
    }

    /** Passes on and counts. */
    private static final class ScanCounter implements EntrySink, ElementSink {

        private final EntrySink sink;
        private int told;

        ScanCounter(EntrySink sink) {
            this.sink = sink;
        }

        @Override
        public void entry(long entry) {
            told++;
            sink.entry(entry);
        }

        @Override
        public void element(long entry) {
            entry(entry);
        }
    }
}
