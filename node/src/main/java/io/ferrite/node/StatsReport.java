package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.UnitStats;

/** Sums over the event loops. */
public final class StatsReport {

    /** What became of a command's calls, over all event loops. */
    public record Calls(long calls, long micros, long rejected, long failed, long[] histogram) {

        /**
         * The time, in microseconds, that {@code percent} of the calls did not exceed; an upper
         * bound by the width of the histogram's buckets.
         */
        public double percentile(double percent) {
            long wanted = Math.max(1, (long) Math.ceil(calls * percent / 100));
            long seen = 0;
            for (int i = 0; i < histogram.length; i++) {
                seen += histogram[i];
                if (seen >= wanted) {
                    return i == 0 ? 1 : 1.024 * (1L << i);
                }
            }
            return 0;
        }
    }

    private final Node node;

    /** What was freed before the last reset. */
    private volatile long freedBefore;

    StatsReport(Node node) {
        this.node = node;
    }

    public long commands() {
        long sum = 0;
        for (Dispatcher dispatcher : node.dispatchers()) {
            sum += dispatcher.unit().stats().commands;
        }
        return sum;
    }

    /** How the turns of the event loops went. */
    public TurnStats turns() {
        TurnStats sum = new TurnStats();
        for (Dispatcher dispatcher : node.dispatchers()) {
            sum.add(dispatcher.meter().turns());
        }
        return sum;
    }

    public UnitStats units() {
        UnitStats sum = new UnitStats();
        for (Dispatcher dispatcher : node.dispatchers()) {
            UnitStats one = dispatcher.unit().stats();
            sum.hits += one.hits;
            sum.misses += one.misses;
            sum.commands += one.commands;
            sum.expired += one.expired;
            sum.expiredFields += one.expiredFields;
            sum.evicted += one.evicted;
        }
        return sum;
    }

    /** The sum for a command. */
    public Calls of(Command command) {
        int index = command.index();
        long calls = 0;
        long nanos = 0;
        long rejected = 0;
        long failed = 0;
        long[] histogram = new long[CommandStats.BUCKETS];
        for (Dispatcher dispatcher : node.dispatchers()) {
            CommandStats stats = dispatcher.meter().stats();
            calls += stats.calls[index];
            nanos += stats.nanos[index];
            rejected += stats.rejected[index];
            failed += stats.failed[index];
            stats.addHistogram(index, histogram);
        }
        return new Calls(calls, nanos / 1000, rejected, failed, histogram);
    }

    /** Values and flushed keys that were freed bit by bit. */
    public long freedObjects() {
        return node.engine().keyspace().freedObjects() - freedBefore;
    }

    /** Starts over for a command: another had its place before. */
    public void forget(Command command) {
        for (Dispatcher dispatcher : node.dispatchers()) {
            dispatcher.meter().stats().forget(command.index());
        }
    }

    /** Starts over everything that CONFIG RESETSTAT resets. */
    public void reset() {
        freedBefore = node.engine().keyspace().freedObjects();
        for (Dispatcher dispatcher : node.dispatchers()) {
            dispatcher.meter().stats().reset();
            dispatcher.meter().turns().reset();
            UnitStats unit = dispatcher.unit().stats();
            unit.hits = 0;
            unit.misses = 0;
            unit.commands = 0;
            unit.expired = 0;
            unit.expiredFields = 0;
            unit.evicted = 0;
        }
        node.stats().reset();
        node.engine().errors().reset();
    }
}
