package io.ferrite.net;

/** Decides about new connections. Runs on the connection's event loop. */
@FunctionalInterface
public interface Acceptor {

    /** The handler for this connection, or null to have it closed at once. */
    ConnectionHandler accepted(Connection connection);
}
