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

    private final long[] buckets = new long[MAX];

    /** Keeps the compiler from dropping loads whose values nobody needs. */
    @SuppressWarnings("unused")
    private long sink;

    /** Brings the entries of keys near, for a {@link Database#find} of each that comes soon. */
    public void keys(Database database, Slice[] keys, int count) {
        long ahead = 0;
        for (int i = 0; i < count; i++) {
            long bucket = database.bucketAhead(keys[i]);
            buckets[i] = bucket;
            ahead += bucket == 0 ? 0 : Memory.getLong(bucket);
        }
        for (int i = 0; i < count; i++) {
            if (buckets[i] != 0) {
                ahead += HashIndex.touchElement(buckets[i], keys[i].hash());
            }
        }
        sink = ahead;
    }

    /**
     * Brings near, behind {@link #keys}, the element of each collection that somebody will look for
     * in it: a field, a member.
     *
     * @param elements by key; null where nothing in particular is looked for
     */
    public void elements(Database database, Slice[] keys, Slice[] elements, int count) {
        long ahead = 0;
        long hash = 0;
        long index = 0;
        for (int i = 0; i < count; i++) {
            buckets[i] = 0;
            if (elements[i] == null) {
                continue;
            }
            if (index == 0 || keys[i].hash() != hash) {
                hash = keys[i].hash();
                index = database.indexOf(keys[i]);
            }
            if (index != 0) {
                long bucket = HashIndex.touchBucket(index, elements[i].hash());
                buckets[i] = bucket;
                ahead += Memory.getLong(bucket);
            }
        }
        for (int i = 0; i < count; i++) {
            if (buckets[i] != 0) {
                ahead += HashIndex.touchElement(buckets[i], elements[i].hash());
            }
        }
        sink = ahead;
    }
}
