package io.ferrite.server;

import io.ferrite.net.Connection;
import io.ferrite.net.ConnectionHandler;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;

/** A connection to another server, as the node sees it. Event loop only. */
final class OutgoingLink implements Link, ConnectionHandler {

    private final Connection connection;
    private final LinkEvents events;

    OutgoingLink(Connection connection, LinkEvents events) {
        this.connection = connection;
        this.events = events;
    }

    @Override
    public int received(long base, int from, int to) {
        return from + events.received(base + from, to - from);
    }

    @Override
    public void readComplete() {}

    @Override
    public void closed() {
        events.closed();
    }

    @Override
    public void send(byte[] bytes) {
        if (connection.isOpen()) {
            connection.send(bytes);
            connection.flush();
        }
    }

    @Override
    public void close() {
        connection.close();
    }

    @Override
    public void pause() {
        connection.pause();
    }

    @Override
    public void resume() {
        connection.pause(); // what was merely not consumed is presented again, too
        connection.resume();
    }

    @Override
    public void writable() {
        events.writable();
    }

    @Override
    public long pendingBytes() {
        return connection.pendingOutput();
    }

    @Override
    public String remoteText() {
        return connection.remoteText();
    }

    @Override
    public String localText() {
        return connection.localText();
    }
}
