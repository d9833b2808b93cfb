package io.ferrite.coordination.sentinel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a Sentinel saw of one failover, from the first suspicion to its end: SENTINEL EXPLAIN.
 * Bounded: of a story that goes on for ever the middle is left out.
 *
 * @param epoch the epoch in which it was led, 0 as long as none is known
 * @param closed whether it has come to an end
 */
public record Story(long epoch, boolean closed, List<Entry> entries) {

    static final int ENTRIES_MAX = 200;

    /** How many failovers of a master are remembered. */
    static final int STORIES_MAX = 10;

    /**
     * One thing that happened.
     *
     * @param atMs when, on the clock of the {@link Context}
     * @param what a word for it, such as {@code voted}
     * @param details names and values, in an order that reads well
     */
    public record Entry(long atMs, String what, Map<String, String> details) {

        static Entry of(long atMs, String what, String... pairs) {
            Map<String, String> details = new LinkedHashMap<>();
            for (int i = 0; i + 1 < pairs.length; i += 2) {
                details.put(pairs[i], pairs[i + 1]);
            }
            return new Entry(atMs, what, details);
        }
    }

    static Story begin() {
        return new Story(0, false, List.of());
    }

    Story with(Entry entry) {
        List<Entry> next = new ArrayList<>(entries);
        if (next.size() >= ENTRIES_MAX) {
            next.remove(ENTRIES_MAX / 2);
        }
        next.add(entry);
        return new Story(epoch, closed, next);
    }

    Story in(long number) {
        return new Story(number, closed, entries);
    }

    Story end() {
        return new Story(epoch, true, entries);
    }
}
