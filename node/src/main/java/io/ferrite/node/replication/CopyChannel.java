package io.ferrite.node.replication;

import io.ferrite.coordination.replication.FollowerDriver;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import io.ferrite.node.Node;

/** The connection by which a copy comes while the stream flows by another. Home loop only. */
final class CopyChannel {

    private final Node node;
    private final FollowerDriver driver;
    private Link link;

    CopyChannel(Node node, FollowerDriver driver) {
        this.node = node;
        this.driver = driver;
    }

    /** The open connection, or null. */
    Link link() {
        return link;
    }

    void send(byte[] bytes) {
        if (link != null) {
            link.send(bytes);
        }
    }

    void close() {
        Link old = link;
        link = null;
        if (old != null) {
            old.close();
        }
    }

    /** For a connection that is being made under that number. */
    LinkEvents events(int number) {
        return new Events(number);
    }

    private final class Events implements LinkEvents {
        private final int number;
        private Link mine;

        Events(int number) {
            this.number = number;
        }

        @Override
        public void opened(Link opened) {
            if (!driver.isCurrentChannel(number)) {
                opened.close();
                return;
            }
            mine = opened;
            link = opened;
            driver.channelOpened(number);
        }

        @Override
        public void failed(String reason) {
            driver.channelClosed(number, reason);
        }

        @Override
        public int received(long address, int length) {
            int used = driver.channelReceived(number, address, length);
            node.stats().replicationInputBytes.add(used);
            return used;
        }

        @Override
        public void closed() {
            if (link == mine) {
                link = null;
            }
            driver.channelClosed(number, "connection lost");
        }
    }
}
