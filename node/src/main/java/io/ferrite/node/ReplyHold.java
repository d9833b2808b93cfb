package io.ferrite.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Replies that may leave only when the log has got somewhere: to a file, to the disk, to enough
 * followers. The event loops go on meanwhile; a client whose reply is held is not served further.
 *
 * <p>Whoever demands something opens a {@link Condition} and raises it; replies of writes that end
 * at or below the lowest of all conditions leave. Without any condition nothing is ever held, at
 * the price of one load of {@link #isActive} for each read of a connection.
 *
 * <pre>
 *   event loop                         the file's writer
 *     command -> log (ends at 940)
 *     hold(reply, 940)                   write, sync
 *     other clients                      condition.raise(940)
 *     release(940) <-- on the loop ------'
 * </pre>
 *
 * <p>Conditions are for any thread; {@link #hold} is for the reply's event loop.
 */
public final class ReplyHold {

    /** A reply that waits. Called on its event loop. */
    public interface Held {

        /** Everything below {@code offset} is where it has to be: the reply leaves. */
        void release(long offset);

        /** What the reply confirms did not get there. */
        void fail(String error);
    }

    /** One demand. */
    public final class Condition implements AutoCloseable {
        private long reached;

        private Condition(long reached) {
            this.reached = reached;
        }

        /** The log has got to {@code offset}. */
        public void raise(long offset) {
            boolean moved;
            synchronized (conditions) {
                reached = offset;
                moved = recompute();
            }
            if (moved) {
                wake();
            }
        }

        /** Demands nothing any more. */
        @Override
        public void close() {
            synchronized (conditions) {
                conditions.remove(this);
                recompute();
            }
            wake();
        }
    }

    private record Entry(long offset, Held held, long deadlineMs) {}

    /** What waits on one event loop. */
    private static final class Waiting {
        private final ArrayDeque<Entry> entries = new ArrayDeque<>();

        /** Whether the loop wants to be woken; set before {@link #released} is read again. */
        private volatile boolean any;

        /** For others to look at; nothing depends on its being exact. */
        private int count;

        /** When somebody comes next to look who has waited too long. */
        private long sweepAtMs = Long.MAX_VALUE;
    }

    private final Environment environment;
    private final String lateError;
    private final Waiting[] loops;
    private final List<Condition> conditions = new ArrayList<>();
    private volatile boolean active;
    private volatile long released = Long.MAX_VALUE;
    private volatile String failure;

    ReplyHold(Environment environment) {
        this(environment, "");
    }

    /**
     * @param lateError what becomes of a reply that waits longer than it may
     */
    public ReplyHold(Environment environment, String lateError) {
        this.environment = environment;
        this.lateError = lateError;
        this.loops = new Waiting[environment.loops()];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new Waiting();
        }
    }

    /** Whether any reply may have to wait. */
    public boolean isActive() {
        return active;
    }

    /**
     * Demands something of every reply from now on.
     *
     * @param reached what the log has already; {@link Long#MAX_VALUE}: nothing waits for now
     */
    public Condition open(long reached) {
        Condition condition = new Condition(reached);
        synchronized (conditions) {
            conditions.add(condition);
            recompute();
        }
        return condition;
    }

    /**
     * From now on replies that would have to wait fail, and so do those that wait already; null
     * ends that.
     */
    public void fail(String error) {
        failure = error;
        if (error != null) {
            wake();
        }
    }

    /** About how many replies wait. Any thread. */
    public int waiting() {
        int sum = 0;
        for (Waiting waiting : loops) {
            sum += waiting.count;
        }
        return sum;
    }

    /** Why replies fail, or null. */
    public String failure() {
        return failure;
    }

    /** The log began anew elsewhere: what waits there has no meaning any more, and leaves. */
    public void releaseAll() {
        for (int i = 0; i < loops.length; i++) {
            Waiting waiting = loops[i];
            environment.onLoop(i, () -> release(waiting, Long.MAX_VALUE));
        }
    }

    /**
     * Makes a reply wait for {@code offset}; false if it need not.
     *
     * @param loop the reply's event loop, which is the calling thread
     */
    public boolean hold(int loop, long offset, Held held) {
        return hold(loop, offset, held, Long.MAX_VALUE);
    }

    /**
     * As the other {@code hold}, for a time.
     *
     * @param deadlineMs when the reply fails, {@link Long#MAX_VALUE} for never
     */
    public boolean hold(int loop, long offset, Held held, long deadlineMs) {
        if (offset <= released) {
            return false;
        }
        Waiting waiting = loops[loop];
        waiting.entries.add(new Entry(offset, held, deadlineMs));
        waiting.count++;
        comeToSweep(loop, waiting, deadlineMs);
        waiting.any = true;
        if (offset <= released || failure != null) {
            environment.onLoop(loop, () -> serve(waiting)); // it came meanwhile
        }
        return true;
    }

    /** All that wait fail. Any thread. */
    public void failAll(String error) {
        for (int i = 0; i < loops.length; i++) {
            Waiting waiting = loops[i];
            environment.onLoop(
                    i,
                    () -> {
                        release(waiting, released);
                        while (!waiting.entries.isEmpty()) {
                            waiting.entries.poll().held.fail(error);
                        }
                        waiting.count = 0;
                    });
        }
    }

    /** Sees to it that somebody looks at that time. */
    private void comeToSweep(int loop, Waiting waiting, long atMs) {
        if (atMs < waiting.sweepAtMs) {
            waiting.sweepAtMs = atMs;
            long delay = Math.max(1, atMs - environment.nowMs());
            environment.after(loop, delay, () -> sweep(loop, waiting));
        }
    }

    /** Those whose time is over fail; in line are also some with more time, who came before. */
    private void sweep(int loop, Waiting waiting) {
        waiting.sweepAtMs = Long.MAX_VALUE;
        release(waiting, released);
        long nowMs = environment.nowMs();
        long next = Long.MAX_VALUE;
        List<Held> late = new ArrayList<>();
        for (Iterator<Entry> it = waiting.entries.iterator(); it.hasNext(); ) {
            Entry entry = it.next();
            if (entry.deadlineMs <= nowMs) {
                it.remove();
                late.add(entry.held);
            } else {
                next = Math.min(next, entry.deadlineMs);
            }
        }
        waiting.count = waiting.entries.size();
        comeToSweep(loop, waiting, next);
        for (Held held : late) {
            held.fail(lateError);
        }
    }

    /** True if more may leave than before. */
    private boolean recompute() {
        long lowest = Long.MAX_VALUE;
        for (Condition condition : conditions) {
            lowest = Math.min(lowest, condition.reached);
        }
        boolean moved = lowest > released;
        released = lowest;
        active = lowest != Long.MAX_VALUE;
        return moved;
    }

    private void wake() {
        for (int i = 0; i < loops.length; i++) {
            Waiting waiting = loops[i];
            if (waiting.any) {
                waiting.any = false;
                environment.onLoop(i, () -> serve(waiting));
            }
        }
    }

    private void serve(Waiting waiting) {
        release(waiting, released);
        String error = failure;
        while (error != null && !waiting.entries.isEmpty()) {
            waiting.entries.poll().held.fail(error);
        }
        waiting.count = waiting.entries.size();
        if (!waiting.entries.isEmpty()) {
            waiting.any = true;
            if (waiting.entries.peek().offset <= released) {
                serve(waiting);
            }
        }
    }

    private static void release(Waiting waiting, long upTo) {
        while (!waiting.entries.isEmpty() && waiting.entries.peek().offset <= upTo) {
            Entry entry = waiting.entries.poll();
            entry.held.release(entry.offset);
        }
    }
}
