package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.node.ClientType;
import io.ferrite.node.Node;

/**
 * CLIENT KILL address, and CLIENT KILL with filters. The old form answers OK or refuses, the new
 * one with how many it closed.
 */
final class ClientKillCommand {

    private static final CommandError BAD_ID =
            CommandError.of("ERR client-id should be greater than 0");

    private final Node node;

    ClientKillCommand(Node node) {
        this.node = node;
    }

    /** Which clients to close: those that fit every filter that is set. */
    private static final class Filter {
        private String address;
        private String localAddress;
        private String user;
        private ClientType type;
        private long id;
        private long maxAgeSeconds;
        private boolean skipMe;

        boolean accepts(Session session, Session me, long nowMs) {
            return (address == null || address.equals(session.address()))
                    && (localAddress == null || localAddress.equals(session.localAddress()))
                    && (user == null || user.equals(session.user().name()))
                    && (type == null || type == ClientType.of(session))
                    && (id == 0 || id == session.id())
                    && (!skipMe || session != me)
                    && (maxAgeSeconds == 0
                            || nowMs / 1000 - session.createdMs() / 1000 >= maxAgeSeconds);
        }
    }

    /** All stripes are held: who waits for a key gives up its place before anybody can serve it. */
    void kill(ExecutionUnit unit) {
        boolean oldForm = unit.argc() == 3;
        Filter filter = oldForm ? byAddress(unit) : byOptions(unit);
        Session me = unit.session();
        int killed = 0;
        for (Session session : node.clients().all()) {
            if (!filter.accepts(session, me, unit.nowMs())) {
                continue;
            }
            killed++;
            if (session == me) {
                me.set(Session.CLOSING); // the answer is still sent
            } else {
                node.clients().kill(unit, session);
            }
        }
        if (!oldForm) {
            unit.reply().integer(killed);
        } else if (killed == 0) {
            throw CommandError.of("ERR No such client");
        } else {
            unit.reply().ok();
        }
    }

    private static Filter byAddress(ExecutionUnit unit) {
        Filter filter = new Filter();
        filter.address = Arguments.text(unit, 2);
        return filter;
    }

    private Filter byOptions(ExecutionUnit unit) {
        Filter filter = new Filter();
        filter.skipMe = true;
        for (int i = 2; i < unit.argc(); i += 2) {
            if (i + 1 >= unit.argc()) {
                throw CommandError.SYNTAX;
            }
            String value = Arguments.text(unit, i + 1);
            if (unit.arg(i).isWord("ID")) {
                filter.id = Numbers.integer(unit.arg(i + 1), BAD_ID);
                if (filter.id < 1) {
                    throw BAD_ID;
                }
            } else if (unit.arg(i).isWord("MAXAGE")) {
                filter.maxAgeSeconds = maxAge(unit, i + 1);
            } else if (unit.arg(i).isWord("TYPE")) {
                filter.type = ClientCommands.requireType(unit, i + 1);
            } else if (unit.arg(i).isWord("ADDR")) {
                filter.address = value;
            } else if (unit.arg(i).isWord("LADDR")) {
                filter.localAddress = value;
            } else if (unit.arg(i).isWord("USER")) {
                if (!node.access().isUser(value)) {
                    throw CommandError.of("ERR No such user '" + value + "'");
                }
                filter.user = value;
            } else if (unit.arg(i).isWord("SKIPME")) {
                filter.skipMe = skipMe(unit, i + 1);
            } else {
                throw CommandError.SYNTAX;
            }
        }
        return filter;
    }

    private static long maxAge(ExecutionUnit unit, int i) {
        long seconds =
                Numbers.integer(
                        unit.arg(i),
                        CommandError.of("ERR maxage is not an integer or out of range"));
        if (seconds <= 0) {
            throw CommandError.of("ERR maxage should be greater than 0");
        }
        return seconds;
    }

    private static boolean skipMe(ExecutionUnit unit, int i) {
        if (unit.arg(i).isWord("YES")) {
            return true;
        }
        if (unit.arg(i).isWord("NO")) {
            return false;
        }
        throw CommandError.SYNTAX;
    }
}
