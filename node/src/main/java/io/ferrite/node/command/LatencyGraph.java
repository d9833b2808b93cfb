package io.ferrite.node.command;

import io.ferrite.node.LatencyMonitor;
import java.util.List;

/** LATENCY GRAPH: columns of the last spikes, their height to scale, their age below. */
final class LatencyGraph {

    private static final int COLUMNS = 80;
    private static final int ROWS = 4;

    /** How a column ends within a row: low, in the middle, high. */
    private static final String TOPS = "_o#";

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
        for (int row = ROWS - 1; row >= 0; row--) {
            for (LatencyMonitor.Spike spike : spikes) {
                text.append(cell(level(spike.ms(), low, high), row));
            }
            text.append('\n');
        }
        text.append(" ".repeat(spikes.size())).append('\n');
        ages(text, spikes, nowSeconds);
        return text.toString();
    }

    /** How high a column is: from 0 for the lowest to the last that there is for the highest. */
    private static int level(long ms, long low, long high) {
        int levels = ROWS * TOPS.length();
        return high == low ? 0 : (int) Math.min(levels - 1, (ms - low) * levels / (high - low));
    }

    private static char cell(int level, int row) {
        int top = level / TOPS.length();
        return row > top ? ' ' : row < top ? '|' : TOPS.charAt(level % TOPS.length());
    }

    /** Each column's age, read from top to bottom. */
    private static void ages(
            StringBuilder text, List<LatencyMonitor.Spike> spikes, long nowSeconds) {
        List<String> ages =
                spikes.stream().map(spike -> age(nowSeconds - spike.unixSeconds())).toList();
        int longest = ages.stream().mapToInt(String::length).max().orElse(0);
        for (int row = 0; row < longest; row++) {
            for (String age : ages) {
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
