package io.ferrite.store;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.expiry.ExpiryHeap;
import io.ferrite.store.index.HashIndex;
import java.util.random.RandomGenerator;

/**
 * One database: its keys, in the tables of its {@link Keyspace}.
 *
 * <p>An entry is named by its address, which any change to it may replace: methods that change an
 * entry answer where it is afterwards. Bytes handed in must not be the entry's own, unless it says
 * so. Who calls holds the stripe of the key or table; sizes may be read without.
 *
 * <p>Every change goes through {@link #aboutToChange} first, so that a snapshot walk sees what was.
 */
public final class Database {

    /** No entry. */
    public static final long NONE = 0;

    private final Keyspace keyspace;
    private final int lastingNumber;
    private int index;
    private final Tables tables;
    private final Counts counts;
    private final Strings strings;

    Database(Keyspace keyspace, int index) {
        this.keyspace = keyspace;
        this.lastingNumber = index;
        this.index = index;
        tables = new Tables(keyspace);
        counts = tables.counts();
        strings = new Strings(keyspace, this, tables);
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
        return tables.find(key);
    }

    /** The index of a key's table, for {@link ReadAhead}; 0 if there is none. */
    long indexOfKey(Slice key) {
        return tables.root(keyspace.tableOf(key));
    }

    /** Whether there are as many tables as hash slots. */
    boolean hasTableBySlot() {
        return keyspace.isBySlot();
    }

    /** The index of the elements of a large collection, for {@link ReadAhead}; 0 if it has none. */
    long indexOf(Slice key) {
        long entry = tables.find(key);
        return entry == NONE || Entry.type(entry) == Type.STRING
                ? 0
                : keyspace.values(Entry.type(entry)).index(Entry.root(entry));
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
        long heap = tables.heap(table);
        return heap == 0 ? 0 : ExpiryHeap.size(heap);
    }

    public long volatileCountOfStripe(int stripe) {
        return counts.volatileOfStripe(stripe);
    }

