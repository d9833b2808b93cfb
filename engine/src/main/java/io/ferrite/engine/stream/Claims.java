package io.ferrite.engine.stream;

import io.ferrite.engine.ExecutionUnit;
import io.ferrite.store.stream.IdCursor;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Pending entries of a group that XREADGROUP CLAIM hands to another consumer: those that have been
 * idle for longest come first. Found by looking at all that are pending; what the stream does not
 * hold any more is left to XAUTOCLAIM.
 */
final class Claims {

    /** An entry, and when it was delivered last. */
    record Claim(long ms, long seq, long deliveredMs) {}

    private static final Comparator<Claim> LONGEST_IDLE_FIRST =
            Comparator.comparingLong(Claim::deliveredMs)
                    .thenComparing((a, b) -> StreamId.compare(a.ms, a.seq, b.ms, b.seq));

    private final List<Claim> claims;
    private final long nextMs;

    private Claims(List<Claim> claims, long nextMs) {
        this.claims = claims;
        this.nextMs = nextMs;
    }

    /**
     * @param count how many at most; 0 for all
     */
    static Claims find(ExecutionUnit unit, long stream, long group, long minIdleMs, long count) {
        PriorityQueue<Claim> found = new PriorityQueue<>(LONGEST_IDLE_FIRST.reversed());
        long nextMs = Long.MAX_VALUE;
        IdCursor cursor = new IdCursor().first(StreamGroup.pending(group));
        for (; cursor.isValid(); cursor.next()) {
            long deliveredMs = StreamPending.deliveredMs(cursor.record());
            if (unit.nowMs() - deliveredMs < minIdleMs) {
                long dueMs = deliveredMs + minIdleMs;
                nextMs = dueMs < 0 ? nextMs : Math.min(nextMs, dueMs);
                continue;
            }
            Claim claim = new Claim(cursor.ms(), cursor.seq(), deliveredMs);
            if (count != 0
                    && found.size() >= count
                    && LONGEST_IDLE_FIRST.compare(claim, found.element()) >= 0) {
                continue;
            }
            if (StreamValue.exists(stream, claim.ms, claim.seq)) {
                found.add(claim);
                if (count != 0 && found.size() > count) {
                    found.remove();
                }
            }
        }
        List<Claim> sorted = new ArrayList<>(found);
        sorted.sort(LONGEST_IDLE_FIRST);
        return new Claims(sorted, nextMs);
    }

    boolean isEmpty() {
        return claims.isEmpty();
    }

    List<Claim> all() {
        return claims;
    }

    /** When another entry will have been idle for long enough, or {@link Long#MAX_VALUE}. */
    long nextMs() {
        return nextMs;
    }
}
