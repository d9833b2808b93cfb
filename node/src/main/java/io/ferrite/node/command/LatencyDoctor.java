package io.ferrite.node.command;

import io.ferrite.node.LatencyMonitor.Series;
import io.ferrite.node.LatencyMonitor.Spike;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** LATENCY DOCTOR: what the spikes have in common, and what can be done. A pure function. */
final class LatencyDoctor {

    private LatencyDoctor() {}

    /**
     * The report.
     *
     * @param events with at least one spike each
     * @param slowLogMicros from which on the slow log takes a command; negative if it takes none
     */
    static String of(Map<String, Series> events, long thresholdMs, long slowLogMicros, long now) {
        if (thresholdMs == 0) {
            return "The latency monitor is off. CONFIG SET latency-monitor-threshold <ms> switches"
                    + " it on; then ask again after a while.\n";
        }
        if (events.isEmpty()) {
            return "No event took longer than the threshold of " + thresholdMs + " ms so far.\n";
        }
        StringBuilder text = new StringBuilder("These events took longer than they should:\n\n");
        int number = 0;
        for (Map.Entry<String, Series> event : events.entrySet()) {
            text.append(++number).append(". ").append(line(event.getKey(), event.getValue(), now));
        }
        text.append("\nWhat can be done:\n\n");
        for (String advice : advice(events, thresholdMs, slowLogMicros)) {
            text.append("- ").append(advice).append('\n');
        }
        return text.toString();
    }

    private static String line(String event, Series series, long now) {
        List<Spike> spikes = series.spikes();
        long sum = 0;
        for (Spike spike : spikes) {
            sum += spike.ms();
        }
        long average = sum / spikes.size();
        long deviations = 0;
        for (Spike spike : spikes) {
            deviations += Math.abs(spike.ms() - average);
        }
        double period = (double) (now - spikes.getFirst().unixSeconds()) / spikes.size();
        return String.format(
                Locale.ROOT,
                "%s: %d spikes (average %d ms, mean deviation %d ms, one in %.2f s). The worst ever"
                        + " took %d ms.\n",
                event,
                spikes.size(),
                average,
                deviations / spikes.size(),
                period,
                series.worstMs());
    }

    private static List<String> advice(
            Map<String, Series> events, long thresholdMs, long slowLogMicros) {
        List<String> advice = new ArrayList<>();
        if (events.containsKey("command") || events.containsKey("fast-command")) {
            long micros = thresholdMs * 1000;
            advice.add(
                    slowLogMicros < 0 || slowLogMicros > micros
                            ? "The slow log does not take all commands that are that slow: CONFIG"
                                    + " SET slowlog-log-slower-than "
                                    + micros
                            : "SLOWLOG GET shows the commands that took longest.");
        }
        if (events.containsKey("fast-command")) {
            advice.add(
                    "Commands that are fast by themselves waited: look at other load of the"
                            + " machine, at its virtualization, and at slow commands in between.");
        }
        if (events.keySet().stream().anyMatch(name -> name.startsWith("aof-"))) {
            advice.add(
                    "The disk of the append-only file is slow or busy: appendfsync everysec waits"
                            + " less for it than always does.");
        }
        if (events.containsKey("expire-cycle") || events.containsKey("eviction-cycle")) {
            advice.add(
                    "Many keys go at once: spread the times at which keys expire, and leave room"
                            + " below maxmemory.");
        }
        if (advice.isEmpty()) {
            advice.add("LATENCY HISTORY and LATENCY GRAPH show when each event happened.");
        }
        return advice;
    }
}
