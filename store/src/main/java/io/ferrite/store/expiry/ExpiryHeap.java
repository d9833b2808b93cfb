package io.ferrite.store.expiry;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;

/**
 * Elements that have a time, the next one to expire first: the keys of a table, the fields of a
 * hash. A heap with four children to a node (Johnson, 1975), in which every element knows its place
 * ({@link PlaceKeeper}), so that any can leave or change its time.
 *
 * <pre>
 *   root    0             8        12        16
 *           +-------------+--------+---------+
 *           | chunks      | size   | room for|   chunks: the only chunk, or, from two on,
 *           | address i64 | u32    | u32     |   a directory of their addresses
 *           +-------------+--------+---------+
 *
 *   chunk, 256 items in 4096 bytes (the first one begins with 4 items and doubles):
 *           +------------------+--------------------+-- - -
 *           | expires at i64   | element address i64|
 *           +------------------+--------------------+-- - -
 * </pre>
 *
 * <p>Cost: 16 bytes an element here, and its place there. To add, remove or change takes O(log n);
 * growth never copies more than a chunk or the directory, 8 bytes for 256 elements. Chunks are
 * given back one by one as the heap shrinks.
 *
 * <p>A heap is the address of its root, which never changes, and all operations are static. Memory
 * belongs to the {@link Slab} handed in, under the keeper's tag. Not thread-safe.
 */
public final class ExpiryHeap {

    /** What {@link #nextAt} answers when nothing expires. */
    public static final long NEVER = Long.MAX_VALUE;

    /** What an element takes here. */
    public static final int ITEM_BYTES = 16;

    private static final int ROOT_BYTES = 16;
    private static final int SIZE = 8;
    private static final int CAPACITY = 12;
    private static final int CHUNK_SHIFT = 8;
    private static final int CHUNK_ITEMS = 1 << CHUNK_SHIFT;
    private static final int CHUNK_BYTES = CHUNK_ITEMS * ITEM_BYTES;
    private static final int FIRST_ITEMS = 4;
    private static final int FAN = 4;

    private ExpiryHeap() {}

    public static long create(Slab slab, PlaceKeeper keeper) {
        long root = slab.take(ROOT_BYTES, keeper.tag());
        Memory.putLong(root, 0);
        Memory.putLong(root + SIZE, 0);
        return root;
    }

    public static int size(long root) {
        return Memory.getInt(root + SIZE);
    }

    /** When the next element expires, or {@link #NEVER}. */
    public static long nextAt(long root) {
        return size(root) == 0 ? NEVER : at(root, 0);
    }

    /** The element at a place, from 0, the next to expire, to {@code size - 1}. */
    public static long element(long root, int place) {
        return Memory.getLong(item(root, place) + 8);
    }

    /**
     * An element whose time is before {@code nowMs}, of a heap that has one: the last of the heap
     * where it is due, as that leaves without moving any other. So all are removed cheaply when all
     * are due.
     */
    public static long due(long root, long nowMs) {
        int last = size(root) - 1;
        return at(root, last) < nowMs ? element(root, last) : element(root, 0);
    }

    /** How many elements have a time before {@code nowMs}; a look at each of them and no more. */
    public static int countDue(long root, long nowMs) {
        return size(root) == 0 ? 0 : countDue(root, 0, nowMs);
    }

    private static int countDue(long root, int place, long nowMs) {
        if (at(root, place) >= nowMs) {
            return 0;
        }
        int sum = 1;
        long first = (long) FAN * place + 1;
        long end = Math.min(first + FAN, size(root));
        for (long child = first; child < end; child++) {
            sum += countDue(root, (int) child, nowMs);
        }
        return sum;
    }

    public static void add(Slab slab, long root, long atMs, long element, PlaceKeeper keeper) {
        int size = size(root);
        if (size == capacity(root)) {
            grow(slab, root, keeper);
        }
        Memory.putInt(root + SIZE, size + 1);
        siftUp(root, size, atMs, element, keeper);
    }

    public static void remove(Slab slab, long root, int place, PlaceKeeper keeper) {
        int size = size(root) - 1;
        Memory.putInt(root + SIZE, size);
        if (place < size) {
            long last = item(root, size);
            replace(root, place, Memory.getLong(last), Memory.getLong(last + 8), keeper);
        }
        if (size == 0) {
            freeChunks(slab, root, keeper);
        } else if (size <= capacity(root) - 2 * CHUNK_ITEMS) {
            dropChunk(slab, root, keeper);
        }
    }

    /** Gives the element at a place another time. */
    public static void change(long root, int place, long atMs, PlaceKeeper keeper) {
        replace(root, place, atMs, element(root, place), keeper);
    }

    /** Tells that the element at a place has a new address; the place is written into it. */
    public static void moved(long root, int place, long element, PlaceKeeper keeper) {
        Memory.putLong(item(root, place) + 8, element);
        keeper.setPlace(element, place);
    }

    /** Gives all memory back, the root's too. */
    public static void free(Slab slab, long root, PlaceKeeper keeper) {
        freeChunks(slab, root, keeper);
        slab.give(root, ROOT_BYTES, keeper.tag());
    }

    /**
     * Frees a heap that nobody looks at any more piece by piece, {@code budget} elements' worth at
     * a time: true when all is gone, the root too.
     */
    public static boolean release(Slab slab, long root, int budget, PlaceKeeper keeper) {
        int left = budget;
        while (chunkCount(capacity(root)) > 1) {
            if (left <= 0) {
                return false;
            }
            dropChunk(slab, root, keeper);
            left -= CHUNK_ITEMS;
        }
        free(slab, root, keeper);
        return true;
    }

