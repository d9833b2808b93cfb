package io.ferrite.engine.tracking;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one stripe that clients have read, each with those clients. Everything but {@link
 * #items} and {@link #forgetSlots} is called under that stripe, whose slab all of it lives in.
 *
 * <p>Nearly every read is one of a key that its client has read before: so what tells that lies
 * together. A client has one of 64 slots, a bit in the word of each key; only where there are more
 * clients are they kept by number.
 *
 * <pre>
 *   place:   0          8             16            24       32     a table of these, open addressing
 *            +----------+-------------+-------------+--------+
 *            | hash u64 | slots, bits | block i64   |   --   |
 *            +----------+-------------+-------------+--------+
 *
 *   block:   0            4             8            16                     16 + 8 * room
 *            +------------+-------------+------------+----------------------+- - -
 *            | key length | clients     | room       | client u64, ascending | key
 *            +------------+-------------+------------+----------------------+- - -
 * </pre>
 *
 * A key is known by its hash alone. Should another one have the same, their readers are kept
 * together, and are told of both when either changes ({@link Readers#otherKey}).
 */
final class TrackingTable {

    /** Clients that have a slot. */
    static final int SLOTS = 64;

    private static final int PLACE = 32;
    private static final int MASK = 8;
    private static final int BLOCK = 16;

    private static final int COUNT = 4;
    private static final int ROOM = 8;
    private static final int HEAD = 16;
    private static final int FEWEST_PLACES = 16;
    private static final MemoryTag TAG = MemoryTag.TRACKING;

    /**
     * Who has read a key.
     *
     * @param slots a bit for each client that has a slot
     * @param clients the numbers of others
     * @param otherKey another key that they may have read instead; null if there is none
     */
    record Readers(long slots, long[] clients, byte @Nullable [] otherKey) {}

    private final Slab slab;
    private final Slice shown = new Slice();

    /** The table's block, and where its places begin: at a multiple of their size. */
    private long block;

    private long places;
    private int count;
    private int keys;

    /** Read by others for statistics. */
    private volatile long items;

    /** Slots whose clients are gone, to be taken out of all words; set by any thread. */
    private volatile long forgotten;

    TrackingTable(Slab slab) {
        this.slab = slab;
    }

    int keys() {
        return keys;
    }

    /** Clients remembered, counted once for each key. Any thread. */
    long items() {
        return items;
    }

    // --- remembering -----------------------------------------------------------------------------

    /**
     * Brings a key's place near, for a {@link #remember} that comes soon; the answer says nothing.
     */
    long ahead(Slice key) {
        return count == 0 ? 0 : Memory.getLong(places + (long) (home(hashOf(key)) * PLACE));
    }

    /**
     * Remembers that a client has read a key; true when nobody had read that key.
     *
     * @param slot the client's, or negative if it has none
     */
    boolean remember(Slice key, int slot, long client) {
        if (forgotten != 0) {
            forgetSlots();
        }
        long hash = hashOf(key);
        if (count != 0) {
            long place = find(hash);
            if (Memory.getLong(place) != 0) {
                if (slot < 0) {
                    addNumber(place, client);
                } else if ((Memory.getLong(place + MASK) & 1L << slot) == 0) {
                    Memory.putLong(place + MASK, Memory.getLong(place + MASK) | 1L << slot);
                    count(1);
                }
                return false;
            }
        }
        add(key, hash, slot, client);
        return true;
    }

    private void add(Slice key, long hash, int slot, long client) {
        if ((keys + 1) * 4 > count * 3) {
            resize(Math.max(FEWEST_PLACES, 2 * count));
        }
        long place = find(hash);
        int room = slot < 0 ? 1 : 0;
        long made = slab.take(HEAD + 8L * room + key.length(), TAG);
        Memory.putInt(made, key.length());
        Memory.putInt(made + COUNT, 0);
        Memory.putInt(made + ROOM, room);
        Memory.copy(key.address(), made + HEAD + 8L * room, key.length());
        Memory.putLong(place, hash);
        Memory.putLong(place + MASK, slot < 0 ? 0 : 1L << slot);
        Memory.putLong(place + BLOCK, made);
        keys++;
        if (slot < 0) {
            addNumber(place, client);
        } else {
            count(1);
        }
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the stripe only
    private void count(long more) {
        items += more;
    }

    // --- taking ----------------------------------------------------------------------------------

    /** The clients that have read a key, which is forgotten; null when nobody has. */
    @Nullable Readers take(Slice key) {
        if (keys == 0) {
            return null;
        }
        if (forgotten != 0) {
            forgetSlots();
        }
        long place = find(hashOf(key));
        return Memory.getLong(place) == 0 ? null : take(place, key);
    }

    private Readers take(long place, Slice key) {
        long taken = Memory.getLong(place + BLOCK);
        long[] clients = new long[Memory.getInt(taken + COUNT)];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = Memory.getLong(taken + HEAD + 8L * i);
        }
        int length = Memory.getInt(taken);
        boolean same = length == key.length() && Memory.equal(keyOf(taken), key.address(), length);
        byte[] other = same ? null : Memory.toBytes(keyOf(taken), length);
        long slots = Memory.getLong(place + MASK);
        remove(place);
        if (count > FEWEST_PLACES && keys * 8 < count) {
            resize(count / 2);
        }
        return new Readers(slots, clients, other);
    }

    private void remove(long place) {
        long taken = Memory.getLong(place + BLOCK);
        count(-Memory.getInt(taken + COUNT) - Long.bitCount(Memory.getLong(place + MASK)));
        slab.give(taken, sizeOf(taken), TAG);
        keys--;
        close(indexOf(place));
    }

    /**
     * Some key of this table, as a view that is good until the next change; null when it is empty.
     *
     * @param chance any number
     */
    @Nullable Slice any(int chance) {
        if (keys == 0) {
            return null;
        }
        int index = chance & count - 1;
        while (Memory.getLong(at(index)) == 0) {
            index = index + 1 & count - 1;
        }
        long found = Memory.getLong(at(index) + BLOCK);
        return shown.set(keyOf(found), Memory.getInt(found));
    }

    /** Forgets everything. */
    void clear() {
        for (int i = 0; i < count; i++) {
            if (Memory.getLong(at(i)) != 0) {
                long gone = Memory.getLong(at(i) + BLOCK);
                slab.give(gone, sizeOf(gone), TAG);
            }
        }
        giveTable(block, count);
        count = 0;
        keys = 0;
        items = 0;
    }

    // --- slots whose clients are gone ------------------------------------------------------------

    /**
     * The clients of these slots are gone; their bits are cleared before the table is next used.
     */
    void forgetSlots(long slots) {
        forgotten = slots;
    }

    /** Whether bits are still to be cleared. */
    boolean hasForgotten() {
        return forgotten != 0;
    }

    /** Clears bits; a key that nobody is left for stays until it changes. */
    private void forgetSlots() {
        long slots = forgotten;
        for (int i = 0; i < count; i++) {
            long place = at(i);
            long mask = Memory.getLong(place) == 0 ? 0 : Memory.getLong(place + MASK);
            if ((mask & slots) != 0) {
                count(-Long.bitCount(mask & slots));
                Memory.putLong(place + MASK, mask & ~slots);
            }
        }
        forgotten = 0;
    }

    // --- the table -------------------------------------------------------------------------------

    /**
     * The lower bits of a key's hash chose the stripe and say little here; 0 marks a free place.
     */
    private static long hashOf(Slice key) {
        long hash = key.hash();
        return hash == 0 ? 1 : hash;
    }

    private int home(long hash) {
        return (int) (hash >>> 32) & count - 1;
    }

    private long at(int index) {
        return places + (long) index * PLACE;
    }

    private int indexOf(long place) {
        return (int) ((place - places) / PLACE);
    }

    /** Where a key is, or the free place where it belongs. */
    private long find(long hash) {
        int index = home(hash);
        while (true) {
            long place = at(index);
            long there = Memory.getLong(place);
            if (there == hash || there == 0) {
                return place;
            }
            index = index + 1 & count - 1;
        }
    }

    /** Frees a place and moves those behind it up, so that each is still found from its own. */
    private void close(int freed) {
        int mask = count - 1;
        int hole = freed;
        Memory.putLong(at(hole), 0);
        int index = hole + 1 & mask;
        while (Memory.getLong(at(index)) != 0) {
            int home = home(Memory.getLong(at(index)));
            if ((index - home & mask) >= (index - hole & mask)) {
                Memory.copy(at(index), at(hole), PLACE);
                Memory.putLong(at(index), 0);
                hole = index;
            }
            index = index + 1 & mask;
        }
    }

    private void resize(int size) {
        long oldBlock = block;
        long oldPlaces = places;
        int oldCount = count;
        block = slab.take(tableBytes(size), TAG);
        places = (block + PLACE - 1) & -PLACE;
        count = size;
        for (int i = 0; i < size; i++) {
            Memory.putLong(at(i), 0);
        }
        for (int i = 0; i < oldCount; i++) {
            long from = oldPlaces + (long) i * PLACE;
            if (Memory.getLong(from) != 0) {
                Memory.copy(from, find(Memory.getLong(from)), PLACE);
            }
        }
        giveTable(oldBlock, oldCount);
    }

    private void giveTable(long table, int size) {
        if (size > 0) {
            slab.give(table, tableBytes(size), TAG);
        }
    }

    private static long tableBytes(int size) {
        return (size + 1L) * PLACE;
    }

    // --- clients without a slot ------------------------------------------------------------------

    private static long keyOf(long block) {
        return block + HEAD + 8L * Memory.getInt(block + ROOM);
    }

    private static long sizeOf(long block) {
        return HEAD + 8L * Memory.getInt(block + ROOM) + Memory.getInt(block);
    }

    /** Adds a client's number to a key's, unless it is among them. */
    private void addNumber(long place, long client) {
        long list = Memory.getLong(place + BLOCK);
        int known = Memory.getInt(list + COUNT);
        int low = 0;
        int high = known;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long there = Memory.getLong(list + HEAD + 8L * middle);
            if (there == client) {
                return;
            }
            if (there < client) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (known == Memory.getInt(list + ROOM)) {
            list = enlarge(list, known);
            Memory.putLong(place + BLOCK, list);
        }
        long to = list + HEAD + 8L * low;
        Memory.copy(to, to + 8, 8L * (known - low));
        Memory.putLong(to, client);
        Memory.putInt(list + COUNT, known + 1);
        count(1);
    }

    private long enlarge(long list, int known) {
        int room = known + Math.max(1, known >> 1);
        int length = Memory.getInt(list);
        long larger = slab.take(HEAD + 8L * room + length, TAG);
        Memory.copy(list, larger, HEAD + 8L * known);
        Memory.copy(keyOf(list), larger + HEAD + 8L * room, length);
        slab.give(list, sizeOf(list), TAG);
        Memory.putInt(larger + ROOM, room);
        return larger;
    }
}
