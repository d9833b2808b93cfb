package io.ferrite.simulation.replication;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import java.util.Arrays;

/** A follower's end of a connection: bytes that are not used are presented again. */
final class SimInlet {

    private final SimServer server;
    private final boolean channel;
    private SimNetwork.Link link;
    private int number;
    private byte[] unread = {};

    /**
     * @param channel whether it is the connection for a copy
     */
    SimInlet(SimServer server, boolean channel) {
        this.server = server;
        this.channel = channel;
    }

    boolean isBy(SimNetwork.Link other) {
        return link == other;
    }

    void connect(int connection, SimServer to) {
        unread = new byte[0];
        number = connection;
        SimNetwork.End end =
                new SimNetwork.End() {
                    @Override
                    public void received(byte[] bytes) {
                        if (server.up && number == connection) {
                            unread = SimServer.concat(unread, bytes);
                            present();
                        }
                    }

                    @Override
                    public void closed(String reason) {
                        if (server.up && number == connection) {
                            tellClosed(connection, reason);
                        }
                    }
                };
        link =
                server.world.network.connect(
                        server,
                        to,
                        end,
                        () -> {
                            if (server.up) {
                                tellOpened(connection);
                            }
                        });
    }

    private void tellOpened(int connection) {
        if (channel) {
            server.leader.channelOpened(connection);
        } else {
            server.leader.opened(connection);
        }
    }

    private void tellClosed(int connection, String reason) {
        if (channel) {
            server.leader.channelClosed(connection, reason);
        } else {
            server.leader.closed(connection, reason);
        }
    }

    void send(byte[] bytes) {
        if (link != null) {
            link.toServer(bytes);
        }
    }

    void disconnect() {
        SimNetwork.Link old = link;
        link = null;
        if (old != null) {
            old.cut(false, true);
        }
    }

    void forget() {
        link = null;
        number = -1;
        unread = new byte[0];
    }

    void present() {
        if (!server.up || unread.length == 0) {
            return;
        }
        int connection = number;
        byte[] bytes = unread;
        long at = server.scratch.take(bytes.length, MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, at, bytes.length);
        int used =
                channel
                        ? server.leader.channelReceived(connection, at, bytes.length)
                        : server.leader.received(connection, at, bytes.length);
        server.scratch.give(at, bytes.length, MemoryTag.OTHER);
        if (number == connection) {
            unread = Arrays.copyOfRange(bytes, used, bytes.length);
        }
        server.log.announce();
    }
}