    /** Bytes that the heap takes. */
    public static long bytes(long root) {
        int capacity = capacity(root);
        int chunks = chunkCount(capacity);
        return ROOT_BYTES
                + (chunks > 1
                        ? (long) chunks * CHUNK_BYTES + 8L * directoryRoom(chunks)
                        : (long) capacity * ITEM_BYTES);
    }

    // ------------------------------------------------------------------------------------- items

    private static int capacity(long root) {
        return Memory.getInt(root + CAPACITY);
    }

    private static int chunkCount(int capacity) {
        return capacity + CHUNK_ITEMS - 1 >>> CHUNK_SHIFT;
    }

    /** Addresses that a directory of so many chunks has room for. */
    private static int directoryRoom(int chunks) {
        return Integer.highestOneBit(chunks - 1) << 1;
    }

    private static long chunk(long root, int index) {
        long chunks = Memory.getLong(root);
        return capacity(root) <= CHUNK_ITEMS
                ? chunks
                : Memory.getLong(chunks + ((long) index << 3));
    }

    private static long item(long root, int place) {
        return chunk(root, place >>> CHUNK_SHIFT) + (long) (place & CHUNK_ITEMS - 1) * ITEM_BYTES;
    }

    private static long at(long root, int place) {
        return Memory.getLong(item(root, place));
    }

    private static void put(long root, int place, long atMs, long element, PlaceKeeper keeper) {
        long item = item(root, place);
        Memory.putLong(item, atMs);
        Memory.putLong(item + 8, element);
        keeper.setPlace(element, place);
    }

    private static void replace(long root, int place, long atMs, long element, PlaceKeeper keeper) {
        if (place > 0 && at(root, (place - 1) / FAN) > atMs) {
            siftUp(root, place, atMs, element, keeper);
        } else {
            siftDown(root, place, atMs, element, keeper);
        }
    }

    private static void siftUp(long root, int from, long atMs, long element, PlaceKeeper keeper) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) / FAN;
            long item = item(root, parent);
            long parentAt = Memory.getLong(item);
            if (parentAt <= atMs) {
                break;
            }
            put(root, place, parentAt, Memory.getLong(item + 8), keeper);
            place = parent;
        }
        put(root, place, atMs, element, keeper);
    }

    private static void siftDown(long root, int from, long atMs, long element, PlaceKeeper keeper) {
        int size = size(root);
        int place = from;
        while (true) {
            long first = (long) FAN * place + 1;
            if (first >= size) {
                break;
            }
            int least = (int) first;
            long leastAt = at(root, least);
            int end = (int) Math.min(first + FAN, size);
            for (int child = least + 1; child < end; child++) {
                long childAt = at(root, child);
                if (childAt < leastAt) {
                    leastAt = childAt;
                    least = child;
                }
            }
            if (leastAt >= atMs) {
                break;
            }
            put(root, place, leastAt, element(root, least), keeper);
            place = least;
        }
        put(root, place, atMs, element, keeper);
    }

    // ------------------------------------------------------------------------------------ memory

    private static void grow(Slab slab, long root, PlaceKeeper keeper) {
        int capacity = capacity(root);
        long chunks = Memory.getLong(root);
        if (capacity < CHUNK_ITEMS) {
            int items = capacity == 0 ? FIRST_ITEMS : 2 * capacity;
            long bytes = (long) items * ITEM_BYTES;
            long grown =
                    capacity == 0
                            ? slab.take(bytes, keeper.tag())
                            : slab.resize(
                                    chunks, (long) capacity * ITEM_BYTES, bytes, keeper.tag());
            Memory.putLong(root, grown);
            Memory.putInt(root + CAPACITY, items);
            return;
        }
        int count = chunkCount(capacity);
        if (count == 1) {
            long directory = slab.take(2 * 8, keeper.tag());
            Memory.putLong(directory, chunks);
            Memory.putLong(root, directory);
        } else if (count == directoryRoom(count)) {
            Memory.putLong(root, slab.resize(chunks, 8L * count, 16L * count, keeper.tag()));
        }
        long chunk = slab.take(CHUNK_BYTES, keeper.tag());
        Memory.putLong(Memory.getLong(root) + 8L * count, chunk);
        Memory.putInt(root + CAPACITY, capacity + CHUNK_ITEMS);
    }

    /** Gives the last of at least two chunks back. */
    private static void dropChunk(Slab slab, long root, PlaceKeeper keeper) {
        int count = chunkCount(capacity(root)) - 1;
        long directory = Memory.getLong(root);
        slab.give(Memory.getLong(directory + 8L * count), CHUNK_BYTES, keeper.tag());
        Memory.putInt(root + CAPACITY, count * CHUNK_ITEMS);
        if (count == 1) {
            Memory.putLong(root, Memory.getLong(directory));
            slab.give(directory, 2 * 8, keeper.tag());
        } else if (directoryRoom(count) == count) {
            Memory.putLong(root, slab.resize(directory, 16L * count, 8L * count, keeper.tag()));
        }
    }

    private static void freeChunks(Slab slab, long root, PlaceKeeper keeper) {
        while (chunkCount(capacity(root)) > 1) {
            dropChunk(slab, root, keeper);
        }
        if (capacity(root) > 0) {
            slab.give(Memory.getLong(root), (long) capacity(root) * ITEM_BYTES, keeper.tag());
        }
        Memory.putLong(root, 0);
        Memory.putLong(root + SIZE, 0);
    }
}
