package io.ferrite.node;

import io.ferrite.engine.Session;
import io.ferrite.engine.tracking.ClientTracking;

/** How much memory a client takes: what CLIENT LIST calls omem and tot-mem. Any thread. */
public final class ClientMemory {

    /** The objects of a connection without its buffers; measured as heap growth per idle client. */
    private static final int CONNECTION_BYTES = 2048;

    /** A channel in a session's set and in the channel's list of listeners. */
    private static final int SUBSCRIPTION_BYTES = 96;

    private ClientMemory() {}

    /** Replies that wait to be taken by the kernel. */
    public static long output(Session session) {
        return session.outbox().pendingBytes();
    }

    /** Everything, what a request that has begun to arrive is going to take included. */
    public static long total(Session session) {
        long bytes = CONNECTION_BYTES + buffers(session) + session.queuedBytes();
        ClientLink link = ClientLink.of(session);
        if (link != null) {
            bytes += link.announcedBytes();
        }
        ClientTracking tracking = session.tracking();
        if (tracking != null) {
            bytes += tracking.prefixBytes();
        }
        int subscriptions = session.subscriptions() + session.shardChannels().size();
        bytes += (long) SUBSCRIPTION_BYTES * (subscriptions + session.watched().size());
        return bytes;
    }

    /** The buffers of its connection, for either direction. */
    static long buffers(Session session) {
        long bytes = output(session);
        ClientLink link = ClientLink.of(session);
        if (link != null) {
            bytes += (long) link.unreadBytes() + link.unreadRoom() + link.outputRoom();
        }
        return bytes;
    }
}
