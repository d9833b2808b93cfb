package io.ferrite.engine.tracking;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;

/**
 * The keys of one stripe that clients have read, each with the numbers of those clients. Everything
 * but {@link #items} is called under that stripe, whose slab the keys live in.
 *
 * <p>Open addressing over blocks of memory, one for each key:
 *
 * <pre>
 *   0           4             8             12           16                     16 + 8 * room
 *   +-----------+-------------+-------------+------------+----------------------+- - -
 *   | hash u32  | key length  | clients     | room       | client u64, ascending | key
 *   +-----------+-------------+-------------+------------+----------------------+- - -
 * </pre>
 */
final class TrackingTable {

    private static final int KEY_LENGTH = 4;
    private static final int COUNT = 8;
    private static final int ROOM = 12;
    private static final int HEAD = 16;
    private static final int FEWEST_PLACES = 16;

    private final Slab slab;
    private final Slice shown = new Slice();
    private long[] places = new long[FEWEST_PLACES];
    private int keys;

    /** Read by others for statistics. */
    private volatile long items;

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

    /** Remembers that a client has read a key; true when nobody had read that key. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the stripe only
    boolean remember(Slice key, long client) {
        int hash = hashOf(key);
        int place = find(key, hash);
        if (places[place] != 0) {
            if (add(place, client)) {
                items++;
            }
            return false;
        }
        if ((keys + 1) * 4 > places.length * 3) {
            resize(places.length * 2);
            place = find(key, hash);
        }
        long block = slab.take(HEAD + 8 + key.length(), MemoryTag.TRACKING);
        Memory.putInt(block, hash);
        Memory.putInt(block + KEY_LENGTH, key.length());
        Memory.putInt(block + COUNT, 1);
        Memory.putInt(block + ROOM, 1);
        Memory.putLong(block + HEAD, client);
        Memory.copy(key.address(), block + HEAD + 8, key.length());
        places[place] = block;
        keys++;
        items++;
        return true;
    }

    /** The clients that have read a key, which is forgotten; null when nobody has. */
    long[] take(Slice key) {
        if (keys == 0) {
            return null;
        }
        int place = find(key, hashOf(key));
        return places[place] == 0 ? null : take(place);
    }

    /**
     * Some key of this table, as a view that is good until the next change; null when it is empty.
     *
     * @param chance any number
     */
    Slice any(int chance) {
        if (keys == 0) {
            return null;
        }
        int place = chance & places.length - 1;
        while (places[place] == 0) {
            place = place + 1 & places.length - 1;
        }
        long block = places[place];
        return shown.set(keyOf(block), Memory.getInt(block + KEY_LENGTH));
    }

    /** Forgets everything. */
    void clear() {
        if (keys == 0) {
            return;
        }
        for (long block : places) {
            if (block != 0) {
                slab.give(block, sizeOf(block), MemoryTag.TRACKING);
            }
        }
        places = new long[FEWEST_PLACES];
        keys = 0;
        items = 0;
    }

    /** The lower bits of a key's hash chose the stripe and say nothing here. */
    private static int hashOf(Slice key) {
        return (int) (key.hash() >>> 32);
    }

    /** Where a key is, or the free place where it belongs. */
    private int find(Slice key, int hash) {
        int mask = places.length - 1;
        int place = hash & mask;
        while (true) {
            long block = places[place];
            if (block == 0
                    || Memory.getInt(block) == hash
                            && Memory.getInt(block + KEY_LENGTH) == key.length()
                            && Memory.equal(keyOf(block), key.address(), key.length())) {
                return place;
            }
            place = place + 1 & mask;
        }
    }

    private static long keyOf(long block) {
        return block + HEAD + 8L * Memory.getInt(block + ROOM);
    }

    private static long sizeOf(long block) {
        return HEAD + 8L * Memory.getInt(block + ROOM) + Memory.getInt(block + KEY_LENGTH);
    }

    /** Adds a client to a key's; false when it is among them. */
    private boolean add(int place, long client) {
        long block = places[place];
        int count = Memory.getInt(block + COUNT);
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long there = Memory.getLong(block + HEAD + 8L * middle);
            if (there == client) {
                return false;
            }
            if (there < client) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (count == Memory.getInt(block + ROOM)) {
            block = enlarge(block, count);
            places[place] = block;
        }
        long at = block + HEAD + 8L * low;
        Memory.copy(at, at + 8, 8L * (count - low));
        Memory.putLong(at, client);
        Memory.putInt(block + COUNT, count + 1);
        return true;
    }

    private long enlarge(long block, int count) {
        int room = count + Math.max(1, count >> 1);
        int length = Memory.getInt(block + KEY_LENGTH);
        long larger = slab.take(HEAD + 8L * room + length, MemoryTag.TRACKING);
        Memory.copy(block, larger, HEAD + 8L * count);
        Memory.copy(keyOf(block), larger + HEAD + 8L * room, length);
        slab.give(block, sizeOf(block), MemoryTag.TRACKING);
        Memory.putInt(larger + ROOM, room);
        return larger;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the stripe only
    private long[] take(int place) {
        long block = places[place];
        long[] clients = new long[Memory.getInt(block + COUNT)];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = Memory.getLong(block + HEAD + 8L * i);
        }
        slab.give(block, sizeOf(block), MemoryTag.TRACKING);
        close(place);
        keys--;
        items -= clients.length;
        if (places.length > FEWEST_PLACES && keys * 8 < places.length) {
            resize(places.length / 2);
        }
        return clients;
    }

    /** Frees a place and moves those behind it up, so that each is still found from its own. */
    private void close(int freed) {
        int mask = places.length - 1;
        int hole = freed;
        places[hole] = 0;
        int at = hole + 1 & mask;
        while (places[at] != 0) {
            int home = Memory.getInt(places[at]) & mask;
            if ((at - home & mask) >= (at - hole & mask)) {
                places[hole] = places[at];
                places[at] = 0;
                hole = at;
            }
            at = at + 1 & mask;
        }
    }

    private void resize(int size) {
        long[] before = places;
        places = new long[size];
        for (long block : before) {
            if (block != 0) {
                int place = Memory.getInt(block) & size - 1;
                while (places[place] != 0) {
                    place = place + 1 & size - 1;
                }
                places[place] = block;
            }
        }
    }
}
