package io.ferrite.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * LATENCY's history: for each kind of event the spikes over the threshold, at most one a second
 * (the worst), the last 160 of them. Thread-safe.
 */
public final class LatencyMonitor {

    private static final int HISTORY = 160;

    /** A spike: when, in seconds since the epoch, and how long, in milliseconds. */
    public record Spike(long unixSeconds, long ms) {}

    /** Everything kept of one kind of event. */
    public record Series(List<Spike> spikes, long worstMs) {}

    private static final class History {
        private final ArrayDeque<Spike> spikes = new ArrayDeque<>();
        private long worstMs;
    }

    private final Map<String, History> events = new TreeMap<>();

    public synchronized void add(String event, long ms, long nowMs) {
        History history = events.computeIfAbsent(event, name -> new History());
        history.worstMs = Math.max(history.worstMs, ms);
        long second = nowMs / 1000;
        Spike last = history.spikes.peekLast();
        if (last != null && last.unixSeconds == second) {
            if (ms > last.ms) {
                history.spikes.removeLast();
                history.spikes.addLast(new Spike(second, ms));
            }
            return;
        }
        history.spikes.addLast(new Spike(second, ms));
        if (history.spikes.size() > HISTORY) {
            history.spikes.removeFirst();
        }
    }

    public synchronized List<String> names() {
        return new ArrayList<>(events.keySet());
    }

    /** The history of an event, or null when it has none. */
    public synchronized Series series(String event) {
        History history = events.get(event);
        return history == null
                ? null
                : new Series(new ArrayList<>(history.spikes), history.worstMs);
    }

    /** Forgets an event; says whether there was one. */
    public synchronized boolean reset(String event) {
        return events.remove(event) != null;
    }

    public synchronized int resetAll() {
        int count = events.size();
        events.clear();
        return count;
    }
}
