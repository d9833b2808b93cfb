package io.ferrite.server;

import io.ferrite.engine.Session;
import io.ferrite.net.Connection;
import io.ferrite.node.Node;
import io.ferrite.node.ReplyHold;
import io.ferrite.node.replication.AckHold;
import io.ferrite.spec.CommandFlag;

/**
 * The replies of one connection that may not leave yet: those to writes that the append-only file
 * or enough followers have not got. The connection's output is held back as a whole, so order is
 * kept. Used on the connection's event loop only.
 */
final class HeldReplies implements ReplyHold.Held {

    /** Such a client's output is not one reply for each of its commands. */
    private static final int ANSWERED_OTHERWISE =
            Session.SUBSCRIBED
                    | Session.MONITOR
                    | Session.REPLICA
                    | Session.REPLY_OFF
                    | Session.REPLY_SKIP
                    | Session.REPLY_SKIP_NEXT
                    | Session.BLOCKED;

    private final Connection connection;
    private final Session session;
    private final ConnectionReply reply;
    private final Runnable kill;
    private final ReplyHold hold;
    private final AckHold acks;

    /** Where in the log the writes of this read end; 0 if there were none. */
    private long wroteUpTo;

    /** The end of this event loop's writes when the read began. */
    private long readBegan;

    /** Until where the log has to have got before what was written may leave. */
    private long heldUntil;

    /** Until where followers have to have got; 0 as {@link #heldUntil} is when nothing waits. */
    private long unackedUntil;

    /** Commands of this read, each with one reply; see {@link #fail}. */
    private int replies;

    /** There is more in the output than one reply for each command, or less. */
    private boolean irregular;

    private final ReplyHold.Held unacked =
            new ReplyHold.Held() {
                @Override
                public void release(long offset) {
                    if (offset >= unackedUntil) {
                        unackedUntil = 0;
                        letGoIfFree();
                    }
                }

                @Override
                public void fail(String error) {
                    HeldReplies.this.fail(error);
                }
            };

    /**
     * @param kill ends the connection
     */
    HeldReplies(
            Connection connection,
            Session session,
            ConnectionReply reply,
            Node node,
            Runnable kill) {
        this.connection = connection;
        this.session = session;
        this.reply = reply;
        this.kill = kill;
        this.hold = node.replyHold();
        this.acks = node.replication().acks();
    }

    /** A read begins when the loop's writes end at {@code lastOffset}. */
    void readBegins(long lastOffset) {
        readBegan = lastOffset;
    }

    /** The commands of this read so far may have written: the loop's writes now end here. */
    void wrote(long lastOffset) {
        if (lastOffset != readBegan) {
            wroteUpTo = lastOffset;
        }
    }

    /** So many commands were executed, each with one reply. */
    void replied(int commands) {
        replies += commands;
    }

    /** Looks at what kind of client the last command left. */
    void noteKind() {
        irregular |= session.has(ANSWERED_OTHERWISE);
    }

    /** Something is in the output that is no reply to a command. */
    void irregular() {
        irregular = true;
    }

    /** All of a read was executed and what it wrote is held back if it must be. */
    void readEnds() {
        if (!connection.isHeld()) {
            replies = 0;
            irregular = false;
        }
    }

    /** Holds the output back until the writes of this read have got where they must. */
    void holdWrites() {
        if (wroteUpTo != 0) {
            holdUntil(wroteUpTo);
            wroteUpTo = 0;
        }
    }

    /** A client that waited was answered, by what the log holds up to {@code end}. */
    void answered(long end) {
        boolean writes =
                session.lastCommand() != null && session.lastCommand().is(CommandFlag.WRITE);
        if (hold.isActive() && hold.failure() == null || acks.isDemanded() && writes) {
            irregular = true;
            holdUntil(end); // a pop, say, was logged before
        }
    }

    private void holdUntil(long offset) {
        if (hold.isActive() && hold.hold(connection.loop(), offset, this)) {
            heldUntil = offset;
            connection.hold();
        }
        if (acks.isDemanded() && acks.hold(session, connection.loop(), offset, unacked)) {
            unackedUntil = offset;
            connection.hold();
        }
    }

    @Override
    public void release(long offset) {
        if (offset >= heldUntil) {
            heldUntil = 0;
            letGoIfFree();
        }
    }

    private void letGoIfFree() {
        if (heldUntil == 0 && unackedUntil == 0) {
            replies = 0;
            irregular = false;
            connection.letGo();
        }
    }

    /**
     * What was written does not last: no reply may say that it was done. As many errors take the
     * replies' places; where that cannot be done the connection ends, which says as little.
     */
    @Override
    public void fail(String error) {
        if (!connection.isHeld()) {
            return;
        }
        if (irregular || !connection.discardUnflushed()) {
            kill.run();
            return;
        }
        reply.setProtocol(session.protocol());
        for (int i = 0; i < replies; i++) {
            reply.boundary();
            reply.error(error);
        }
        reply.finish();
        heldUntil = 0;
        unackedUntil = 0;
        letGoIfFree();
    }
}
