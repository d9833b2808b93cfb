package io.ferrite.store;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.expiry.ExpiryHeap;
import io.ferrite.store.index.HashIndex;
import java.util.random.RandomGenerator;

/**
 * One database: its keys, in the tables of its {@link Keyspace}.
 *
 * <p>An entry is named by its address, which any change to it may replace: methods that change an entry
 * answer where it is afterwards. Bytes handed in must not be the entry's own, unless it says so. Who
 * calls holds the stripe of the key or table; sizes may be read without.
 *
 * <p>Every change goes through {@link #aboutToChange} first, so that a snapshot walk sees what was.
 */
public final class Database {

    /** No entry. */
    public static final long NONE = 0;

    /** Strings from this length grow in smaller steps, which the allocator takes without a copy. */
    private static final int LARGE = 1 << 20;

    private final Keyspace keyspace;
    private final int lastingNumber;
    private int index;

    /** By table: the index's root, 0 until there is a key, and those with an expiry, null likewise. */
    private final long[] roots;

    private final ExpiryHeap[] heaps;
    private final Counts counts;

    Database(Keyspace keyspace, int index) {
        this.keyspace = keyspace;
        this.lastingNumber = index;
        this.index = index;
        roots = new long[keyspace.tables()];
        heaps = new ExpiryHeap[keyspace.tables()];
        counts = new Counts(keyspace.tables(), keyspace.stripes());
    }

    /** Its number, which SWAPDB changes. */
    public int index() {
        return index;
    }

    void index(int now) {
        index = now;
    }

    // ---------------------------------------------------------------- looking

    /** The entry of a key, whether its time has passed or not; {@link #NONE} if there is none. */
    public long find(Slice key) {
        long root = roots[keyspace.tableOf(key)];
        return root == 0
                ? NONE
                : HashIndex.find(
                        root, key.hash(), key.address(), key.length(), EntryLayout.INSTANCE);
    }

    /**
     * Brings a key's entry near, for a {@link #find} that comes soon. Worth it for several keys in a row,
     * whose cache misses then overlap. The answer means nothing, but must be used.
     */
    public long touchAhead(Slice key) {
        long root = roots[keyspace.tableOf(key)];
        return root == 0 ? 0 : HashIndex.touch(root, key.hash());
    }

    /** As {@link #find}, for one who is going to change the value in place. */
    public long findForWrite(Slice key) {
        long entry = find(key);
        if (entry != NONE) {
            aboutToChange(entry);
        }
        return entry;
    }

    /** To be called before any change of an entry or of what hangs on it. */
    public void aboutToChange(long entry) {
        int pending = Entry.colors(entry) ^ keyspace.colors();
        if (pending != 0) {
            keyspace.handOut(lastingNumber, entry, pending);
        }
    }

