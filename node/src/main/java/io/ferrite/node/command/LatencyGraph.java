package io.ferrite.node.command;

import io.ferrite.node.LatencyMonitor;
import java.util.List;

/** LATENCY GRAPH: columns of the last spikes, their height to scale, their age below. */
final class LatencyGraph {

    private static final int COLUMNS = 80;
    private static final int ROWS = 4;

    private LatencyGraph() {}

    static String of(String event, LatencyMonitor.Series series, long nowSeconds) {
        List<LatencyMonitor.Spike> all = series.spikes();
        List<LatencyMonitor.Spike> spikes =
                all.subList(Math.max(0, all.size() - COLUMNS), all.size());
        long high = 0;
        long low = Long.MAX_VALUE;
        for (LatencyMonitor.Spike spike : spikes) {
            high = Math.max(high, spike.ms());
            low = Math.min(low, spike.ms());
        }
        StringBuilder text = new StringBuilder();
        text.append(event).append(" - high ").append(high).append(" ms, low ").append(low);
        text.append(" ms (all time high ").append(series.worstMs()).append(" ms)\n");
        text.append("-".repeat(COLUMNS)).append('\n');
        for (int row = ROWS; row > 0; row--) {
            for (LatencyMonitor.Spike spike : spikes) {
                long height = high == 0 ? 1 : Math.max(1, (spike.ms() * ROWS + high - 1) / high);
                text.append(height >= row ? '#' : ' ');
            }
            text.append('\n');
        }
        text.append('\n');
        ages(text, spikes, nowSeconds);
        return text.toString();
    }

    /** Each column's age, read from top to bottom. */
    private static void ages(
            StringBuilder text, List<LatencyMonitor.Spike> spikes, long nowSeconds) {
        for (int row = 0; row < ROWS; row++) {
            for (LatencyMonitor.Spike spike : spikes) {
                String age = age(nowSeconds - spike.unixSeconds());
                text.append(row < age.length() ? age.charAt(row) : ' ');
            }
            text.append('\n');
        }
    }

    private static String age(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 86400 ? seconds / 3600 + "h" : seconds / 86400 + "d";
    }
}
