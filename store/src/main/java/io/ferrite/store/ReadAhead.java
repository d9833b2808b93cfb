package io.ferrite.store;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.store.index.HashIndex;

/**
 * Brings near what several commands, or one with several keys, are about to look at: most of the
 * time of a brief command is waiting for memory, and here the waits of all of them overlap. First
 * every bucket is asked for, then every element; nothing is decided by what was loaded.
 *
 * <p>One per event loop, used on its thread while the stripes of all keys are held.
 */
public final class ReadAhead {

    /** Most keys that are asked for together. More hardly help. */
    public static final int MAX = 16;

    private final long[] hashes = new long[MAX];
    private final long[] places = new long[MAX];

    /** Keeps the compiler from dropping loads whose values nobody needs. */
    @SuppressWarnings("unused")
    private long sink;

    /** Brings the entries of keys near, for a {@link Database#find} of each that comes soon. */
    public void keys(Database database, Slice[] keys, int count) {
        for (int i = 0; i < count; i++) {
            hashes[i] = keys[i].hash();
            places[i] = database.indexOfKey(keys[i]);
        }
        if (database.hasTableBySlot()) { // too many indexes for their roots to be near already
            sink = loadPlaces(count);
        }
        for (int i = 0; i < count; i++) {
            if (places[i] != 0) {
                places[i] = HashIndex.likelyBucket(places[i], hashes[i]);
            }
        }
        load(count);
    }

    /**
     * Brings near, behind {@link #keys}, the element of each collection that somebody will look for
     * in it: a field, a member.
     *
     * @param elements by key; null where nothing in particular is looked for
     */
    public void elements(Database database, Slice[] keys, Slice[] elements, int count) {
        long hash = 0;
        long index = 0;
        for (int i = 0; i < count; i++) {
            places[i] = 0;
            if (elements[i] == null) {
                continue;
            }
            if (index == 0 || keys[i].hash() != hash) {
                hash = keys[i].hash();
                index = database.indexOf(keys[i]);
            }
            if (index != 0) {
                hashes[i] = elements[i].hash();
                places[i] = HashIndex.likelyBucket(index, hashes[i]);
            }
        }
        load(count);
    }

    /**
     * Loads the buckets at {@link #places}, then the elements that they name. Each load stands
     * beside the next with nothing between, so that the processor has all of them under way at
     * once: hashing alone would fill what it can look ahead after three or four.
     */
    private void load(int count) {
        long ahead = loadPlaces(count);
        for (int i = 0; i < count; i++) {
            if (places[i] != 0) {
                places[i] = HashIndex.likelyElement(places[i], hashes[i]);
            }
        }
        sink = ahead + loadPlaces(count);
    }

    private long loadPlaces(int count) {
        long ahead = 0;
        for (int i = 0; i < count; i++) {
            if (places[i] != 0) {
                ahead += Memory.getLong(places[i]);
            }
        }
        return ahead;
    }
}
