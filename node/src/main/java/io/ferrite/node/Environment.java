package io.ferrite.node;

import io.ferrite.base.disk.Disk;

/** The outside world as a node sees it: clock, timers and background work; real or simulated. */
public interface Environment {

    /** Milliseconds since the epoch. */
    long nowMs();

    /** Microseconds since the epoch. */
    default long nowMicros() {
        return nowMs() * 1000;
    }

    /** A clock for durations, in nanoseconds. */
    long nanos();

    /** So many random hexadecimal digits, not to be guessed. */
    String randomHex(int digits);

    /** Number of event loops. */
    int loops();

    /**
     * A loop that serves no clients, for work that has to go on while commands take long; one of the
     * others where there is none.
     */
    default int loopApart() {
        return 0;
    }

    /** Runs an action on a loop as soon as it is free. Any thread. */
    void onLoop(int loop, Runnable action);

    /** Runs an action on a loop after a delay. Any thread. */
    void after(int loop, long delayMs, Runnable action);

    /** Runs work that may take long or wait for files, on a thread of its own. */
    void background(String name, Runnable work);

    /** The files. */
    Disk disk();

    /**
     * Connects to another server. The link's events run on {@code loop}, {@link LinkEvents#failed}
     * too if there is no connection in time.
     *
     * @param source the local address to connect from, empty for any
     */
    default void connect(
            int loop, String host, int port, String source, int timeoutMs, LinkEvents events) {
        onLoop(loop, () -> events.failed("no network"));
    }
}
