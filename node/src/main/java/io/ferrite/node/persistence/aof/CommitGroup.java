package io.ferrite.node.persistence.aof;

/**
 * How many writers share one sync of the append-only file with {@code always}: those whose writes
 * the last sync made safe are answered one after the other and write again, and the first of them
 * had better not begin the next sync alone.
 *
 * <pre>
 *   sync ......................| replies leave, clients write again
 *                              |--x-xx-x-xx-|   as many bytes as last time, or a part of a sync's time: the next sync
 * </pre>
 *
 * One thread at a time.
 */
final class CommitGroup {

    /** Syncs that are quicker than this are not worth a wait. */
    private static final long QUICK_NANOS = 300_000;

    private static final long MOST_NANOS = 5_000_000;

    private long bytes;
    private long endedNanos;
    private long patience;

    /** A sync has ended that made so many bytes safe. */
    void committed(long bytes, long beganNanos, long endedNanos) {
        long took = endedNanos - beganNanos;
        this.bytes = bytes;
        this.endedNanos = endedNanos;
        this.patience = took < QUICK_NANOS ? 0 : Math.min(took / 2, MOST_NANOS);
    }

    /** Whether more than these bytes are to be expected soon. */
    boolean isForming(long waiting, long nowNanos) {
        return waiting > 0 && waiting < bytes - bytes / 8 && nowNanos - endedNanos < patience;
    }
}
