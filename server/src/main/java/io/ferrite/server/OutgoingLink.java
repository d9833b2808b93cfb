package io.ferrite.server;

import io.ferrite.net.Connection;
import io.ferrite.net.ConnectionHandler;
import io.ferrite.net.tls.PeerName;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import java.security.cert.X509Certificate;
import java.util.function.Function;

/**
 * A connection to another server, as the node sees it: made by this one, or accepted on the bus of
 * the cluster. Event loop only.
 */
final class OutgoingLink implements Link, ConnectionHandler {

    private static final LinkEvents NOBODY =
            new LinkEvents() {
                @Override
                public void opened(Link link) {}

                @Override
                public void failed(String reason) {}

                @Override
                public int received(long address, int length) {
                    return length;
                }

                @Override
                public void closed() {}
            };

    private final Connection connection;

    /** Set before the first byte comes. */
    private LinkEvents events;

    /** The name that the peer's certificate must have; empty for any. */
    private final String peerName;

    OutgoingLink(Connection connection, String peerName, LinkEvents events) {
        this.connection = connection;
        this.peerName = peerName;
        this.events = events;
    }

    /** A link that the other server made; {@code taker} says what it means. */
    static OutgoingLink accepted(Connection connection, Function<Link, LinkEvents> taker) {
        OutgoingLink link = new OutgoingLink(connection, "", NOBODY);
        link.events = taker.apply(link);
        return link;
    }

    @Override
    public void encrypted(X509Certificate peer) {
        if (!peerName.isEmpty() && (peer == null || !PeerName.is(peer, peerName))) {
            connection.close();
        }
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
