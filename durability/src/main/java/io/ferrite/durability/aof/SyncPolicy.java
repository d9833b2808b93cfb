package io.ferrite.durability.aof;

/**
 * When the append-only file is forced to the disk. Pure: told what was written and what time it is,
 * it says what to do now.
 *
 * <pre>
 *   ALWAYS      after every write, before anything is confirmed
 *   EVERYSEC    when a second has passed since the last one began, beside the writing
 *   NO          when the system thinks fit
 * </pre>
 *
 * Positions are those of the log. One thread at a time.
 */
public final class SyncPolicy {

    /** appendfsync. */
    public enum Mode {
        ALWAYS,
        EVERYSEC,
        NO
    }

    /** What to do. */
    public enum Step {
        NOTHING,
        /** Sync and wait for it. */
        SYNC,
        /** Let a sync run beside the writing. */
        SYNC_BESIDE
    }

    private static final long PERIOD_MS = 1000;

    /** A sync that takes longer than this is worth a complaint. */
    private static final long LONG_MS = 2000;

    private long written;
    private long asked;
    private long beganMs = Long.MIN_VALUE / 2;
    private boolean running;
    private boolean complained;
    private long delayed;

    /** A file is begun; everything before {@code position} is safe or not of this file. */
    public void begin(long position) {
        written = position;
        asked = position;
    }

    /** Everything before {@code position} was written. */
    public void written(long position) {
        written = position;
    }

    /** Nothing below {@link #position} waits for a sync any more, and one beside has ended. */
    public void ended() {
        running = false;
        complained = false;
    }

    /** The sync just decided did not happen: it is due again after a while. */
    public void failed(long position) {
        running = false;
        asked = position;
    }

    /** What a sync decided now makes safe. */
    public long position() {
        return written;
    }

    /** How often a sync was due while another one had run for seconds: aof_delayed_fsync. */
    public long delayed() {
        return delayed;
    }

    public boolean isRunning() {
        return running;
    }

    /**
     * Decides; what it says must be done.
     *
     * @param suppressed whether a rewrite runs and syncs are to leave it the disk
     */
    public Step step(Mode mode, boolean suppressed, long nowMs) {
        if (asked == written || suppressed || mode == Mode.NO) {
            return Step.NOTHING;
        }
        if (mode == Mode.ALWAYS) {
            asked = written;
            beganMs = nowMs;
            return Step.SYNC;
        }
        if (running) {
            if (nowMs - beganMs > LONG_MS && !complained) {
                complained = true;
                delayed++;
            }
            return Step.NOTHING;
        }
        if (nowMs - beganMs < PERIOD_MS) {
            return Step.NOTHING;
        }
        asked = written;
        beganMs = nowMs;
        running = true;
        return Step.SYNC_BESIDE;
    }

    /** In how many milliseconds the answer may be another one, without anything being written. */
    public long nextMs(Mode mode, boolean suppressed, long nowMs) {
        if (asked == written || mode == Mode.NO) {
            return Long.MAX_VALUE;
        }
        if (suppressed || running) {
            return 100;
        }
        return Math.max(1, beganMs + PERIOD_MS - nowMs);
    }
}
