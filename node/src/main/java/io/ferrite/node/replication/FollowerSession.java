package io.ferrite.node.replication;

import io.ferrite.coordination.replication.LeaderDriver;
import io.ferrite.coordination.replication.LeaderLink;
import io.ferrite.engine.Outbox;
import io.ferrite.engine.Session;
import io.ferrite.engine.StreamEnd;

/**
 * A client that asked to follow this server: its session, its link's driver and, while one is being
 * sent, its copy. On the session's thread.
 */
final class FollowerSession implements StreamEnd, LeaderDriver.Transport {

    private final Session session;
    private final LeaderSide side;
    private final LeaderDriver driver;
    private final Outbox.Stream out;
    private CopyQueue copy;

    /** Since when the stream has waited beyond the soft limit; 0 while it does not. */
    private volatile long overSoftSinceMs;

    FollowerSession(Session session, LeaderSide side) {
        this.session = session;
        this.side = side;
        this.out = session.outbox().stream();
        String address = session.address();
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replace("[", "").replace("]", "");
        int port = Integer.parseInt(address.substring(colon + 1));
        this.driver = new LeaderDriver(this, side, host, port, session.id());
    }

    Session session() {
        return session;
    }

    LeaderDriver driver() {
        return driver;
    }

    /** Runs on the session's thread. */
    void run(Runnable action) {
        session.outbox().run(action);
    }

    long overSoftSinceMs() {
        return overSoftSinceMs;
    }

    void overSoftSinceMs(long since) {
        overSoftSinceMs = since;
    }

    /** This follower takes part in a copy from now on. */
    void takePart(CopyQueue queue) {
        copy = queue;
    }

    @Override
    public void writable() {
        driver.taken();
        if (copy != null) {
            copy.deliver();
        }
        driver.pump();
    }

    @Override
    public void blankLine() {
        driver.newline();
    }

    @Override
    public void closed() {
        if (copy != null) {
            copy.cancel();
            copy = null;
        }
        LeaderLink.Phase last = driver.state().phase();
        driver.closed();
        side.remove(this, last);
    }

    @Override
    public void send(byte[] bytes) {
        side.sent(bytes.length);
        out.send(bytes);
    }

    @Override
    public void send(long address, int length) {
        side.sent(length);
        out.send(address, length);
    }

    @Override
    public boolean isWritable() {
        return out.isWritable();
    }

    @Override
    public void flush() {
        out.flush();
    }

    /** Whether small packets leave at once. */
    void noDelay(boolean on) {
        out.noDelay(on);
    }

    @Override
    public void close() {
        session.outbox().close(true);
    }
}