    /** Hashes that have a field which expires. */
    public long timedCount() {
        long sum = 0;
        for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
            sum += counts.timedOfStripe(stripe);
        }
        return sum;
    }

    // ---------------------------------------------------------------- strings

    /**
     * Sets a key to a string, in place of whatever it holds: as a number where it is spelt like
     * one. The bytes must not be those of the value that is replaced.
     */
    public long putString(Slice key, long address, int length, boolean keepTtl) {
        return strings.put(key, find(key), address, length, keepTtl);
    }

    /** As above, for one who has just found the key's entry, or {@link #NONE}. */
    public long putString(Slice key, long found, long address, int length, boolean keepTtl) {
        return strings.put(key, found, address, length, keepTtl);
    }

    /** As {@link #putString}, but even what looks like a number is kept as text. */
    public long putText(Slice key, long found, long address, int length, boolean keepTtl) {
        return strings.putText(key, found, address, length, keepTtl);
    }

    public long putInteger(Slice key, long value, boolean keepTtl) {
        return strings.putInteger(key, find(key), value, keepTtl);
    }

    /** As above, for one who has just found the key's entry, or {@link #NONE}. */
    public long putInteger(Slice key, long found, long value, boolean keepTtl) {
        return strings.putInteger(key, found, value, keepTtl);
    }

    /** Gives an entry that is kept as a number another one, in place. */
    public void setInteger(long entry, long value) {
        aboutToChange(entry);
        Entry.setWord(entry, value);
    }

    /** Adds bytes to the end of a string. */
    public long append(Slice key, long entry, long address, int length) {
        return strings.append(key, entry, address, length);
    }

    /**
     * Overwrites bytes of a string from an offset; what lies between its end and that becomes zero.
     */
    public long setRange(Slice key, long entry, int offset, long address, int length) {
        return strings.setRange(key, entry, offset, address, length);
    }

    /**
     * Makes a string writable in place with at least so many bytes: a number becomes text, a short
     * one is filled up with zeros, and it is {@code raw} from now on. There is room for more then,
     * so that what is appended bit by bit is copied a few times at most. With {@link #NONE} the key
     * is made.
     */
    public long stretch(Slice key, long entry, int length) {
        return strings.stretch(key, entry, length);
    }

    /** As {@link #stretch}, but the string has exactly so many bytes: a longer one is cut. */
    public long resize(Slice key, long entry, int length) {
        return strings.resize(key, entry, length);
    }

    // ---------------------------------------------------------------- other types

    /** Sets a key to a value of another type, in place of whatever it holds. */
    public long putRoot(Slice key, int type, int encoding, long root, boolean keepTtl) {
        long entry = prepare(key, find(key), type, encoding, Entry.VALUE_8, 0, keepTtl);
        Entry.setWord(entry, root);
        noteFieldTimes(entry);
        return entry;
    }

    public long putRoot(Slice key, int type, int encoding, long root) {
        return putRoot(key, type, encoding, root, false);
    }

    /** Tells that a value's root has moved, or was converted; its owner freed the old one. */
    public void setRoot(long entry, int encoding, long root) {
        Entry.setEncoding(entry, encoding);
        Entry.setWord(entry, root);
        noteFieldTimes(entry);
    }

    /** Lets the table know when the next field of a hash expires. */
    private void noteFieldTimes(long entry) {
        if (TimedRoot.isOf(entry)) {
            long at = keyspace.values(Type.HASH).nextExpiry(Entry.root(entry));
            tables.fieldsExpire(tableOf(entry), entry, at);
        }
    }

    /** The value of an entry is on its way out, or elsewhere. */
    private void forgetFieldTimes(int table, long entry) {
        if (TimedRoot.isOf(entry)) {
            tables.fieldsExpire(table, entry, ExpiryHeap.NEVER);
        }
    }

    private int tableOf(long entry) {
        return keyspace.tableOf(new Slice(Entry.keyAddress(entry), Entry.keyLength(entry)));
    }

    // ---------------------------------------------------------------- removing and moving

    /** Frees a part of a key's value that is its no more, at once or bit by bit. */
    public void release(Slice key, int type, int encoding, long root) {
        keyspace.releases(keyspace.tableOf(key)).releaseValue(type, encoding, root);
    }

    /** Removes a key and frees its value; says whether it was there. */
    public boolean delete(Slice key) {
        long entry = find(key);
        if (entry == NONE) {
            return false;
        }
        aboutToChange(entry);
        int table = keyspace.tableOf(key);
        releaseValue(table, entry);
        tables.unlink(table, key.hash(), entry);
        return true;
    }

    /**
     * Gives an entry another key, in this or another database, with value, expiry and access clock;
     * what was there is gone. Answers the new entry.
     */
    public long move(Slice from, long entry, Database target, Slice to) {
        aboutToChange(entry);
        target.delete(to);
        int flags = Entry.flags(entry) & ~Entry.LONG_KEY | Entry.flagsOfKey(to.length());
        long atMs = Entry.expireAt(entry);
        long moved =
                Entry.create(
                        keyspace.slab(keyspace.stripeOf(to)),
                        flags,
                        to.address(),
                        to.length(),
                        Entry.embeddedLength(entry),
                        Entry.access(entry));
        Entry.setKind(moved, Entry.type(entry), Entry.encoding(entry));
        Entry.setColors(moved, keyspace.colors());
        Entry.copyValuePart(entry, moved);
        forgetFieldTimes(keyspace.tableOf(from), entry);
        tables.unlink(keyspace.tableOf(from), from.hash(), entry);
        target.tables.link(to, moved);
        target.noteFieldTimes(moved);
        if (atMs != Entry.NEVER) {
            target.tables.remember(keyspace.tableOf(to), atMs, moved);
        }
        return moved;
    }

    /**
     * Copies a key's value and expiry to another key; what was there is gone. Answers the new
     * entry.
     */
    public long copy(long entry, Database target, Slice to) {
        int type = Entry.type(entry);
        long copied;
        if (type == Type.STRING) {
            copied = target.strings.copy(to, target.find(to), entry);
        } else {
            int encoding = Entry.encoding(entry);
            Slab slab = keyspace.slab(keyspace.stripeOf(to));
            long root = keyspace.values(type).copy(slab, encoding, Entry.root(entry));
            copied = target.putRoot(to, type, encoding, root);
        }
        long atMs = Entry.expireAt(entry);
        return atMs == Entry.NEVER ? copied : target.setExpire(to, copied, atMs);
    }

    /** Removes all keys of a table: what they took is freed by {@link Keyspace#releaseSome}. */
    public void clear(int table) {
        long root = tables.cutOff(table);
        if (root != 0) {
            keyspace.detach(lastingNumber, table, root);
        }
    }

    /** Takes all of a twin's keys, as this database is empty. Under all stripes. */
    void takeOver(Database twin) {
        tables.takeOver(twin.tables);
    }

    /** The index of a table's entries, 0 if there is none; only for walks. */
    public long root(int table) {
        return tables.root(table);
    }

    // ---------------------------------------------------------------- expiry and access

    /** Lets a key expire at a time (milliseconds since 1970, not negative). */
    public long setExpire(Slice key, long entry, long atMs) {
        aboutToChange(entry);
        int table = keyspace.tableOf(key);
        if (Entry.hasExpiry(entry)) {
            Entry.setExpireAt(entry, atMs);
            ExpiryHeap.change(tables.heap(table), Entry.heapIndex(entry), atMs, Entry.KEYS);
            counts.due(table, atMs);
            return entry;
        }
        int flags = Entry.flags(entry) | Entry.HAS_EXPIRY;
        long moved = tables.reshape(key, entry, flags, Entry.embeddedLength(entry));
        tables.remember(table, atMs, moved);
        return moved;
    }

    /** Lets a key live for ever. */
    public long clearExpire(Slice key, long entry) {
        if (!Entry.hasExpiry(entry)) {
            return entry;
        }
        aboutToChange(entry);
        tables.forget(keyspace.tableOf(key), entry);
        int flags = Entry.flags(entry) & ~Entry.HAS_EXPIRY;
        return tables.reshape(key, entry, flags, Entry.embeddedLength(entry));
    }

    /** When the next key of a table expires; {@link Long#MAX_VALUE} if none does. */
    public long nextExpiry(int table) {
        long heap = tables.heap(table);
        return heap == 0 ? ExpiryHeap.NEVER : ExpiryHeap.nextAt(heap);
    }

    /**
     * No key and no field of the tables of a stripe expires before that time; {@link
     * Long#MAX_VALUE} if none does at all. May be asked without the stripe, for a time that was
     * right lately.
     */
    public long nextExpiryOfStripe(int stripe) {
        return counts.nextDue(stripe);
    }

    /** Finds out what {@link #nextExpiryOfStripe} answers, by a look at each table. */
    public void settleNextExpiry(int stripe) {
        long next = ExpiryHeap.NEVER;
        for (int table = stripe; table < keyspace.tables(); table += keyspace.stripes()) {
            next = Math.min(next, Math.min(nextExpiry(table), nextFieldExpiry(table)));
        }
        counts.setNextDue(stripe, next);
    }

    /** When the next field of a hash of a table expires; {@link Long#MAX_VALUE} if none does. */
    public long nextFieldExpiry(int table) {
        long heap = tables.fieldHeap(table);
        return heap == 0 ? ExpiryHeap.NEVER : ExpiryHeap.nextAt(heap);
    }

    /** The hash of a table of which a field expires next, or {@link #NONE}. */
    public long nextFieldToExpire(int table) {
        long heap = tables.fieldHeap(table);
        return heap == 0 ? NONE : ExpiryHeap.element(heap, 0);
    }

    /**
     * Removes keys of a table whose time has passed, at most {@code max}, in any order. Each is
     * told of while it is still there. Answers how many.
     */
    public int expireSome(int table, long nowMs, int max, EntrySink sink) {
        int removed = 0;
        while (removed < max && nextExpiry(table) < nowMs) {
            long entry = ExpiryHeap.due(tables.heap(table), nowMs);
            aboutToChange(entry);
            sink.entry(entry);
            releaseValue(table, entry);
            tables.unlink(table, EntryLayout.INSTANCE.hash(entry), entry);
            removed++;
        }
        return removed;
    }

    /**
     * Bytes that a key takes with all that belongs to it, its share of the index included; of a
     * large collection from about {@code samples} elements, or exact where that is 0.
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
     * Tells of at least {@code count} keys of a table, if there are so many more, and answers the
     * cursor to go on with; begins and ends with 0. A key that is there all the time is told of at
     * least once.
     */
    public long scanTable(int table, long cursor, int count, EntrySink sink) {
        return tables.scan(table, cursor, count, sink);
    }

    /**
     * As {@link #scanTable} over all tables, one after the other; the caller holds all stripes. The
     * cursor is the table's, times the number of tables, plus the table.
     */
    public long scan(long cursor, int count, EntrySink sink) {
        return tables.scan(cursor, count, sink);
    }

    /** A key of a table, each as likely as the other; {@link #NONE} if it is empty. */
    public long randomEntry(int table, RandomGenerator random) {
        return tables.random(table, random);
    }

    /** A key of a table among those with an expiry, each as likely as the other. */
    public long randomVolatile(int table, RandomGenerator random) {
        long heap = tables.heap(table);
        return heap == 0 ? NONE : ExpiryHeap.element(heap, random.nextInt(ExpiryHeap.size(heap)));
    }

    /**
     * A key of a stripe by its number among all keys of the stripe's tables, or among those with an
     * expiry: the table is the number's, the key is drawn from it. With a number that was drawn,
     * each key is as likely as the other. {@link #NONE} when there are not so many.
     */
    public long randomOfStripe(int stripe, long number, boolean volatiles, RandomGenerator random) {
        int table =
                counts.tableAt(
                        stripe, number, volatiles, volatiles ? this::volatileCount : this::size);
        if (table < 0) {
            return NONE;
        }
        return volatiles ? randomVolatile(table, random) : randomEntry(table, random);
    }

    /**
     * The key that expires next in the table in which a number falls, as with {@link
     * #randomOfStripe}.
     */
    public long nextToExpireAt(int stripe, long number) {
        int table = counts.tableAt(stripe, number, true, this::volatileCount);
        return table < 0 ? NONE : nextToExpire(table);
    }

    /** The key of a table that expires next, or {@link #NONE}. */
    public long nextToExpire(int table) {
        long heap = tables.heap(table);
        return heap == 0 ? NONE : ExpiryHeap.element(heap, 0);
    }

    // ---------------------------------------------------------------- the parts

    /**
     * An entry for a key with room for a value of this kind, which the caller writes at once. What
     * {@code old}, the key's entry so far if any, held is freed; its block is kept where it has the
     * right size.
     */
    long prepare(
            Slice key, long old, int type, int encoding, int part, int embedded, boolean keepTtl) {
        int flags = part | Entry.flagsOfKey(key.length());
        if (old == NONE) {
            long entry =
                    Entry.create(
                            keyspace.slab(keyspace.stripeOf(key)),
                            flags,
                            key.address(),
                            key.length(),
                            embedded,
                            keyspace.access().fresh());
            Entry.setKind(entry, type, encoding);
            Entry.setColors(entry, keyspace.colors());
            tables.link(key, entry);
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
                tables.forget(table, old);
            }
        }
        // What it held is gone: nothing may take its root for one that still stands.
        Entry.setKind(old, Type.STRING, 0);
        long entry = tables.reshape(key, old, flags, embedded);
        Entry.setKind(entry, type, encoding);
        Entry.setAccess(entry, access);
        return entry;
    }

    /** Frees what an entry refers to. */
    private void releaseValue(int table, long entry) {
        Slab slab = keyspace.slabOfTable(table);
        int type = Entry.type(entry);
        if (type != Type.STRING) {
            forgetFieldTimes(table, entry);
            keyspace.releases(table).releaseValue(type, Entry.encoding(entry), Entry.root(entry));
            Entry.setWord(entry, 0);
        } else if (Entry.isOutside(entry)) {
            slab.give(Entry.valueAddress(entry), Entry.capacity(entry), MemoryTag.STRING);
        }
    }
}
