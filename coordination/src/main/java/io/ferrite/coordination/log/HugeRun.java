package io.ferrite.coordination.log;

/**
 * The last run of the log that alone is large: that somebody lacks it is no sign of being slow.
 *
 * <p>Noted under the log's lock, read by any thread.
 */
final class HugeRun {

    private static final int HUGE = 1 << 20;

    private volatile long start;
    private volatile long end;

    void note(long from, int length) {
        if (length >= HUGE) {
            start = from;
            end = from + length;
        }
    }

    /** How many of its bytes lie behind {@code offset} in a log that ends at {@code logEnd}. */
    long behind(long offset, long logEnd) {
        long upTo = end;
        return upTo > logEnd ? 0 : Math.max(0, upTo - Math.max(offset, start));
    }
}
