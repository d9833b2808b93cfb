package io.ferrite.node.migrate;

import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import io.ferrite.resp.ReplyDecoder;
import io.ferrite.resp.RespValue;

/**
 * A connection to another server, used by one {@link Migration} after the other. On its event loop
 * only.
 */
final class MigrateLink implements LinkEvents {

    /** Who uses a link. */
    interface User {
        void connected();

        void writable();

        void replied(RespValue reply);

        /** The link is of no more use; {@code connecting} when there never was one. */
        void broken(boolean connecting);
    }

    private final MigrateLinks owner;
    private final int loop;
    private final String address;
    private final ReplyDecoder decoder = new ReplyDecoder();
    private User user;
    private Link link;
    private long database = -1;
    private boolean over;

    /** Counts the times that it was left to wait for the next user. */
    private int parked;

    MigrateLink(MigrateLinks owner, int loop, String address, User user) {
        this.owner = owner;
        this.loop = loop;
        this.address = address;
        this.user = user;
    }

    int loop() {
        return loop;
    }

    String address() {
        return address;
    }

    /** The database selected there; -1 when that is not known. */
    long database() {
        return database;
    }

    void setDatabase(long database) {
        this.database = database;
    }

    void setUser(User user) {
        this.user = user;
    }

    int park() {
        user = null;
        return ++parked;
    }

    boolean isParkedSince(int time) {
        return user == null && parked == time && !over;
    }

    boolean isOver() {
        return over;
    }

    void send(byte[] bytes) {
        link.send(bytes);
    }

    long pendingBytes() {
        return link.pendingBytes();
    }

    /** Ends the connection; its user hears nothing more. */
    void close() {
        over = true;
        user = null;
        if (link != null) {
            link.close();
        }
    }

    @Override
    public void opened(Link opened) {
        link = opened;
        if (over) {
            opened.close();
        } else {
            user.connected();
        }
    }

    @Override
    public void failed(String reason) {
        end(true);
    }

    @Override
    public void closed() {
        end(false);
    }

    private void end(boolean connecting) {
        if (over) {
            return;
        }
        over = true;
        User left = user;
        user = null;
        if (left == null) {
            owner.lost(this);
        } else {
            left.broken(connecting);
        }
    }

    @Override
    public void writable() {
        if (user != null) {
            user.writable();
        }
    }

    @Override
    public int received(long address, int length) {
        int at = 0;
        while (!over && at < length) {
            int result = decoder.decode(address, at, length);
            at = decoder.consumed();
            if (result == ReplyDecoder.INCOMPLETE) {
                return at;
            }
            if (result == ReplyDecoder.ERROR || user == null) {
                Link broken = link;
                end(false);
                broken.close();
                return length;
            }
            user.replied(decoder.value());
        }
        return over ? length : at;
    }
}
