package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.engine.tracking.ClientTracking;

/** A client in one line: CLIENT LIST, CLIENT INFO and log lines. Any thread. */
public final class ClientLine {

    /** The letters of {@code flags=}, and those of states that there are not here. */
    public static final String FLAGS = "AOSMPxbtRBdcUureTIN";

    private ClientLine() {}

    /** What {@code flags=} says of a client. */
    public static String flags(Session session) {
        return letters(session, session.flags());
    }

    /**
     * The line, without an end of line.
     *
     * @param argumentBytes of the request that runs, when the client is the one that asks
     */
    public static String of(Session session, long nowMs, long argumentBytes) {
        StringBuilder line = new StringBuilder(384);
        ClientLink link = ClientLink.of(session);
        Command last = session.lastCommand();
        int flags = session.flags();
        ClientTracking tracking = session.tracking();
        put(line, "id", session.id());
        put(line, "addr", session.address());
        put(line, "laddr", session.localAddress());
        put(line, "fd", link == null ? -1 : link.descriptor());
        put(line, "name", session.name());
        put(line, "age", nowMs / 1000 - session.createdMs() / 1000);
        put(line, "idle", Math.max(0, nowMs / 1000 - session.lastActiveMs() / 1000));
        put(line, "flags", letters(session, flags));
        put(line, "db", session.database());
        put(line, "sub", session.channels().size());
        put(line, "psub", session.patterns().size());
        put(line, "ssub", session.shardChannels().size());
        put(line, "multi", (flags & Session.MULTI) != 0 ? session.queuedCommands().size() : -1);
        put(line, "watch", session.watched().size());
        put(line, "qbuf", link == null ? 0 : link.unreadBytes());
        put(line, "qbuf-free", link == null ? 0 : link.unreadRoom());
        put(line, "argv-mem", argumentBytes);
        put(line, "multi-mem", session.queuedBytes());
        put(line, "rbs", link == null ? 0 : link.outputRoom());
        put(line, "rbp", link == null ? 0 : link.outputRoom());
        long output = ClientMemory.output(session);
        put(line, "obl", 0);
        put(line, "oll", messages(output));
        put(line, "omem", output);
        put(line, "tot-mem", ClientMemory.total(session) + argumentBytes);
        put(line, "events", link != null && link.awaitsWrite() ? "rw" : "r");
        put(line, "cmd", last == null ? "NULL" : last.name());
        put(line, "user", session.user().name());
        put(line, "redir", tracking == null ? -1 : tracking.redirect());
        put(line, "resp", session.protocol());
        put(line, "lib-name", session.libName());
        put(line, "lib-ver", session.libVersion());
        return line.toString();
    }

    private static void put(StringBuilder line, String field, Object value) {
        if (!line.isEmpty()) {
            line.append(' ');
        }
        line.append(field).append('=').append(value);
    }

    /** Replies wait in pieces of about this size. */
    private static long messages(long output) {
        return (output + (16 << 10) - 1) / (16 << 10);
    }

    private static String letters(Session session, int flags) {
        StringBuilder letters = new StringBuilder();
        append(letters, flags, Session.MONITOR, 'O');
        append(letters, flags, Session.REPLICA, 'S');
        append(letters, flags, Session.COPY_CHANNEL, 'C');
        append(letters, flags, Session.LEADER, 'M');
        append(letters, flags, Session.SUBSCRIBED, 'P');
        append(letters, flags, Session.MULTI, 'x');
        append(letters, flags, Session.BLOCKED, 'b');
        ClientTracking tracking = session.tracking();
        if (tracking != null) {
            letters.append('t');
            letters.append(tracking.isBroken() ? "R" : "");
            letters.append(tracking.is(ClientTracking.BCAST) ? "B" : "");
        }
        if (session.watchDirty()) {
            letters.append('d');
        }
        append(letters, flags, Session.CLOSING, 'c');
        append(letters, flags, Session.UNIX_SOCKET, 'U');
        append(letters, flags, Session.READ_ONLY, 'r');
        append(letters, flags, Session.NO_EVICT, 'e');
        append(letters, flags, Session.NO_TOUCH, 'T');
        return letters.isEmpty() ? "N" : letters.toString();
    }

    private static void append(StringBuilder letters, int flags, int flag, char letter) {
        if ((flags & flag) != 0) {
            letters.append(letter);
        }
    }
}
