package io.ferrite.node.replication;

import io.ferrite.engine.Session;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.ReplyHold;
import io.ferrite.node.config.ReplicationOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes that are confirmed only once enough followers have them: {@code replication-ack}, and
 * {@code CLIENT ACK} of one connection.
 *
 * <p>For each number that anybody demands there is a lane: replies wait in it, in the order of the
 * log, until so many followers have acknowledged what they confirm. No thread waits. A reply that
 * waits longer than {@code replication-ack-timeout} becomes an error: what it would have confirmed
 * is applied and stays, but may be lost with this server.
 */
public final class AckHold {

    /** A write was applied, but too few followers said in time that they have it. */
    static final String UNCONFIRMED =
            "UNCONFIRMED the write is applied here, but too few replicas acknowledged it in time";

    /** The number that {@link Session#ackReplicas} has while the server's holds. */
    public static final int BY_SERVER = -1;

    private static final class Lane {
        private final ReplyHold replies;
        private final ReplyHold.Condition reached;

        Lane(Environment environment) {
            replies = new ReplyHold(environment, UNCONFIRMED);
            reached = replies.open(-1);
        }
    }

    private final Replication replication;
    private final Node node;
    private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicBoolean asking = new AtomicBoolean();

    /** Whether anybody has demanded anything: then everything is logged from there on. */
    private volatile boolean demanded;

    private volatile int byServer;

    AckHold(Replication replication, Node node) {
        this.replication = replication;
        this.node = node;
    }

    /** Whether any client may have to wait: nothing else needs to be asked before. Any thread. */
    public boolean isDemanded() {
        return demanded;
    }

    /** What CONFIG demands of everybody, 0 for nothing. Any thread. */
    int byServer() {
        return byServer;
    }

    /** The setting is this from now on. Home loop. */
    void byServer(int replicas) {
        byServer = replicas;
        if (replicas > 0) {
            demand();
        }
    }

    /** Somebody may demand something from now on: every write has its place in the log. */
    void demand() {
        if (!demanded) {
            node.gate().enter(node.gate().all());
            try {
                replication.keepLog();
                demanded = true;
            } finally {
                node.gate().leave(node.gate().all());
            }
        }
    }

    /**
     * Makes a reply wait for its followers; false if it need not. On the reply's event loop.
     *
     * @param offset where the writes end that it confirms
     */
    public boolean hold(Session session, int loop, long offset, ReplyHold.Held held) {
        int own = session.ackReplicas();
        int needed = own == BY_SERVER ? byServer : own;
        if (needed <= 0 || !replication.leads() || session.has(Session.REPLICA)) {
            return false;
        }
        Lane lane = lanes.computeIfAbsent(needed, key -> new Lane(node.environment()));
        long timeout = node.settings().get(ReplicationOptions.REPLICATION_ACK_TIMEOUT);
        long now = node.environment().nowMs();
        long deadline = timeout == 0 ? Long.MAX_VALUE : now + timeout;
        if (!lane.replies.hold(loop, offset, held, deadline)) {
            return false;
        }
        ask();
        return true;
    }

    /** Followers are asked how far they are, once for all who began to wait meanwhile. */
    private void ask() {
        if (asking.compareAndSet(false, true)) {
            node.environment()
                    .onLoop(
                            Replication.HOME,
                            () -> {
                                asking.set(false);
                                replication.leaderSide().askForAcks();
                                followersMoved();
                            });
        }
    }

    /** Followers have acknowledged more, or are gone. Home loop. */
    void followersMoved() {
        if (lanes.isEmpty()) {
            return;
        }
        if (!replication.leads()) {
            abort(); // who began to wait while this server ceased to lead
            return;
        }
        boolean durable = node.settings().get(ReplicationOptions.REPLICATION_ACK_FSYNC);
        boolean waiting = false;
        for (Map.Entry<Integer, Lane> entry : lanes.entrySet()) {
            Lane lane = entry.getValue();
            lane.reached.raise(replication.leaderSide().reachedBy(entry.getKey(), durable));
            waiting |= lane.replies.waiting() > 0;
        }
        if (waiting) {
            replication.leaderSide().askForAcks();
        }
    }

    /**
     * This server is about to lead: what followers had before may have been of another history,
     * whose offsets say nothing about this one. Home loop.
     */
    void beginAnew() {
        for (Lane lane : lanes.values()) {
            lane.reached.raise(-1);
        }
    }

    /** This server leads no more: nobody will acknowledge what waits. Home loop. */
    void abort() {
        for (Lane lane : lanes.values()) {
            lane.replies.failAll(UNCONFIRMED);
        }
    }
}
