package io.ferrite.coordination.log;

/**
 * One off-heap run of the log's bytes: positions {@code [start, start + capacity)}.
 *
 * <pre>
 *   chain.head                                  chain.tail
 *   +----------------+   +----------------+   +--------+- - - -+
 *   | full           |-->| full           |-->| filled | room  |     next: from old to new
 *   +----------------+   +----------------+   +--------+- - - -+
 *   start            start'               start''      ^ the log's end
 * </pre>
 *
 * <p>A segment is always filled to its capacity before the next one begins, so a position tells
 * where its byte lies without any length field. {@link #next} is set once, before the log's end
 * moves past this segment; a reader that has seen that end sees it too.
 */
final class LogSegment {

    final long address;
    final int capacity;
    final long start;

    /** The segment that goes on where this one ends; written under the log's lock. */
    LogSegment next;

    LogSegment(long address, int capacity, long start) {
        this.address = address;
        this.capacity = capacity;
        this.start = start;
    }

    long end() {
        return start + capacity;
    }
}
