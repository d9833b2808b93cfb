package io.ferrite.memory;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The blocks of one slab that are too large for a chunk: each is a mapping of its own, grown and
 * shrunk by remapping without a copy, and unmapped at once when given back.
 *
 * <pre>
 *   0        8        16       24       32       40       64
 *   +--------+--------+--------+--------+--------+--------+---- - - -
 *   | next   | prev   | mapping| mapping| owner  | unused | block
 *   |        |        | address| bytes  | u32    |        |
 *   +--------+--------+--------+--------+--------+--------+---- - - -
 * </pre>
 *
 * <p>Has a lock of its own, as a block may be given back through another slab.
 */
final class LargeBlocks {

    private static final int HEADER = 64;
    private static final int NEXT = -HEADER;
    private static final int PREV = NEXT + 8;
    private static final int MAPPING = PREV + 8;
    private static final int MAPPING_BYTES = MAPPING + 8;
    private static final int OWNER = MAPPING_BYTES + 8;
    private static final long OS_PAGE = 4096;

    private final int owner;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong mappedBytes = new AtomicLong();
    private long head; // guarded by lock: the first block, or 0

    LargeBlocks(int owner) {
        this.owner = owner;
    }

    static int owner(long block) {
        return Raw.getInt(block + OWNER);
    }

    long mappedBytes() {
        return mappedBytes.get();
    }

    long take(long size) {
        long bytes = mappingBytes(size);
        long mapping = Os.map(bytes);
        long header = mapping;
        if (Memory.CHECKED) {
            // In checked mode a large block begins at a multiple of the region size; see Checker.
            header = mapping + ChunkSource.REGION - 1 & -ChunkSource.REGION;
        }
        long block = header + HEADER;
        Raw.putLong(block + MAPPING, mapping);
        Raw.putLong(block + MAPPING_BYTES, bytes);
        Raw.putInt(block + OWNER, owner);
        mappedBytes.addAndGet(bytes);
        lock.lock();
        try {
            link(block);
        } finally {
            lock.unlock();
        }
        return block;
    }

    void give(long block) {
        lock.lock();
        try {
            unlink(block);
        } finally {
            lock.unlock();
        }
        unmap(block);
    }

    /** The same block with another size; its address may change. Not in checked mode. */
    long resize(long block, long newSize) {
        long oldBytes = Raw.getLong(block + MAPPING_BYTES);
        long newBytes = mappingBytes(newSize);
        lock.lock();
        try {
            unlink(block);
            long moved = block;
            try {
                moved = Os.remap(block - HEADER, oldBytes, newBytes) + HEADER;
                Raw.putLong(moved + MAPPING, moved - HEADER);
                Raw.putLong(moved + MAPPING_BYTES, newBytes);
                mappedBytes.addAndGet(newBytes - oldBytes);
            } finally {
                link(moved);
            }
            return moved;
        } finally {
            lock.unlock();
        }
    }

    void releaseAll() {
        while (head != 0) {
            if (Memory.CHECKED) {
                Checker.largeGiven(head);
            }
            give(head);
        }
    }

    private void unmap(long block) {
        long bytes = Raw.getLong(block + MAPPING_BYTES);
        mappedBytes.addAndGet(-bytes);
        Os.unmap(Raw.getLong(block + MAPPING), bytes);
    }

    private static long mappingBytes(long size) {
        long bytes = Math.addExact(size, HEADER + OS_PAGE - 1) & -OS_PAGE;
        // In checked mode there is room to align, and nobody else is mapped behind the block.
        return Memory.CHECKED ? Math.addExact(bytes, 2 * ChunkSource.REGION) : bytes;
    }

    private void link(long block) {
        Raw.putLong(block + NEXT, head);
        Raw.putLong(block + PREV, 0);
        if (head != 0) {
            Raw.putLong(head + PREV, block);
        }
        head = block;
    }

    private void unlink(long block) {
        long next = Raw.getLong(block + NEXT);
        long previous = Raw.getLong(block + PREV);
        if (next != 0) {
            Raw.putLong(next + PREV, previous);
        }
        if (previous != 0) {
            Raw.putLong(previous + NEXT, next);
        } else {
            head = next;
        }
    }
}
