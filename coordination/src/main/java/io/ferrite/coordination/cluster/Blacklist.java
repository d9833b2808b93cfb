package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.bus.Extensions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes that were forgotten, for a minute: others are told of it, and nobody brings one back by
 * mentioning it. A MEET brings it back at once.
 *
 * <p>Why not for longer: a node that was taken out and put in again is met by one node only, and
 * all others must believe that one.
 */
final class Blacklist {

    static final long SECONDS = 60;
    private static final long LONGEST_SECONDS = 3600;
    private static final int MOST = 4096;

    /** Until when, by id. */
    private final Map<String, Long> entries = new LinkedHashMap<>();

    void add(String id, long nowMs, long seconds) {
        clean(nowMs);
        if (entries.size() >= MOST) {
            entries.remove(entries.keySet().iterator().next());
        }
        // The sum comes from another machine.
        long bounded = Math.max(0, Math.min(seconds, LONGEST_SECONDS));
        entries.put(id, nowMs + bounded * 1000);
    }

    void remove(String id) {
        entries.remove(id);
    }

    void clear() {
        entries.clear();
    }

    boolean contains(String id, long nowMs) {
        Long until = entries.get(id);
        return until != null && until >= nowMs;
    }

    /** What others are told. */
    List<Extensions.Forgotten> told(long nowMs) {
        if (entries.isEmpty()) {
            return List.of();
        }
        clean(nowMs);
        List<Extensions.Forgotten> told = new ArrayList<>();
        entries.forEach(
                (id, until) -> told.add(new Extensions.Forgotten(id, (until - nowMs) / 1000)));
        return told;
    }

    private void clean(long nowMs) {
        entries.values().removeIf(until -> until < nowMs);
    }
}
