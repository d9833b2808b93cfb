package io.ferrite.coordination.log;

/**
 * What a follower may still ask for, as facts of one instant.
 *
 * <p>Positions count bytes from 0: {@code [first, end)} is kept. The replication protocol numbers
 * the same bytes from 1 and a follower names the first byte that it lacks, so PSYNC offset {@code
 * p} is position {@code p - 1}; {@link #containsPsync} does that sum and nobody else has to.
 *
 * @param active whether a backlog exists at all
 * @param size the configured number of bytes
 * @param first position of the oldest byte kept
 * @param end position behind the newest byte
 */
public record BacklogWindow(boolean active, long size, long first, long end) {

    /** No backlog: nothing can be continued. */
    public static BacklogWindow none(long size, long end) {
        return new BacklogWindow(false, size, end, end);
    }

    /** Whether the stream can go on with the byte that a follower calls {@code psyncOffset}. */
    public boolean containsPsync(long psyncOffset) {
        return active && psyncOffset > first && psyncOffset <= end + 1;
    }

    /** {@code repl_backlog_histlen}: the number of bytes kept. */
    public long historyLength() {
        return active ? end - first : 0;
    }

    /** {@code repl_backlog_first_byte_offset}: counted from 1, and 0 without a backlog. */
    public long firstByteOffset() {
        return active ? first + 1 : 0;
    }
}
