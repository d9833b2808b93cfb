package io.ferrite.engine;

import io.ferrite.engine.acl.Denial;
import io.ferrite.engine.acl.Gatekeeper;
import io.ferrite.memory.Slice;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Clients that wait for keys, by stripe, in the order in which they came.
 *
 * <p>A blocking command that finds nothing leaves a {@link Waiter} on its keys ({@link #block}) and
 * writes no reply. A unit that changes such a key notes it ({@link #ready}). Once that unit is
 * over, and before it lets go of its stripes, the commands of those who wait are run again, first
 * come first served, each as a unit of its own ({@link #serve}): nobody can come between the change
 * and the waiter.
 *
 * <p>For that the stripes of everything a waiter's command touches must be held as well. They are
 * known beforehand: {@link #reach} widens the stripes of a command that writes where clients wait.
 *
 * <p>Waiters are entered, tried, timed out and removed under the stripes of their keys, so that a
 * timeout, a disconnect and a write cannot meet.
 */
public final class Blocking {

    /** One blocked client. */
    public static final class Waiter {

        private final Session session;
        private final Command command;
        private final Request request;
        private final int database;
        private final int type;
        private final boolean orGone;
        private final long deadlineMs;
        private final Consumer<ReplyWriter> onTimeout;
        private final Place[] places;

        /** The stripes of the keys waited for, and those of all keys that the command touches. */
        private final long waited;

        private final long touched;

        /** When to try again although nothing has changed, or {@link Long#MAX_VALUE}. */
        private volatile long lookAgainMs = Long.MAX_VALUE;

        /** Served, timed out or gone. Read and written under the stripes of the waiter's keys. */
        private boolean done;

        private Waiter(ExecutionUnit unit, Wait wait, Place[] places, long waited, Request again) {
            this.session = unit.session();
            this.command = unit.command();
            this.request = again.detach();
            this.database = unit.databaseIndex();
            this.type = wait.type;
            this.orGone = wait.orGone;
            this.deadlineMs = wait.timeoutMs == 0 ? 0 : unit.nowMs() + wait.timeoutMs;
            this.onTimeout = wait.onTimeout;
            this.places = places;
            this.waited = waited;
            this.touched = waited | unit.commandStripes();
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

        /**
         * When its command is worth another try although no key has changed, in milliseconds since
         * the epoch; {@link Long#MAX_VALUE} never. Any thread.
         */
        public long lookAgainMs() {
            return lookAgainMs;
        }

        void lookAgainAt(long ms) {
            lookAgainMs = ms;
        }

        public boolean isDone() {
            return done;
        }

        /** Writes the reply of a wait that ended without success. */
        public Consumer<ReplyWriter> onTimeout() {
            return onTimeout;
        }
    }

    /**
     * What a command wants to wait for.
     *
     * @param type the {@link io.ferrite.store.Type} that one of the keys must have
     * @param orGone whether a key that is gone, or of another type, is worth a try as well
     * @param timeoutMs 0 to wait for ever
     * @param onTimeout writes the reply when the time is up
     */
    public record Wait(int type, boolean orGone, long timeoutMs, Consumer<ReplyWriter> onTimeout) {}

    /** A key of a database, and its stripe. */
    record Place(int database, ByteKey key, int stripe) {}

    private final Keyspace keyspace;
    private final Map<Place, LinkedHashSet<Waiter>>[] byStripe;

    /**
     * How many waiters on keys of one stripe touch another: what {@link #reach} needs to know, by
     * stripe and guarded by it. The masks say which counts are not zero.
     */
    private final int[][] links;

    private final long[] linked;

    /** By stripe, and guarded by it: see {@link #keysOrGone(int)}. */
    private final int[] keysOrGone;

    private final AtomicInteger count = new AtomicInteger();

    @SuppressWarnings("unchecked")
    Blocking(Keyspace keyspace) {
        this.keyspace = keyspace;
        int stripes = keyspace.stripes();
        byStripe = (Map<Place, LinkedHashSet<Waiter>>[]) new Map<?, ?>[stripes];
        for (int i = 0; i < stripes; i++) {
            byStripe[i] = new HashMap<>();
        }
        links = new int[stripes][stripes];
        linked = new long[stripes];
        keysOrGone = new int[stripes];
    }

    /** Whether somebody waits for a key of this stripe. */
    public boolean anyIn(int stripe) {
        return linked[stripe] != 0;
    }

    /** Clients blocked on keys now. */
    public int count() {
        return count.get();
    }

    /** Distinct keys waited for in a stripe. */
    public int keys(int stripe) {
        return byStripe[stripe].size();
    }

    /** Distinct keys of a stripe whose removal somebody waits for. */
    public int keysOrGone(int stripe) {
        return keysOrGone[stripe];
    }

    private static boolean anyOrGone(LinkedHashSet<Waiter> queue) {
        for (Waiter waiter : queue) {
            if (waiter.orGone) {
                return true;
            }
        }
        return false;
    }

    /**
     * The stripes held, and those that the commands of clients waiting in them would need besides.
     */
    public long reach(long held) {
        long reached = held;
        for (long left = held; left != 0; left &= left - 1) {
            reached |= linked[Long.numberOfTrailingZeros(left)];
        }
        return reached;
    }

    /** Bit mask of the stripes that a waiter's keys lie in. */
    public static long stripeMask(Waiter waiter) {
        return waiter.waited;
    }

    // --- waiting ---------------------------------------------------------------------------------

    /**
     * Leaves a waiter on keys. The stripes of all keys are held.
     *
     * @param keys the arguments' positions of the keys to wait for
     * @param again the request to run then
     */
    void block(ExecutionUnit unit, int[] keys, Wait wait, Request again) {
        Place[] places = new Place[keys.length];
        long waited = 0;
        for (int i = 0; i < keys.length; i++) {
            Slice key = unit.arg(keys[i]);
            int stripe = keyspace.stripeOf(key);
            places[i] = new Place(unit.databaseIndex(), ByteKey.of(key), stripe);
            waited |= 1L << stripe;
        }
        Waiter waiter = new Waiter(unit, wait, places, waited, again);
        for (Place place : places) {
            HeapBudget.take(HeapBudget.of(place.key));
            LinkedHashSet<Waiter> queue =
                    byStripe[place.stripe].computeIfAbsent(place, p -> new LinkedHashSet<>(4));
            keysOrGone[place.stripe] += wait.orGone && !anyOrGone(queue) ? 1 : 0;
            queue.add(waiter);
        }
        link(waiter, 1);
        count.incrementAndGet();
        unit.session().setWaiter(waiter);
        unit.session().set(Session.BLOCKED);
    }

    private void link(Waiter waiter, int step) {
        for (long from = waiter.waited; from != 0; from &= from - 1) {
            int stripe = Long.numberOfTrailingZeros(from);
            for (long to = waiter.touched; to != 0; to &= to - 1) {
                int other = Long.numberOfTrailingZeros(to);
                links[stripe][other] += step;
                if (links[stripe][other] == 0) {
                    linked[stripe] &= ~(1L << other);
                } else {
                    linked[stripe] |= 1L << other;
                }
            }
        }
    }

    /** The waiting is over: takes the waiter off its keys, whose stripes are held. */
    public void remove(Waiter waiter) {
        if (waiter.done) {
            return;
        }
        waiter.done = true;
        for (Place place : waiter.places) {
            HeapBudget.give(HeapBudget.of(place.key));
            Map<Place, LinkedHashSet<Waiter>> map = byStripe[place.stripe];
            LinkedHashSet<Waiter> queue = map.get(place);
            if (queue != null && queue.remove(waiter)) {
                keysOrGone[place.stripe] -= waiter.orGone && !anyOrGone(queue) ? 1 : 0;
                if (queue.isEmpty()) {
                    map.remove(place);
                }
            }
        }
        link(waiter, -1);
        count.decrementAndGet();
    }

    // --- serving ---------------------------------------------------------------------------------

    /** A key changed: whoever waits for it is to be tried when this unit is over. */
    void ready(ExecutionUnit unit, int stripe, int database, Slice key) {
        Place place = new Place(database, ByteKey.of(key), stripe);
        if (byStripe[stripe].containsKey(place)) {
            unit.readyKeys().add(place);
        }
    }

    /** A waiter's command is to be tried when this unit is over. Its stripes are held. */
    public void tryAgain(ExecutionUnit unit, Waiter waiter) {
        if (!waiter.done) {
            unit.readyKeys().add(waiter.places[0]);
        }
    }

    /** Any key of a database may have changed: it was swapped or flushed. All stripes are held. */
    public void allReady(ExecutionUnit unit, int database) {
        for (Map<Place, LinkedHashSet<Waiter>> queues : byStripe) {
            for (Place place : queues.keySet()) {
                if (place.database == database) {
                    unit.readyKeys().add(place);
                }
            }
        }
    }

    /**
     * Runs the commands of clients that wait for the keys which {@code unit} made ready, and for
     * those that they in turn make ready, each as a unit of its own, and sends them their replies.
     * What needs stripes that are not held stays in {@link ExecutionUnit#readyKeys}.
     *
     * @param held the stripes held
     */
    public void serve(
            ExecutionUnit unit, NativeReplyWriter scratch, long nowMs, long held, Served served) {
        LinkedHashSet<Place> left = new LinkedHashSet<>();
        while (!unit.readyKeys().isEmpty()) {
            Place place = unit.readyKeys().removeFirst();
            LinkedHashSet<Waiter> queue =
                    (held & 1L << place.stripe) == 0 ? null : byStripe[place.stripe].get(place);
            if (queue == null) {
                if ((held & 1L << place.stripe) == 0) {
                    left.add(place);
                }
                continue;
            }
            for (Waiter waiter : List.copyOf(queue)) {
                if (waiter.done || !isReady(unit, place, waiter, nowMs)) {
                    continue;
                }
                if ((waiter.touched & ~held) != 0) {
                    left.add(place);
                    break; // those behind it have to wait for it
                }
                retry(unit, waiter, scratch, nowMs, served);
            }
        }
        unit.readyKeys().addAll(left);
    }

    /** A key that has expired but is still there is left to others: nobody asked for it. */
    private boolean isReady(ExecutionUnit unit, Place place, Waiter waiter, long nowMs) {
        if (waiter.orGone) {
            return true;
        }
        long entry = unit.find(keyspace.database(place.database), place.key);
        return entry != Database.NONE
                && Entry.type(entry) == waiter.type
                && !Entry.isExpired(entry, nowMs);
    }

    private void retry(
            ExecutionUnit unit,
            Waiter waiter,
            NativeReplyWriter scratch,
            long nowMs,
            Served served) {
        scratch.reset();
        scratch.setProtocol(waiter.session.protocol());
        unit.beginRetry(waiter, scratch, nowMs);
        Denial denial = judge(unit, waiter);
        boolean succeeded = false;
        if (denial == Denial.NONE) {
            succeeded = unit.run(waiter.command, waiter.request);
        } else {
            String line = "NOPERM " + denial.text(waiter.session.user(), waiter.command.spec());
            unit.engine().errors().count(line);
            scratch.error(line);
        }
        unit.commit();
        if (!unit.isBlocked()) {
            remove(waiter);
            served.ended(waiter, denial != Denial.NONE, succeeded);
            waiter.request.close();
            byte[] answer = scratch.toBytes();
            List<byte[]> more = unit.takeBehindAnswer();
            waiter.session
                    .outbox()
                    .answer(out -> {
                        out.raw(answer);
                        more.forEach(out::raw);
                    });
        }
    }

    /** What the user was allowed when the client began to wait, he may not be any more. */
    private static Denial judge(ExecutionUnit unit, Waiter waiter) {
        return unit.engine()
                .gatekeeper()
                .judge(
                        unit.accessCheck(),
                        waiter.session,
                        waiter.command,
                        waiter.request,
                        Gatekeeper.Context.TOPLEVEL);
    }

    /**
     * Hears of the commands that waited and do no more, to count them; before they are answered.
     */
    @FunctionalInterface
    public interface Served {
        void ended(Waiter waiter, boolean rejected, boolean succeeded);
    }

    /** The stripes of the keys that a unit made ready. */
    static long stripesOf(LinkedHashSet<Place> places) {
        long mask = 0;
        for (Place place : places) {
            mask |= 1L << place.stripe;
        }
        return mask;
    }
}
