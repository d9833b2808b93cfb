package io.ferrite.store.expiry;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.Entry;
import java.util.Arrays;

/**
 * The keys of one table that have an expiry, the next one to expire first: a heap with four
 * children to a node (Johnson, 1975), in which every entry knows its place, so that any can leave
 * or change its time.
 *
 * <pre>
 *   chunk, 256 items in 4096 bytes (the first one begins with 4 items and doubles):
 *   +------------------+------------------+-- - -
 *   | expires at i64   | entry address i64|
 *   +------------------+------------------+-- - -
 * </pre>
 *
 * <p>Cost: 16 bytes a key here and 12 in the entry. To add, remove or change takes O(log n); growth
 * never copies more than a chunk. Memory belongs to the table's slab under {@link
 * MemoryTag#EXPIRY}; it is given back chunk by chunk as the heap shrinks. Not thread-safe.
 */
public final class ExpiryHeap {

    /** What {@link #nextAt} answers when no key expires. */
    public static final long NEVER = Long.MAX_VALUE;

    /** What a key takes here. */
    public static final int ITEM_BYTES = 16;

    private static final int CHUNK_SHIFT = 8;
    private static final int CHUNK_ITEMS = 1 << CHUNK_SHIFT;
    private static final int FIRST_ITEMS = 4;
    private static final int FAN = 4;

    private final Slab slab;
    private long[] chunks = new long[1];
    private int chunkCount;
    private int size;

    /** Items that fit; below one chunk's worth a power of two. */
    private int capacity;

    public ExpiryHeap(Slab slab) {
        this.slab = slab;
    }

    public int size() {
        return size;
    }

    /** When the next key expires, or {@link #NEVER}. */
    public long nextAt() {
        return size == 0 ? NEVER : at(0);
    }

    /** The entry at a place, from 0, the next to expire, to {@code size() - 1}. */
    public long entry(int index) {
        return Memory.getLong(item(index) + 8);
    }

    public void add(long atMs, long entry) {
        if (size == capacity) {
            grow();
        }
        size++;
        siftUp(size - 1, atMs, entry);
    }

    public void remove(int index) {
        size--;
        if (index < size) {
            long atMs = at(size);
            long entry = entry(size);
            replace(index, atMs, entry);
        }
        if (size <= capacity - 2 * CHUNK_ITEMS) {
            capacity -= CHUNK_ITEMS;
            slab.give(chunks[--chunkCount], CHUNK_ITEMS * ITEM_BYTES, MemoryTag.EXPIRY);
        }
        if (size == 0) {
            free();
        }
    }

    /** Gives the entry at a place another time. */
    public void change(int index, long atMs) {
        replace(index, atMs, entry(index));
    }

    /**
     * Tells that the entry at a place has a new address; its place in the heap is written into it.
     */
    public void moved(int index, long entry) {
        Memory.putLong(item(index) + 8, entry);
        Entry.setHeapIndex(entry, index);
    }

    /** Forgets all and gives the memory back. */
    public void free() {
        for (int i = 0; i < chunkCount; i++) {
            int items = Math.min(capacity, CHUNK_ITEMS);
            slab.give(chunks[i], (long) items * ITEM_BYTES, MemoryTag.EXPIRY);
        }
        chunkCount = 0;
        capacity = 0;
        size = 0;
    }

    private long item(int index) {
        return chunks[index >>> CHUNK_SHIFT] + (long) (index & CHUNK_ITEMS - 1) * ITEM_BYTES;
    }

    private long at(int index) {
        return Memory.getLong(item(index));
    }

    private void put(int index, long atMs, long entry) {
        long item = item(index);
        Memory.putLong(item, atMs);
        Memory.putLong(item + 8, entry);
        Entry.setHeapIndex(entry, index);
    }

    private void replace(int index, long atMs, long entry) {
        if (index > 0 && at((index - 1) / FAN) > atMs) {
            siftUp(index, atMs, entry);
        } else {
            siftDown(index, atMs, entry);
        }
    }

    private void siftUp(int from, long atMs, long entry) {
        int index = from;
        while (index > 0) {
            int parent = (index - 1) / FAN;
            long parentAt = at(parent);
            if (parentAt <= atMs) {
                break;
            }
            put(index, parentAt, entry(parent));
            index = parent;
        }
        put(index, atMs, entry);
    }

    private void siftDown(int from, long atMs, long entry) {
        int index = from;
        while (true) {
            int first = FAN * index + 1;
            if (first >= size || first < 0) {
                break;
            }
            int least = first;
            long leastAt = at(first);
            int end = Math.min(first + FAN, size);
            for (int child = first + 1; child < end; child++) {
                long childAt = at(child);
                if (childAt < leastAt) {
                    leastAt = childAt;
                    least = child;
                }
            }
            if (leastAt >= atMs) {
                break;
            }
            put(index, leastAt, entry(least));
            index = least;
        }
        put(index, atMs, entry);
    }

    private void grow() {
        if (capacity < CHUNK_ITEMS) {
            int items = capacity == 0 ? FIRST_ITEMS : 2 * capacity;
            chunks[0] =
                    capacity == 0
                            ? slab.take((long) items * ITEM_BYTES, MemoryTag.EXPIRY)
                            : slab.resize(
                                    chunks[0],
                                    (long) capacity * ITEM_BYTES,
                                    (long) items * ITEM_BYTES,
                                    MemoryTag.EXPIRY);
            chunkCount = 1;
            capacity = items;
            return;
        }
        if (chunkCount == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunkCount);
        }
        chunks[chunkCount++] = slab.take(CHUNK_ITEMS * ITEM_BYTES, MemoryTag.EXPIRY);
        capacity += CHUNK_ITEMS;
    }
}
