package io.ferrite.node;

/** One event loop's counters of commands, by {@link io.ferrite.engine.Command#index}. One writer. */
final class CommandStats {

    final long[] calls;
    final long[] nanos;
    final long[] rejected;
    final long[] failed;

    CommandStats(int commands) {
        calls = new long[commands];
        nanos = new long[commands];
        rejected = new long[commands];
        failed = new long[commands];
    }

    void reset() {
        java.util.Arrays.fill(calls, 0);
        java.util.Arrays.fill(nanos, 0);
        java.util.Arrays.fill(rejected, 0);
        java.util.Arrays.fill(failed, 0);
    }
}
