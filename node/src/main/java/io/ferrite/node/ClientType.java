package io.ferrite.node;

import io.ferrite.engine.Session;
import io.ferrite.node.config.OutputBufferLimit.ClientClass;
import java.util.Locale;

/**
 * The types of clients that CLIENT LIST and KILL tell apart, and output buffer limits with them.
 */
public enum ClientType {
    NORMAL(ClientClass.NORMAL),
    /** A follower of this server. */
    REPLICA(ClientClass.REPLICA),
    PUBSUB(ClientClass.PUBSUB),
    /** The link to the leader that this server follows. */
    MASTER(null);

    private final ClientClass limits;

    ClientType(ClientClass limits) {
        this.limits = limits;
    }

    /** The class of its output buffer limits; null when there is none. */
    ClientClass limits() {
        return limits;
    }

    public static ClientType of(Session session) {
        int flags = session.flags();
        if ((flags & Session.LEADER) != 0) {
            return MASTER;
        }
        if ((flags & Session.REPLICA) != 0) {
            return REPLICA;
        }
        return (flags & Session.SUBSCRIBED) != 0 ? PUBSUB : NORMAL;
    }

    /** The type of this name in any case, or null. */
    public static ClientType named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "normal" -> NORMAL;
            case "slave", "replica" -> REPLICA;
            case "pubsub" -> PUBSUB;
            case "master" -> MASTER;
            default -> null;
        };
    }
}
