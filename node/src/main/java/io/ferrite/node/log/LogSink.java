package io.ferrite.node.log;

/** Where log lines go. Called from any thread; must not wait for a slow disk. */
@FunctionalInterface
public interface LogSink {

    /**
     * Takes one complete piece of text.
     *
     * @param text what to append, with its line end
     * @param message the message alone, for receivers that add time and sender themselves; empty
     *     for text that is not a message, such as the banner
     */
    void append(LogLevel level, String text, String message);
}
