package io.ferrite.coordination.log;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Where the log has runs that some readers pass over: those that carry no data (PING, REPLCONF
 * GETACK), or those that are not for files. Kept while there are such readers; written under the
 * log's lock, read by any reader.
 */
final class PassedOver {

    /** How many readers pass over these runs. */
    private int readers;

    /** Start to end. */
    private final ConcurrentSkipListMap<Long, Long> runs = new ConcurrentSkipListMap<>();

    void add(long start, long end) {
        if (readers > 0) {
            runs.put(start, end);
        }
    }

    void readerCame() {
        readers++;
    }

    void readerLeft() {
        if (--readers == 0) {
            runs.clear();
        }
    }

    /** Forgets those that begin below {@code needed}. */
    void trim(long needed) {
        if (!runs.isEmpty()) {
            runs.headMap(needed).clear();
        }
    }

    void clear() {
        runs.clear();
    }

    /** The first position from {@code at} on that is not inside such a run. */
    long skip(long at, long end) {
        long position = at;
        while (position < end) {
            Map.Entry<Long, Long> run = runs.floorEntry(position);
            if (run == null || run.getValue() <= position) {
                break;
            }
            position = run.getValue();
        }
        return position;
    }

    /** Where the next such run begins, at most {@code end}. */
    long next(long at, long end) {
        Long start = runs.ceilingKey(at);
        return start == null ? end : Math.min(start, end);
    }
}
