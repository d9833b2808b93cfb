package io.ferrite.engine;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How often each error code was answered, for INFO errorstats. Thread-safe. */
public final class ErrorStats {

    /** Codes are ours, but scripts may make up their own: beyond this many none is added. */
    private static final int CODES_MAX = 128;

    private final ConcurrentHashMap<String, LongAdder> byCode = new ConcurrentHashMap<>();
    private final LongAdder total = new LongAdder();

    /** Counts an error line by its first word. */
    public void count(String line) {
        total.increment();
        int space = line.indexOf(' ');
        String code = space < 0 ? line : line.substring(0, space);
        LongAdder counter = byCode.get(code);
        if (counter == null) {
            if (byCode.size() >= CODES_MAX) {
                return;
            }
            counter = byCode.computeIfAbsent(code, unused -> new LongAdder());
        }
        counter.increment();
    }

    public long total() {
        return total.sum();
    }

    public Map<String, Long> snapshot() {
        Map<String, Long> copy = new TreeMap<>();
        byCode.forEach((code, count) -> copy.put(code, count.sum()));
        return copy;
    }

    public void reset() {
        byCode.clear();
        total.reset();
    }
}
