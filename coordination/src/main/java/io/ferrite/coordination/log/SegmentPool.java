package io.ferrite.coordination.log;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * Where a log's segments come from. They grow by doubling from {@link #FIRST} to a sixteenth of the
 * backlog, at most {@link #LARGEST}; the last one that was dropped is kept for reuse. Under the
 * log's lock.
 */
final class SegmentPool {

    static final int FIRST = 16 << 10;
    static final int LARGEST = 1 << 20;

    private final Slab slab;
    private LogSegment spare;
    private int nextCapacity = FIRST;

    SegmentPool(Slab slab) {
        this.slab = slab;
    }

    LogSegment take(long start, long backlogSize) {
        int largest = (int) Math.clamp(backlogSize / 16, (long) FIRST, (long) LARGEST);
        int capacity = Math.min(nextCapacity, largest);
        nextCapacity = Math.min(capacity * 2, LARGEST);
        if (spare != null && spare.capacity >= capacity) {
            LogSegment segment = new LogSegment(spare.address, spare.capacity, start);
            spare = null;
            return segment;
        }
        dropSpare();
        return new LogSegment(slab.take(capacity, MemoryTag.LOG), capacity, start);
    }

    /** A history begins: small again. */
    void restart() {
        nextCapacity = FIRST;
    }

    /** A segment that nobody reads any more. */
    void recycle(LogSegment gone) {
        dropSpare();
        spare = gone;
    }

    void dropSpare() {
        if (spare != null) {
            free(spare);
            spare = null;
        }
    }

    void free(LogSegment segment) {
        slab.give(segment.address, segment.capacity, MemoryTag.LOG);
    }
}
