package io.ferrite.node;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.node.config.ClusterOptions;

/**
 * What the commands of all event loops cost by slot, while {@code cluster-slot-stats-enabled} says
 * so. Each loop counts for itself ({@link SlotMeter}); this is the sum, since the last time that
 * counting began anew. Any thread.
 */
public final class SlotLoad {

    /** What is counted of a slot. */
    public enum Metric {
        CPU_NANOS,
        BYTES_IN,
        BYTES_OUT
    }

    static final int METRICS = Metric.values().length;

    private final Node node;

    /** The sums when counting began anew, by slot and metric. */
    private final long[] before = new long[SlotSet.SLOTS * METRICS];

    private volatile boolean on;

    public SlotLoad(Node node) {
        this.node = node;
        node.settings()
                .onChange(
                        now -> on = now.get(ClusterOptions.CLUSTER_SLOT_STATS_ENABLED),
                        ClusterOptions.CLUSTER_SLOT_STATS_ENABLED);
        on = node.settings().get(ClusterOptions.CLUSTER_SLOT_STATS_ENABLED);
    }

    /** Whether anything is counted. */
    public boolean isOn() {
        return on;
    }

    /** One figure of a slot. */
    public long get(int slot, Metric metric) {
        int cell = slot * METRICS + metric.ordinal();
        return Math.max(0, sum(cell) - before[cell]);
    }

    private long sum(int cell) {
        long sum = 0;
        for (Dispatcher dispatcher : node.dispatchers()) {
            sum += dispatcher.slotMeter().get(cell);
        }
        return sum;
    }

    /** Begins anew for slots that came or went. */
    public synchronized void forget(SlotSet slots) {
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            for (int cell = slot * METRICS; cell < (slot + 1) * METRICS; cell++) {
                before[cell] = sum(cell);
            }
        }
    }

    /** Begins anew for all of them. */
    public void reset() {
        forget(SlotSet.EMPTY.withRange(0, SlotSet.SLOTS - 1));
    }

    /** Cells for one loop. */
    static long[] cells() {
        return new long[SlotSet.SLOTS * METRICS];
    }
}
