package io.ferrite.testkit;

import java.util.PriorityQueue;

/**
 * Virtual time: runs scheduled actions in time order on the calling thread, those of one instant in
 * the order in which they were scheduled. The same actions give the same run every time.
 */
public final class EventQueue {

    private record Event(long atMs, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atMs != other.atMs
                    ? Long.compare(atMs, other.atMs)
                    : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowMs;
    private long nextOrder;

    public EventQueue(long startMs) {
        this.nowMs = startMs;
    }

    public long nowMs() {
        return nowMs;
    }

    /** Schedules {@code action} for {@code delayMs} from now. */
    public void after(long delayMs, Runnable action) {
        if (delayMs < 0) {
            throw new IllegalArgumentException("delay " + delayMs);
        }
        events.add(new Event(nowMs + delayMs, nextOrder++, action));
    }

    /** Moves the clock to the next event and runs it; false when nothing is scheduled. */
    public boolean runNext() {
        Event event = events.poll();
        if (event == null) {
            return false;
        }
        nowMs = event.atMs();
        event.action().run();
        return true;
    }

    /** Runs everything that is due within the next {@code durationMs}. */
    public void runFor(long durationMs) {
        long until = nowMs + durationMs;
        while (!events.isEmpty() && events.peek().atMs() <= until) {
            runNext();
        }
        nowMs = until;
    }
}
