package io.ferrite.node;

import io.ferrite.engine.Outbox;
import io.ferrite.engine.Session;

/**
 * The connection behind a client's session, as far as CLIENT LIST, limits and statistics care.
 * Every method may be called from any thread; numbers are as of a moment ago.
 */
public interface ClientLink extends Outbox {

    /** The link of a session, or null when no connection is behind it. */
    static ClientLink of(Session session) {
        return session.outbox() instanceof ClientLink link ? link : null;
    }

    /** The event loop that serves the client. */
    int loop();

    /** The socket's file descriptor, or -1. */
    int descriptor();

    /** Whether the client is on this machine: loopback or a Unix socket. */
    boolean isLocal();

    /** Bytes of requests read and not done with. */
    int unreadBytes();

    /** Room behind them that is taken already. */
    int unreadRoom();

    /** Bytes that the request which has begun will take beyond that room, as it says itself. */
    int announcedBytes();

    /** Room taken for replies that are being written. */
    int outputRoom();

    /**
     * Whether the client reads too slowly, so that the rest of its replies waits for the socket.
     */
    boolean awaitsWrite();

    /** Judges the limits that time brings. On the client's event loop only. */
    void look();

    /** Closes at once; nothing that the client sent is executed any more. */
    void kill();
}
