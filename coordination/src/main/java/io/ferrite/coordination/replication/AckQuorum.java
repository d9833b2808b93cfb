package io.ferrite.coordination.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Clients that wait until enough followers have a write.
 *
 * <p>Holds who waits for which offset; {@link #release} takes out those whose wait is over. Not
 * thread-safe, no clock: the caller says what time it is.
 *
 * @param <T> what the caller knows a waiting client by
 */
public final class AckQuorum<T> {

    /** What one follower has acknowledged. */
    public record Follower(long acked, long fsynced) {}

    /**
     * A wait that is over, and how many followers had the write then.
     *
     * @param durable whether it was asked for files, here and there
     */
    public record Done<T>(T client, int count, boolean durable, boolean local, boolean inTime) {}

    private record Waiter<T>(
            T client,
            long offset,
            int needed,
            boolean durable,
            boolean needsLocal,
            long deadlineMs) {}

    private final List<Waiter<T>> waiters = new ArrayList<>();

    /** How many followers have applied (or durably hold) the first {@code offset} bytes. */
    public static int count(Iterable<Follower> followers, long offset, boolean durable) {
        int count = 0;
        for (Follower f : followers) {
            if ((durable ? f.fsynced() : f.acked()) >= offset) {
                count++;
            }
        }
        return count;
    }

    /**
     * How many bytes at least {@code needed} followers have applied (or durably hold): -1 if there
     * are not so many followers.
     */
    public static long reached(List<Follower> followers, int needed, boolean durable) {
        if (needed > followers.size()) {
            return -1;
        }
        long[] offsets = new long[followers.size()];
        for (int i = 0; i < offsets.length; i++) {
            Follower f = followers.get(i);
            offsets[i] = durable ? f.fsynced() : f.acked();
        }
        Arrays.sort(offsets);
        return offsets[offsets.length - needed];
    }

    /**
     * Begins a wait.
     *
     * @param durable whether followers must hold the write durably
     * @param needsLocal whether this server's own file must hold it
     * @param deadlineMs when it ends in any case, {@link Long#MAX_VALUE} for never
     */
    public void add(
            T client,
            long offset,
            int needed,
            boolean durable,
            boolean needsLocal,
            long deadlineMs) {
        waiters.add(new Waiter<>(client, offset, needed, durable, needsLocal, deadlineMs));
    }

    /** A client is gone or gave up. */
    public void remove(T client) {
        waiters.removeIf(w -> w.client().equals(client));
    }

    /** There is no own file any more: takes out those who wait for it. */
    public List<T> takeLocal() {
        List<T> taken = new ArrayList<>();
        for (Waiter<T> w : waiters) {
            if (w.needsLocal()) {
                taken.add(w.client());
            }
        }
        waiters.removeIf(Waiter::needsLocal);
        return taken;
    }

    public boolean isEmpty() {
        return waiters.isEmpty();
    }

    /** Ends every wait that has what it needs or is too old, in the order in which they began. */
    public List<Done<T>> release(Iterable<Follower> followers, long localFsynced, long nowMs) {
        List<Done<T>> done = new ArrayList<>();
        for (Iterator<Waiter<T>> it = waiters.iterator(); it.hasNext(); ) {
            Waiter<T> w = it.next();
            int count = count(followers, w.offset(), w.durable());
            boolean local = localFsynced >= w.offset();
            boolean enough = count >= w.needed() && (local || !w.needsLocal());
            if (enough || nowMs >= w.deadlineMs()) {
                it.remove();
                done.add(new Done<>(w.client(), count, w.durable(), local, enough));
            }
        }
        return done;
    }
}
