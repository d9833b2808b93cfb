package io.ferrite.coordination.log;

import io.ferrite.memory.Memory;

/**
 * One uninterrupted history of bytes, in segments; a new one begins when the offset jumps.
 *
 * <p>Written under the log's lock. Readers take none: they see everything below {@link #end}, which
 * is written after the bytes (release) and read before them (acquire).
 */
final class LogChain {

    private final SegmentPool pool;
    private LogSegment head;
    private LogSegment tail;
    private volatile long end;
    private volatile boolean dropped;

    /** How many read it; for the log alone. */
    int readers;

    LogChain(SegmentPool pool, long end) {
        this.pool = pool;
        this.end = end;
    }

    long end() {
        return end;
    }

    /** Shows readers everything below {@code next}. */
    void publish(long next) {
        end = next;
    }

    /** Whether it has ended: what is left of it can be read, no more comes. */
    boolean isDropped() {
        return dropped;
    }

    void drop() {
        dropped = true;
    }

    /** The oldest segment that is kept; null before the first byte. */
    LogSegment head() {
        return head;
    }

    /** Whether bytes at {@code at} have no room yet: {@link #grow} comes before {@link #write}. */
    boolean isFull(long at) {
        return tail == null || at == tail.end();
    }

    /** Adds a segment that begins at {@code start}. */
    void grow(long start, long backlogSize) {
        LogSegment segment = pool.take(start, backlogSize);
        if (tail == null) {
            head = segment;
        } else {
            tail.next = segment;
        }
        tail = segment;
    }

    /** Copies what of a run fits into the last segment, and says how much that was. */
    int write(long at, long address, int length) {
        int part = (int) Math.min(length, tail.end() - at);
        Memory.copy(address, tail.address + (at - tail.start), part);
        return part;
    }

    /** Another chain with the bytes of this one from {@code from} to {@code to}, which it keeps. */
    LogChain copy(long from, long to, long backlogSize) {
        pool.restart();
        LogChain copy = new LogChain(pool, from);
        long at = from;
        for (LogSegment s = find(from); at < to; s = s.next) {
            long end = Math.min(to, s.end());
            while (at < end) {
                if (copy.isFull(at)) {
                    copy.grow(at, backlogSize);
                }
                at += copy.write(at, s.address + (at - s.start), (int) (end - at));
            }
        }
        copy.publish(to);
        return copy;
    }

    /** The segment of a position that is kept; null if it is not. */
    LogSegment find(long offset) {
        LogSegment segment = head;
        while (segment != null && segment.next != null && segment.end() <= offset) {
            segment = segment.next;
        }
        boolean kept = segment != null && offset >= segment.start && offset <= end;
        return kept ? segment : null;
    }

    /** Drops the oldest segments whose bytes all lie below {@code needed}. */
    void trim(long needed) {
        // The tail stays even when it is full and read: readers reach the next segment through it.
        while (head != tail && head.end() <= needed) {
            LogSegment gone = head;
            head = head.next;
            pool.recycle(gone);
        }
    }

    /** Gives all its segments back. */
    void free() {
        for (LogSegment s = head; s != null; s = s.next) {
            pool.free(s);
        }
        head = null;
        tail = null;
    }
}