    public long size() {
        long sum = 0;
        for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
            sum += counts.ofStripe(stripe);
        }
        return sum;
    }

    public long size(int table) {
        return counts.ofTable(table);
    }

    public long sizeOfStripe(int stripe) {
        return counts.ofStripe(stripe);
    }

    /** Keys that have an expiry. */
    public long volatileCount() {
        long sum = 0;
        for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
            sum += counts.volatileOfStripe(stripe);
        }
        return sum;
    }

    public long volatileCount(int table) {
        ExpiryHeap heap = heaps[table];
        return heap == null ? 0 : heap.size();
    }

    public long volatileCountOfStripe(int stripe) {
        return counts.volatileOfStripe(stripe);
    }

    // ---------------------------------------------------------------- strings

    /**
     * Sets a key to a string, in place of whatever it holds: as a number where it is spelt like one.
     * The bytes must not be those of the value that is replaced.
     */
    public long putString(Slice key, long address, int length, boolean keepTtl) {
        return putString(key, find(key), address, length, keepTtl);
    }

    /** As above, for one who has just found the key's entry, or {@link #NONE}. */
    public long putString(Slice key, long found, long address, int length, boolean keepTtl) {
        if (length <= Decimal.MAX_LENGTH) {
            long number = Decimal.parse(address, length);
            if (Decimal.isNumber(address, length, number)) {
                return putInteger(key, found, number, keepTtl);
            }
        }
        return putText(key, found, address, length, keepTtl);
    }

    /** As {@link #putString}, but even what looks like a number is kept as text. */
    public long putText(Slice key, long found, long address, int length, boolean keepTtl) {
        if (length <= Entry.MAX_EMBEDDED) {
            int encoding = length <= Entry.MAX_EMBSTR ? Encoding.EMBSTR : Encoding.RAW;
            long entry = prepare(key, found, Type.STRING, encoding, 0, length, keepTtl);
            Memory.copy(address, Entry.valueAddress(entry), length);
            return entry;
        }
        long outside = slab(key).take(length, MemoryTag.STRING);
        Memory.copy(address, outside, length);
        long entry = prepare(key, found, Type.STRING, Encoding.RAW, Entry.VALUE_16, 0, keepTtl);
        Entry.setOutside(entry, outside, length, length);
        return entry;
    }

    public long putInteger(Slice key, long value, boolean keepTtl) {
        return putInteger(key, find(key), value, keepTtl);
    }

    /** As above, for one who has just found the key's entry, or {@link #NONE}. */
    public long putInteger(Slice key, long found, long value, boolean keepTtl) {
        long entry = prepare(key, found, Type.STRING, Encoding.INT, Entry.VALUE_8, 0, keepTtl);
        Entry.setWord(entry, value);
        return entry;
    }

    /** Gives an entry that is kept as a number another one, in place. */
    public void setInteger(long entry, long value) {
        aboutToChange(entry);
        Entry.setWord(entry, value);
    }

    /** Adds bytes to the end of a string. */
    public long append(Slice key, long entry, long address, int length) {
        int before = lengthOf(entry);
        long longer = stretch(key, entry, Math.addExact(before, length));
        Memory.copy(address, Entry.valueAddress(longer) + before, length);
        return longer;
    }

    /** Overwrites bytes of a string from an offset; what lies between its end and that becomes zero. */
    public long setRange(Slice key, long entry, int offset, long address, int length) {
        int end = Math.addExact(offset, length);
        long longer = stretch(key, entry, Math.max(end, lengthOf(entry)));
        Memory.copy(address, Entry.valueAddress(longer) + offset, length);
        return longer;
    }

    /**
     * Makes a string writable in place with at least so many bytes: a number becomes text, a short one is
     * filled up with zeros, and it is {@code raw} from now on. There is room for more then, so that
     * what is appended bit by bit is copied a few times at most. With {@link #NONE} the key is made.
     */
    public long stretch(Slice key, long entry, int length) {
        if (entry == NONE) {
            entry = prepare(key, NONE, Type.STRING, Encoding.RAW, 0, 0, false);
        } else {
            aboutToChange(entry);
            if (Entry.isInteger(entry)) {
                entry = spellOut(key, entry);
            }
        }
        Entry.setEncoding(entry, Encoding.RAW);
        int before = Entry.valueLength(entry);
        if (length <= before) {
            return entry;
        }
        entry = makeRoom(key, entry, before, length);
        Memory.fill(Entry.valueAddress(entry) + before, length - before, (byte) 0);
        return entry;
    }

    private int lengthOf(long entry) {
        if (entry == NONE) {
            return 0;
        }
        return Entry.isInteger(entry)
                ? Decimal.length(Entry.integer(entry))
                : Entry.valueLength(entry);
    }

    /** A number as text, in an entry that has room for the text instead of it. */
    private long spellOut(Slice key, long entry) {
        long number = Entry.integer(entry);
        int length = Decimal.length(number);
        entry = reshape(key, entry, Entry.flags(entry) & ~Entry.VALUE_PART, length);
        Decimal.write(number, Entry.valueAddress(entry));
        return entry;
    }

    private long makeRoom(Slice key, long entry, int before, int length) {
        if (Entry.isOutside(entry)) {
            int capacity = Entry.capacity(entry);
            long at = Entry.valueAddress(entry);
            if (length > capacity) {
                int grown = grown(length);
                at = slab(key).resize(at, capacity, grown, MemoryTag.STRING);
                capacity = grown;
            }
            Entry.setOutside(entry, at, length, capacity);
            return entry;
        }
        if (length <= Entry.MAX_EMBEDDED) {
            return reshape(key, entry, Entry.flags(entry), length);
        }
        int capacity = grown(length);
        long outside = slab(key).take(capacity, MemoryTag.STRING);
        Memory.copy(Entry.valueAddress(entry), outside, before);
        entry = reshape(key, entry, Entry.flags(entry) | Entry.VALUE_16, 0);
        Entry.setOutside(entry, outside, length, capacity);
        return entry;
    }

    /** Half as much again, of a large string an eighth, and what the size class has beyond that. */
    private static int grown(int length) {
        long spare = length < LARGE ? length >> 1 : length >> 3;
        return (int) Math.max(length, Math.min(Slab.roundUp(length + spare), Integer.MAX_VALUE));
    }

    // ---------------------------------------------------------------- other types

    /** Sets a key to a value of another type, in place of whatever it holds. */
    public long putRoot(Slice key, int type, int encoding, long root, boolean keepTtl) {
        long entry = prepare(key, find(key), type, encoding, Entry.VALUE_8, 0, keepTtl);
        Entry.setWord(entry, root);
        return entry;
    }

    public long putRoot(Slice key, int type, int encoding, long root) {
        return putRoot(key, type, encoding, root, false);
    }

    /** Tells that a value's root has moved, or was converted; its owner freed the old one. */
    public void setRoot(long entry, int encoding, long root) {
        Entry.setEncoding(entry, encoding);
        Entry.setWord(entry, root);
    }

    // ---------------------------------------------------------------- removing and moving

    /** Removes a key and frees its value; says whether it was there. */
    public boolean delete(Slice key) {
        long entry = find(key);
        if (entry == NONE) {
            return false;
        }
        aboutToChange(entry);
        int table = keyspace.tableOf(key);
        releaseValue(table, entry);
        unlink(table, key.hash(), entry);
        return true;
    }

    /**
     * Gives an entry another key, in this or another database, with value, expiry and access clock; what
     * was there is gone. Answers the new entry.
     */
    public long move(Slice from, long entry, Database target, Slice to) {
        aboutToChange(entry);
        target.delete(to);
        int flags = Entry.flags(entry) & ~Entry.LONG_KEY | Entry.flagsOfKey(to.length());
        long atMs = Entry.expireAt(entry);
        long moved =
                Entry.create(
                        target.slab(to),
                        flags,
                        to.address(),
                        to.length(),
                        Entry.embeddedLength(entry),
                        Entry.access(entry));
        Entry.setKind(moved, Entry.type(entry), Entry.encoding(entry));
        Entry.setColors(moved, keyspace.colors());
        Entry.copyValuePart(entry, moved);
        unlink(keyspace.tableOf(from), from.hash(), entry);
        target.link(to, moved);
        if (atMs != Entry.NEVER) {
            target.remember(keyspace.tableOf(to), atMs, moved);
        }
        return moved;
    }

    /** Copies a key's value and expiry to another key; what was there is gone. Answers the new entry. */
    public long copy(long entry, Database target, Slice to) {
        Slab slab = target.slab(to);
        int type = Entry.type(entry);
        long copied;
        if (type != Type.STRING) {
            int encoding = Entry.encoding(entry);
            long root = keyspace.values(type).copy(slab, encoding, Entry.root(entry));
            copied = target.putRoot(to, type, encoding, root);
        } else if (Entry.isOutside(entry)) {
            int length = Entry.valueLength(entry);
            long outside = slab.take(length, MemoryTag.STRING);
            Memory.copy(Entry.valueAddress(entry), outside, length);
            long old = target.find(to);
            copied = target.prepare(to, old, type, Encoding.RAW, Entry.VALUE_16, 0, false);
            Entry.setOutside(copied, outside, length, length);
        } else {
            int part = Entry.flags(entry) & Entry.VALUE_PART;
            int length = Entry.embeddedLength(entry);
            int encoding = Entry.encoding(entry);
            copied = target.prepare(to, target.find(to), type, encoding, part, length, false);
            Entry.copyValuePart(entry, copied);
        }
        long atMs = Entry.expireAt(entry);
        return atMs == Entry.NEVER ? copied : target.setExpire(to, copied, atMs);
    }

    /** Removes all keys of a table: what they took is freed by {@link Keyspace#releaseSome}. */
    public void clear(int table) {
        long root = roots[table];
        if (root == 0) {
            return;
        }
        roots[table] = 0;
        counts.add(table, -counts.ofTable(table));
        if (heaps[table] != null) {
            counts.addVolatile(table, -heaps[table].size());
            heaps[table].free();
        }
        keyspace.detach(lastingNumber, table, root);
    }

    /** The index of a table's entries, 0 if there is none; only for walks. */
    public long root(int table) {
        return roots[table];
    }

    // ---------------------------------------------------------------- expiry and access

    /** Lets a key expire at a time (milliseconds since 1970, not negative). */
    public long setExpire(Slice key, long entry, long atMs) {
        aboutToChange(entry);
        int table = keyspace.tableOf(key);
        if (Entry.hasExpiry(entry)) {
            Entry.setExpireAt(entry, atMs);
            heaps[table].change(Entry.heapIndex(entry), atMs);
            return entry;
        }
        int flags = Entry.flags(entry) | Entry.HAS_EXPIRY;
        long moved = reshape(key, entry, flags, Entry.embeddedLength(entry));
        remember(table, atMs, moved);
        return moved;
    }

    /** Lets a key live for ever. */
    public long clearExpire(Slice key, long entry) {
        if (!Entry.hasExpiry(entry)) {
            return entry;
        }
        aboutToChange(entry);
        forget(keyspace.tableOf(key), entry);
        int flags = Entry.flags(entry) & ~Entry.HAS_EXPIRY;
        return reshape(key, entry, flags, Entry.embeddedLength(entry));
    }

    /** When the next key of a table expires; {@link Long#MAX_VALUE} if none does. */
    public long nextExpiry(int table) {
        ExpiryHeap heap = heaps[table];
        return heap == null ? ExpiryHeap.NEVER : heap.nextAt();
    }

    /**
     * Removes keys of a table whose time has passed, at most {@code max}, in the order of their times.
     * Each is told of while it is still there. Answers how many.
     */
    public int expireSome(int table, long nowMs, int max, EntrySink sink) {
        ExpiryHeap heap = heaps[table];
        int removed = 0;
        while (heap != null && removed < max && heap.nextAt() < nowMs) {
            long entry = heap.entry(0);
            aboutToChange(entry);
            sink.entry(entry);
            releaseValue(table, entry);
            unlink(table, EntryLayout.INSTANCE.hash(entry), entry);
            removed++;
        }
        return removed;
    }

    /**
     * Bytes that a key takes with all that belongs to it, its share of the index included; of a large
     * collection from about {@code samples} elements, or exact where that is 0.
     */
    public long bytes(long entry, int samples) {
        long value =
                Entry.type(entry) == Type.STRING
                        ? 0
                        : keyspace.values(Entry.type(entry))
                                .bytes(Entry.encoding(entry), Entry.root(entry), samples);
        int expiry = Entry.hasExpiry(entry) ? ExpiryHeap.ITEM_BYTES : 0;
        return Entry.bytes(entry) + HashIndex.BYTES_PER_ELEMENT + expiry + value;
    }

    /** Counts an access to a key, for LRU and LFU. */
    public void touch(long entry) {
        keyspace.access().touch(entry);
    }

    // ---------------------------------------------------------------- walking

    /**
     * Tells of at least {@code count} keys of a table, if there are so many more, and answers the cursor
     * to go on with; begins and ends with 0. A key that is there all the time is told of at least once.
     */
    public long scanTable(int table, long cursor, int count, EntrySink sink) {
        long root = roots[table];
        if (root == 0) {
            return 0;
        }
        ScanCounter counter = new ScanCounter(sink);
        long next = cursor;
        // Empty buckets count too, so that a call ends in a table where most keys are gone.
        int steps = 0;
        do {
            next = HashIndex.scan(root, next, counter);
            steps++;
        } while (next != 0 && counter.told < count && steps < 10L * count);
        return next;
    }

    /**
     * As {@link #scanTable} over all tables, one after the other; the caller holds all stripes. The cursor
     * is the table's, times the number of tables, plus the table.
     */
    public long scan(long cursor, int count, EntrySink sink) {
        int tables = keyspace.tables();
        int table = (int) Long.remainderUnsigned(cursor, tables);
        long inside = Long.divideUnsigned(cursor, tables);
        ScanCounter counter = new ScanCounter(sink);
        while (table < tables) {
            inside = scanTable(table, inside, count - counter.told, counter);
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

    /** A key of a table, each as likely as the other; {@link #NONE} if it is empty. */
    public long randomEntry(int table, RandomGenerator random) {
        return roots[table] == 0 ? NONE : HashIndex.random(roots[table], random);
    }

    /** A key of a table among those with an expiry, each as likely as the other. */
    public long randomVolatile(int table, RandomGenerator random) {
        ExpiryHeap heap = heaps[table];
        return heap == null || heap.size() == 0
                ? NONE
                : heap.entry(random.nextInt(heap.size()));
    }

    /** The key of a table that expires next, or {@link #NONE}. */
    public long nextToExpire(int table) {
        ExpiryHeap heap = heaps[table];
        return heap == null || heap.size() == 0 ? NONE : heap.entry(0);
    }

    private static final class ScanCounter implements EntrySink,
            io.ferrite.store.index.ElementSink {

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

    // ---------------------------------------------------------------- the parts

    private Slab slab(Slice key) {
        return keyspace.slab(keyspace.stripeOf(key));
    }

    /** An entry, that has room for it, expires. */
    private void remember(int table, long atMs, long entry) {
        if (heaps[table] == null) {
            heaps[table] = new ExpiryHeap(keyspace.slabOfTable(table));
        }
        Entry.setExpireAt(entry, atMs);
        heaps[table].add(atMs, entry);
        counts.addVolatile(table, 1);
    }

    /** An entry that expires does not, or is on its way out. */
    private void forget(int table, long entry) {
        heaps[table].remove(Entry.heapIndex(entry));
        counts.addVolatile(table, -1);
    }

    /**
     * An entry for a key with room for a value of this kind, which the caller writes at once. What {@code
     * old}, the key's entry so far if any, held is freed; its block is kept where it has the right size.
     */
    private long prepare(
            Slice key,
            long old,
            int type,
            int encoding,
            int part,
            int embedded,
            boolean keepTtl) {
        int flags = part | Entry.flagsOfKey(key.length());
        if (old == NONE) {
            long entry =
                    Entry.create(
                            slab(key),
                            flags,
                            key.address(),
                            key.length(),
                            embedded,
                            keyspace.access().fresh());
            Entry.setKind(entry, type, encoding);
            Entry.setColors(entry, keyspace.colors());
            link(key, entry);
            return entry;
        }
        aboutToChange(old);
        int table = keyspace.tableOf(key);
        releaseValue(table, old);
        int access = keyspace.access().overwritten(old);
        if (Entry.hasExpiry(old)) {
            if (keepTtl) {
                flags |= Entry.HAS_EXPIRY;
            } else {
                forget(table, old);
            }
        }
        long entry = reshape(key, old, flags, embedded);
        Entry.setKind(entry, type, encoding);
        Entry.setAccess(entry, access);
        return entry;
    }

    /**
     * Gives an entry other flags and another length of its embedded value: in the same block if that has
     * the right size. Value parts of the same size, and the front of embedded bytes, are kept; so is a
     * place in the heap if there is one before and after.
     */
    private long reshape(Slice key, long entry, int flags, int embedded) {
        int oldFlags = Entry.flags(entry);
        int oldEmbedded = Entry.embeddedLength(entry);
        if (flags == oldFlags && embedded == oldEmbedded) {
            return entry;
        }
        int keyLength = key.length();
        long oldSize = Entry.size(entry);
        long size = Entry.size(flags, keyLength, embedded);
        Slab slab = slab(key);
        if (flags == oldFlags && Slab.roundUp(size) == Slab.roundUp(oldSize)) {
            Entry.setEmbeddedLength(entry, embedded);
            return entry;
        }
        int access = Entry.access(entry);
        long moved =
                Entry.create(
                        slab, flags, Entry.keyAddress(entry), keyLength, embedded, access);
        Entry.setKind(moved, Entry.type(entry), Entry.encoding(entry));
        Entry.setColors(moved, Entry.colors(entry));
        Entry.copyValuePart(entry, moved);
        int table = keyspace.tableOf(key);
        if ((flags & oldFlags & Entry.HAS_EXPIRY) != 0) {
            Entry.setExpireAt(moved, Entry.expireAt(entry));
            heaps[table].moved(Entry.heapIndex(entry), moved);
        }
        HashIndex.replace(roots[table], key.hash(), entry, moved);
        slab.give(entry, oldSize, MemoryTag.ENTRY);
        return moved;
    }

    private void link(Slice key, long entry) {
        int table = keyspace.tableOf(key);
        Slab slab = keyspace.slabOfTable(table);
        if (roots[table] == 0) {
            roots[table] = HashIndex.create(slab, EntryLayout.INSTANCE);
        }
        HashIndex.insert(slab, roots[table], key.hash(), entry, EntryLayout.INSTANCE);
        counts.add(table, 1);
    }

    /** Takes an entry, whose value is gone already, out of index and heap and frees it. */
    private void unlink(int table, long hash, long entry) {
        Slab slab = keyspace.slabOfTable(table);
        if (Entry.hasExpiry(entry)) {
            forget(table, entry);
        }
        HashIndex.remove(slab, roots[table], hash, entry, EntryLayout.INSTANCE);
        counts.add(table, -1);
        slab.give(entry, Entry.size(entry), MemoryTag.ENTRY);
    }

    /** Frees what an entry refers to. */
    private void releaseValue(int table, long entry) {
        Slab slab = keyspace.slabOfTable(table);
        int type = Entry.type(entry);
        if (type != Type.STRING) {
            keyspace.releases(table).releaseValue(
                    type, Entry.encoding(entry), Entry.root(entry));
        } else if (Entry.isOutside(entry)) {
            slab.give(Entry.valueAddress(entry), Entry.capacity(entry), MemoryTag.STRING);
        }
    }
}
