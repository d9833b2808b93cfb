package io.ferrite.node;

import java.util.Arrays;

/**
 * Counters of commands on one event loop, by {@link io.ferrite.engine.Command#index}. One writer;
 * readers may see a value that is a moment old.
 *
 * <p>The histogram of a command counts calls by the power of two of their microseconds: bucket
 * {@code i} holds those below {@code 2^i} and not below {@code 2^(i-1)}.
 */
final class CommandStats {

    static final int BUCKETS = 32;

    final long[] calls;
    final long[] nanos;
    final long[] rejected;
    final long[] failed;
    private final long[] histograms;

    CommandStats(int commands) {
        calls = new long[commands];
        nanos = new long[commands];
        rejected = new long[commands];
        failed = new long[commands];
        histograms = new long[commands * BUCKETS];
    }

    void called(int command, long took) {
        calls[command]++;
        nanos[command] += took;
        int bucket = 64 - Long.numberOfLeadingZeros(took >>> 10);
        histograms[command * BUCKETS + Math.min(bucket, BUCKETS - 1)]++;
    }

    /** Adds a command's histogram to {@code into}. */
    void addHistogram(int command, long[] into) {
        for (int i = 0; i < BUCKETS; i++) {
            into[i] += histograms[command * BUCKETS + i];
        }
    }

    void forget(int command) {
        calls[command] = 0;
        nanos[command] = 0;
        rejected[command] = 0;
        failed[command] = 0;
        Arrays.fill(histograms, command * BUCKETS, (command + 1) * BUCKETS, 0);
    }

    void reset() {
        Arrays.fill(calls, 0);
        Arrays.fill(nanos, 0);
        Arrays.fill(rejected, 0);
        Arrays.fill(failed, 0);
        Arrays.fill(histograms, 0);
    }
}
