package io.ferrite.node;

import io.ferrite.engine.Blocking;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The clients of one event loop that wait until a moment at the latest. One timer is set for all of
 * them; a client that was served leaves nothing behind. For the loop's thread only.
 */
final class Deadlines {

    private static final Comparator<Blocking.Waiter> EARLIEST_FIRST =
            Comparator.comparingLong(Blocking.Waiter::deadlineMs)
                    .thenComparingLong(waiter -> waiter.session().id());

    private final Environment environment;
    private final int loop;
    private final Consumer<Blocking.Waiter> onTime;
    private final TreeSet<Blocking.Waiter> waiters = new TreeSet<>(EARLIEST_FIRST);

    /** When the earliest timer that is set goes off. */
    private long timerMs = Long.MAX_VALUE;

    /**
     * @param onTime is told of a waiter whose time is up; it may have been served meanwhile
     */
    Deadlines(Environment environment, int loop, Consumer<Blocking.Waiter> onTime) {
        this.environment = environment;
        this.loop = loop;
        this.onTime = onTime;
    }

    /** Notes a waiter; one that waits for ever is no concern. */
    void add(Blocking.Waiter waiter) {
        if (waiter.deadlineMs() != 0) {
            waiters.add(waiter);
            setTimer();
        }
    }

    void remove(Blocking.Waiter waiter) {
        waiters.remove(waiter);
    }

    private void setTimer() {
        if (waiters.isEmpty() || waiters.first().deadlineMs() >= timerMs) {
            return;
        }
        long atMs = waiters.first().deadlineMs();
        timerMs = atMs;
        environment.after(loop, Math.max(1, atMs - environment.nowMs()), () -> ring(atMs));
    }

    private void ring(long atMs) {
        if (timerMs == atMs) {
            timerMs = Long.MAX_VALUE;
        }
        long nowMs = environment.nowMs();
        while (!waiters.isEmpty() && waiters.first().deadlineMs() <= nowMs) {
            onTime.accept(waiters.pollFirst());
        }
        setTimer();
    }
}
