package io.ferrite.coordination.log;

import org.jspecify.annotations.Nullable;

/**
 * A place in the log that moves forward: a follower's connection, the append-only file, a
 * migration.
 *
 * <p>{@link #peek} shows the bytes where they lie; nothing is copied and nothing is locked. What
 * has been shown stays valid until {@link #advance} passes it or the reader is closed, however far
 * the log goes on: a reader keeps back exactly what it has not passed.
 *
 * <p>One thread at a time uses a reader; handing it to another thread needs a happens-before edge.
 * Only {@link #offset}, {@link #lag} and {@link #wakeIfArmed} may be called by others.
 *
 * <p>Waiting without a lost wake-up: when {@link #peek} finds nothing the owner calls {@link #arm}.
 * If that answers true it may sleep, and the next {@link CommandLog#announce} runs its wake-up
 * once; false means that something came meanwhile.
 */
public final class LogReader implements StreamSource {

    private final CommandLog log;
    private final LogChain chain;
    private final @Nullable PassedOver over;
    private final Runnable wake;

    private LogSegment segment;
    private volatile long offset;
    private volatile boolean armed;
    private volatile long wakeFrom;
    private boolean closed;
    private long runAddress;

    LogReader(
            CommandLog log,
            LogChain chain,
            LogSegment segment,
            long offset,
            @Nullable PassedOver over,
            Runnable wake) {
        this.log = log;
        this.chain = chain;
        this.segment = segment;
        this.offset = offset;
        this.over = over;
        this.wake = wake;
    }

    /** Position of the next byte to be read. */
    public long offset() {
        return offset;
    }

    /** How many bytes this reader keeps from being dropped: its distance to the log's end. */
    @Override
    public long lag() {
        return Math.max(0, log.end() - offset);
    }

    /** How far this history has got: a position between two commands. Any thread. */
    public long published() {
        return chain.end();
    }

    /**
     * Looks for the next contiguous run.
     *
     * @param most the longest run wanted
     * @return its length, 0 if there is nothing to read now; the run is at {@link #address}
     */
    @Override
    public int peek(int most) {
        if (closed) {
            return 0;
        }
        passOver();
        long end = chain.end();
        long at = offset;
        if (over != null) {
            end = over.next(at, end);
        }
        if (at >= end) {
            return 0;
        }
        while (at >= segment.end()) {
            segment = segment.next;
        }
        runAddress = segment.address + (at - segment.start);
        return (int) Math.min(most, Math.min(end, segment.end()) - at);
    }

    /**
     * Moves behind what this reader passes over, as {@link #peek} does.
     *
     * @return whether there was anything
     */
    public boolean passOver() {
        long at = over == null ? offset : over.skip(offset, chain.end());
        if (at == offset) {
            return false;
        }
        moveTo(at);
        return true;
    }

    /** Where the run lies that {@link #peek} found. */
    @Override
    public long address() {
        return runAddress;
    }

    /** The next {@code length} bytes have been dealt with and may be dropped. */
    @Override
    public void advance(int length) {
        moveTo(offset + length);
    }

    private void moveTo(long position) {
        LogSegment before = segment;
        offset = position;
        if (position >= before.end()) {
            log.passed(chain);
        }
    }

    /**
     * Whether the log began anew elsewhere: what is left of this history can be read, no more
     * comes.
     */
    @Override
    public boolean isCut() {
        return chain.isDropped();
    }

    /** Asks to be woken by the next announcement; false if there is something to read already. */
    @Override
    public boolean arm() {
        return arm(1);
    }

    /** The same, once there are so many bytes to read; false if there are already. */
    @Override
    public boolean arm(int least) {
        wakeFrom = offset + least;
        armed = true;
        if (isDue()) {
            armed = false;
            return false;
        }
        return true;
    }

    private boolean isDue() {
        return chain.end() >= wakeFrom || chain.isDropped();
    }

    void wakeIfArmed() {
        if (armed && isDue()) {
            armed = false;
            wake.run();
        }
    }

    LogChain chain() {
        return chain;
    }

    @Nullable PassedOver passesOver() {
        return over;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            log.unregister(this);
        }
    }
}
