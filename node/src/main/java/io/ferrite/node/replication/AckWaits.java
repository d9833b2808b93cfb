package io.ferrite.node.replication;

import io.ferrite.coordination.replication.AckQuorum;
import io.ferrite.engine.Session;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;

/**
 * The clients in WAIT and WAITAOF: who waits for which acknowledgements, and until when.
 *
 * <p>Waits begin and end on the home loop; what may be called from any thread says so.
 */
final class AckWaits {

    static final String NO_FILE =
            "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";

    private final LeaderSide side;
    private final Node node;
    private final Environment environment;

    /** Home loop only. */
    private final AckQuorum<Session> quorum = new AckQuorum<>();

    /** Whether anybody waits for a disk. */
    private volatile boolean disksAwaited;

    /** Whether anybody waits for followers. */
    private volatile boolean followersAwaited;

    AckWaits(LeaderSide side, Node node) {
        this.side = side;
        this.node = node;
        this.environment = node.environment();
    }

    /**
     * A client waits until {@code needed} followers have {@code offset}; it is marked as blocked.
     */
    void await(Session session, long offset, int needed, long deadlineMs) {
        await(session, offset, needed, false, false, deadlineMs);
    }

    /** As {@link #await}, for what is on disks, the own one perhaps among them. */
    void awaitDisks(Session session, long offset, int needed, boolean local, long deadlineMs) {
        disksAwaited = true;
        await(session, offset, needed, true, local, deadlineMs);
    }

    private void await(
            Session session,
            long offset,
            int needed,
            boolean durable,
            boolean local,
            long deadlineMs) {
        followersAwaited = true;
        environment.onLoop(
                Replication.HOME,
                () -> {
                    quorum.add(session, offset, needed, durable, local, deadlineMs);
                    side.askForAcks();
                    endDone();
                    if (deadlineMs != Long.MAX_VALUE) {
                        long delay = Math.max(1, deadlineMs - environment.nowMs());
                        environment.after(Replication.HOME, delay, this::endDone);
                    }
                });
    }

    /** Whether nobody waits. Any thread. */
    boolean isEmpty() {
        return !followersAwaited;
    }

    /** A client that waited is gone. */
    void forget(Session session) {
        environment.onLoop(Replication.HOME, () -> quorum.remove(session));
    }

    /** Ends the waits that have what they need, or are too old. Home loop. */
    void endDone() {
        if (quorum.isEmpty()) {
            disksAwaited = false;
            followersAwaited = false;
            return;
        }
        if (!node.appendOnly().isEnabled()) {
            for (Session client : quorum.takeLocal()) {
                client.outbox().answer(reply -> reply.error(NO_FILE));
            }
        }
        long synced = node.appendOnly().synced();
        for (AckQuorum.Done<Session> done :
                quorum.release(side.acks(), synced, environment.nowMs())) {
            done.client().outbox().answer(reply -> tell(reply, done));
        }
    }

    private static void tell(ReplyWriter reply, AckQuorum.Done<Session> done) {
        if (done.durable()) {
            reply.array(2);
            reply.integer(done.local() ? 1 : 0);
        }
        reply.integer(done.count());
    }

    /** More of the log is on the own disk, or no more will be. Any thread. */
    void localSynced() {
        if (disksAwaited) {
            environment.onLoop(Replication.HOME, this::endDone);
        }
    }

    /** This server leads no more: nobody can be waited for. Home loop. */
    void abort() {
        for (AckQuorum.Done<Session> done : quorum.release(side.acks(), -1, Long.MAX_VALUE)) {
            done.client().outbox().answer(reply -> reply.error(Replication.UNBLOCKED));
        }
    }
}
