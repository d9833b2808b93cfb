package io.ferrite.node.persistence.aof;

import io.ferrite.base.disk.DiskFile;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.io.IOException;

/**
 * A window on a file that moves forward: what has been seen is dropped, what is looked at next is
 * read, and it grows until the longest thing in the file fits. For one thread.
 *
 * <pre>
 *   file    .......|==========================|...........
 *                  ^ position                 ^ read so far
 * </pre>
 */
final class AofFileReader implements AutoCloseable {

    private static final int FIRST = 1 << 20;

    private final DiskFile file;
    private long block;
    private long capacity = FIRST;
    private long from;
    private long to;
    private long position;
    private boolean ended;

    AofFileReader(DiskFile file) throws IOException {
        this.file = file;
        this.position = file.position();
        this.block = SharedSlab.take(capacity, MemoryTag.OTHER);
    }

    /** Where in the file the window begins. */
    long position() {
        return position;
    }

    long address() {
        return block + from;
    }

    long length() {
        return to - from;
    }

    /** Whether the window reaches to the end of the file. */
    boolean isLast() {
        return ended;
    }

    void skip(long bytes) {
        from += bytes;
        position += bytes;
    }

    /**
     * Reads on, until there are {@code wanted} bytes or the file ends. Addresses given out before
     * are void.
     */
    void more(long wanted) throws IOException {
        long kept = length();
        if (wanted > capacity) {
            long larger = Math.max(capacity * 2, wanted);
            larger = Math.max(wanted, Math.min(larger, kept + file.size() - position));
            long moved = SharedSlab.take(larger, MemoryTag.OTHER);
            Memory.copy(block + from, moved, kept);
            SharedSlab.give(block, capacity, MemoryTag.OTHER);
            block = moved;
            capacity = larger;
        } else if (from > 0) {
            Memory.copy(block + from, block, kept);
        }
        from = 0;
        to = kept;
        while (to < capacity && !ended) {
            int room = (int) Math.min(capacity - to, 1 << 30);
            int read = file.read(Memory.buffer(block + to, room));
            if (read < 0) {
                ended = true;
            } else {
                to += read;
            }
            if (to >= wanted && to - kept >= FIRST / 2) {
                break;
            }
        }
    }

    @Override
    public void close() {
        SharedSlab.give(block, capacity, MemoryTag.OTHER);
        block = 0;
    }
}
