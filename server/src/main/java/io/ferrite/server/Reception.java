package io.ferrite.server;

import io.ferrite.engine.Session;
import io.ferrite.net.Acceptor;
import io.ferrite.net.Connection;
import io.ferrite.net.ConnectionHandler;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.resp.Limits;
import java.nio.charset.StandardCharsets;

/** Lets new connections in as clients, or tells them why not and closes them. */
final class Reception implements Acceptor {

    private static final String FULL = "-ERR max number of clients reached\r\n";

    private static final String PROTECTED =
            "-DENIED Redis is running in protected mode because protected mode is enabled and no"
                    + " password is set for the default user. In this mode connections are only"
                    + " accepted from the loopback interface. If you want to connect from external"
                    + " computers, set a password, or disable protected mode with CONFIG SET"
                    + " protected-mode no from a loopback client, or start the server with"
                    + " '--protected-mode no'.\r\n";

    private final Node node;
    private final Settings settings;
    private final Limits limits;

    Reception(Node node, Limits limits) {
        this.node = node;
        this.settings = node.settings();
        this.limits = limits;
    }

    @Override
    public ConnectionHandler accepted(Connection connection) {
        node.stats().connections.increment();
        ClientConnection client = new ClientConnection(connection, node, limits);
        Session session = client.session();
        node.access().begin(session);
        if (connection.isUnix()) {
            session.set(Session.UNIX_SOCKET);
        } else {
            connection.keepAlive(settings.getInt(NetworkOptions.TCP_KEEPALIVE));
        }
        if (isProtectedFrom(connection)) {
            connection.pause();
            connection.execute(() -> refuse(connection, PROTECTED));
        } else if (!admit(client)) {
            // A place may be free already: another loop has yet to notice that its client is gone.
            connection.pause();
            askAgain(client, 0);
        }
        return client;
    }

    private boolean isProtectedFrom(Connection connection) {
        return node.access().isOpen()
                && settings.get(NetworkOptions.PROTECTED_MODE)
                && !connection.isLoopback();
    }

    private boolean admit(ClientConnection client) {
        return node.clients().add(client.session(), settings.get(NetworkOptions.MAXCLIENTS));
    }

    /**
     * Decides about a client that found no place once every event loop has been round twice: in the
     * first turn a loop sees that a socket was closed, in the second it lets go of the client.
     */
    private void askAgain(ClientConnection client, int turn) {
        Environment environment = node.environment();
        int loops = environment.loops();
        if (turn < 2 * loops) {
            // A delay, for a task that is due at once may run before the loop looks at its sockets.
            environment.after(turn % loops, 1, () -> askAgain(client, turn + 1));
        } else {
            client.connection().execute(() -> decide(client));
        }
    }

    private void decide(ClientConnection client) {
        Connection connection = client.connection();
        if (!connection.isOpen()) {
            return;
        }
        if (admit(client)) {
            connection.resume();
        } else {
            refuse(connection, FULL);
        }
    }

    private void refuse(Connection connection, String line) {
        node.stats().rejectedConnections.increment();
        connection.send(line.getBytes(StandardCharsets.US_ASCII));
        connection.closeAfterFlush();
    }
}
