package io.ferrite.module;

import java.util.function.Consumer;

/** A client that waits for a reply. A module that has some cannot be unloaded. Any thread. */
public interface BlockedClient {

    /**
     * Ends the wait with a reply, written on the client's thread.
     *
     * @return false if it has ended already: the client has left, or it was too late
     */
    boolean answer(Consumer<Reply> reply);

    /** Whether the client still waits. */
    boolean isWaiting();
}
