package io.ferrite.engine;

import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.store.Keyspace;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Clients that wait for keys, by stripe, in the order in which they came.
 *
 * <p>A blocking command that finds nothing leaves a {@link Waiter} on its keys ({@link #block}) and
 * writes no reply. A unit that changes such a key notes it ({@link #ready}); after that unit, and before
 * anything else of its connection, the dispatcher runs the waiters' commands again, first come first
 * served ({@link #takeReady}), each as a unit of its own under all of its keys' stripes.
 *
 * <p>Waiters are entered, tried, timed out and removed under the stripes of their keys, so that a timeout, a
 * disconnect and a write cannot meet.
 */
public final class Blocking {

    /** One blocked client. */
    public static final class Waiter {

        private final Session session;
        private final Command command;
        private final Request request;
        private final int database;
        private final long deadlineMs;
        private final Consumer<ReplyWriter> onTimeout;
        private final Place[] places;
        private final int[] stripes;

        /** Served, timed out or gone. Read and written under the stripes of the waiter's keys. */
        private boolean done;

        Waiter(
                Session session,
                Command command,
                Request request,
                int database,
                long deadlineMs,
                Consumer<ReplyWriter> onTimeout,
                Place[] places,
                int[] stripes) {
            this.session = session;
            this.command = command;
            this.request = request;
            this.database = database;
            this.deadlineMs = deadlineMs;
            this.onTimeout = onTimeout;
            this.places = places;
            this.stripes = stripes;
        }

        public Session session() {
            return session;
        }

        public Command command() {
            return command;
        }

        /** A copy of the request with memory of its own. */
        public Request request() {
            return request;
        }

        public int database() {
            return database;
        }

        /** When to give up, in milliseconds since the epoch; 0 never. */
        public long deadlineMs() {
            return deadlineMs;
        }

        public boolean isDone() {
            return done;
        }

        /** Writes the reply of a wait that ended without success. */
        public Consumer<ReplyWriter> onTimeout() {
            return onTimeout;
        }
    }

    record Place(int database, ByteKey key) {}

    private final Keyspace keyspace;
    private final Map<Place, ArrayDeque<Waiter>>[] byStripe;
    private final AtomicInteger count = new AtomicInteger();

    @SuppressWarnings("unchecked")
    Blocking(Keyspace keyspace) {
        this.keyspace = keyspace;
        byStripe =
                (Map<Place, ArrayDeque<Waiter>>[]) new Map<?, ?>[keyspace.stripes()];
        for (int i = 0; i < byStripe.length; i++) {
            byStripe[i] = new HashMap<>();
        }
    }

    public boolean anyIn(int stripe) {
        return !byStripe[stripe].isEmpty();
    }

    /** Clients blocked on keys now. */
    public int count() {
        return count.get();
    }

    /** Distinct keys waited for in a stripe. */
    public int keys(int stripe) {
        return byStripe[stripe].size();
    }

    /**
     * Leaves a waiter on keys. The stripes of all keys are held.
     *
     * @param keys the arguments' positions of the keys to wait for
     * @param deadlineMs 0 to wait for ever
     */
    Waiter block(ExecutionUnit unit, int[] keys, long deadlineMs, Consumer<ReplyWriter> onTimeout) {
        Place[] places = new Place[keys.length];
        int[] stripes = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            Slice key = unit.arg(keys[i]);
            places[i] = new Place(unit.databaseIndex(), ByteKey.of(key));
            stripes[i] = keyspace.stripeOf(key);
        }
        Waiter waiter =
                new Waiter(
                        unit.session(),
                        unit.command(),
                        unit.request().detach(),
                        unit.databaseIndex(),
                        deadlineMs,
                        onTimeout,
                        places,
                        stripes);
        for (int i = 0; i < places.length; i++) {
            ArrayDeque<Waiter> queue =
                    byStripe[stripes[i]].computeIfAbsent(places[i], place -> new ArrayDeque<>(2));
            if (!queue.contains(waiter)) {
                queue.addLast(waiter);
            }
        }
        count.incrementAndGet();
        unit.session().setWaiter(waiter);
        unit.session().set(Session.BLOCKED);
        return waiter;
    }

    /** The waiting is over: takes the waiter off its keys, whose stripes are held. */
    public void remove(Waiter waiter) {
        boolean removed = false;
        waiter.done = true;
        for (int i = 0; i < waiter.places.length; i++) {
            Map<Place, ArrayDeque<Waiter>> map = byStripe[waiter.stripes[i]];
            ArrayDeque<Waiter> queue = map.get(waiter.places[i]);
            if (queue != null) {
                removed |= queue.remove(waiter);
                if (queue.isEmpty()) {
                    map.remove(waiter.places[i]);
                }
            }
        }
        if (removed) {
            count.decrementAndGet();
        }
    }

    /** Bit mask of the stripes that a waiter's keys lie in. */
    public static long stripeMask(Waiter waiter) {
        long mask = 0;
        for (int stripe : waiter.stripes) {
            mask |= 1L << stripe;
        }
        return mask;
    }

    /** A key changed: whoever waits for it is to be tried when this unit is over. */
    void ready(ExecutionUnit unit, int stripe, int database, Slice key) {
        ArrayDeque<Waiter> queue = byStripe[stripe].get(new Place(database, ByteKey.of(key)));
        if (queue != null) {
            unit.readyWaiters().addAll(queue);
        }
    }
}
