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
     * A loop that serves no clients, for work that has to go on while commands take long; one of
     * the others where there is none.
     */
    default int loopApart() {
        return 0;
    }

    /** Whether the caller's thread is that of this loop. */
    default boolean isOn(int loop) {
        return false;
    }

    /**
     * Called now and then, on the loop's thread, by what occupies it for long: clients are read
     * meanwhile; actions handed to the loop wait.
     */
    default void serveMeanwhile(int loop) {}

    /** Runs an action on a loop as soon as it is free. Any thread. */
    void onLoop(int loop, Runnable action);

    /** Runs an action on a loop after a delay. Any thread. */
    void after(int loop, long delayMs, Runnable action);

    /** Runs work that may take long or wait for files, on a thread of its own. */
    void background(String name, Runnable work);

    /**
     * Makes a thread of its own that does work again and again: whenever it is woken, and when the
     * work itself said that it wants to go on. It waits until it is first woken.
     */
    Worker worker(String name, Work work);

    /** One turn of work: may wait for files. */
    interface Work {

        /** Nothing to do until somebody wakes the worker. */
        long IDLE = Long.MAX_VALUE;

        /** Does what there is to do; in how many nanoseconds it wants to be asked again. */
        long turn();
    }

    /** Does {@link Work}, one turn at a time. Any thread may call it. */
    interface Worker {

        /** A turn begins after this call: none is lost. */
        void wake();

        /** No turn begins any more. */
        void end();
    }

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
        connect(loop, host, port, source, timeoutMs, false, events);
    }

    /**
     * Connects to another server, encrypted if so wished.
     *
     * @param source the local address to connect from, empty for any
     * @param tls whether the link is to be encrypted, as the parameters of TLS say
     */
    default void connect(
            int loop,
            String host,
            int port,
            String source,
            int timeoutMs,
            boolean tls,
            LinkEvents events) {
        onLoop(loop, () -> events.failed("no network"));
    }
}
