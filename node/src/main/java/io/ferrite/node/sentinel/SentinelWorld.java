package io.ferrite.node.sentinel;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** What a Sentinel needs of the outside beside a server's environment; real or simulated. */
public interface SentinelWorld {

    /** A program that runs. */
    interface Program {
        long pid();

        /** Ends it at once; its end is still reported. */
        void kill();
    }

    /**
     * How a program ended.
     *
     * @param signal the signal that ended it, 0 if it ended by itself
     */
    record End(int status, int signal) {}

    /** Whether a path is that of a program that may be run. */
    boolean isExecutable(String path);

    /**
     * Runs a program.
     *
     * @param onEnd told on event loop 0
     * @return null if it can't be run
     */
    Program run(List<String> words, Consumer<End> onEnd);

    /**
     * Sends text to a web address.
     *
     * @param onEnd told on event loop 0: the status of the answer, -1 without one
     */
    void post(String url, String json, int timeoutMs, IntConsumer onEnd);

    /** The address in numbers that a name stands for, or null. May wait for the network. */
    String resolve(String host);

    /** A wall clock's instant as the C library writes it. */
    String wallClock(long epochMs);

    /** Ends the process at once. */
    void exit(int status);
}
