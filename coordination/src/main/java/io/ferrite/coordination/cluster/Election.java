package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.BusHeader;
import io.ferrite.coordination.cluster.bus.BusMessage;
import java.util.HashSet;
import java.util.Set;

/**
 * How a replica takes over from its master.
 *
 * <pre>
 *   idle ──master failed, data fresh enough──▶ waiting    half a second, up to another by chance,
 *     ▲                                          │        and one for each replica that has more data
 *     │                                          ▼
 *     │◀── no majority for twice the timeout ── asking    a new epoch; AUTH_REQUEST to all
 *     │    (again after twice that)              │
 *     └──────────── majority of masters ─────────┘        the master's slots, in that epoch
 * </pre>
 *
 * A failover by hand waits for nothing and may come while the master is alive.
 */
final class Election {

    private static final long FIXED_DELAY_MS = 500;
    private static final int RANDOM_DELAY_MS = 500;
    private static final long RANK_DELAY_MS = 1000;
    private static final long SHORTEST_TIMEOUT_MS = 2000;
    private static final long SAY_AGAIN_MS = 10_000;
    private static final long SAY_NOTHING_MS = 5000;

    /** Why there is no failover although the master is down. */
    private enum Obstacle {
        NONE(""),
        DATA_AGE(
                "Disconnected from master for longer than allowed. Please check the"
                        + " 'cluster-replica-validity-factor' configuration option."),
        DELAY("Waiting the delay before I can start a new failover."),
        EXPIRED("Failover attempt expired."),
        VOTES("Waiting for votes, but majority still not reached.");

        private final String text;

        Obstacle(String text) {
            this.text = text;
        }
    }

    private final ClusterCore core;
    private final Courier courier;
    private final HandOver handOver;
    private final Health health;

    /** When votes are asked for, or were; far in the past before the first time. */
    private long scheduledMs = Long.MIN_VALUE / 2;

    private boolean asked;
    private int rank;
    private long epoch;
    private final Set<String> votes = new HashSet<>();

    private Obstacle obstacle = Obstacle.NONE;
    private long saidMs;

    Election(ClusterCore core, Courier courier, HandOver handOver, Health health) {
        this.core = core;
        this.courier = courier;
        this.handOver = handOver;
        this.health = health;
    }

    /** What was is over: an order begins anew. */
    void reset() {
        scheduledMs = Long.MIN_VALUE / 2;
    }

    /** Goes on as far as possible now. */
    void proceed() {
        ClusterNode self = core.self();
        ClusterNode master = core.view.node(self.masterId());
        boolean byHand = handOver.canStart();
        ClusterSettings settings = core.settings();
        if (!self.isReplica()
                || master == null
                || master.slots().isEmpty()
                || !byHand && (!master.hasFailed() || settings.noFailover())) {
            obstacle = Obstacle.NONE;
            return;
        }
        if (!byHand && isTooOld(settings)) {
            hindered(Obstacle.DATA_AGE, master);
            return;
        }
        long timeout = Math.max(2 * settings.nodeTimeoutMs(), SHORTEST_TIMEOUT_MS);
        long age = core.nowMs() - scheduledMs;
        if (age > 2 * timeout) {
            schedule();
            return;
        }
        if (!asked && !handOver.isUnderWay()) {
            yieldToOthers();
        }
        if (core.nowMs() < scheduledMs) {
            hindered(Obstacle.DELAY, master);
        } else if (age > timeout) {
            hindered(Obstacle.EXPIRED, master);
        } else if (!asked) {
            ask();
        } else if (core.rules().isElected(votes.size(), core.view.quorum())) {
            win();
        } else {
            hindered(Obstacle.VOTES, master);
        }
    }

    private boolean isTooOld(ClusterSettings settings) {
        if (settings.validityFactor() == 0) {
            return false;
        }
        long age = core.context().dataAgeMs();
        // It takes the timeout to see that the master is down: that is nobody's fault.
        long blamed = age > settings.nodeTimeoutMs() ? age - settings.nodeTimeoutMs() : age;
        return blamed
                > settings.leaderPingMs() + settings.nodeTimeoutMs() * settings.validityFactor();
    }

    private void schedule() {
        votes.clear();
        asked = false;
        rank = handOver.isUnderWay() ? 0 : rank();
        long delay =
                handOver.isUnderWay()
                        ? 0
                        : FIXED_DELAY_MS
                                + core.context().random().nextInt(RANDOM_DELAY_MS)
                                + rank * RANK_DELAY_MS;
        scheduledMs = core.nowMs() + delay;
        core.note(
                Level.NOTICE,
                "Start of election delayed for "
                        + delay
                        + " milliseconds (rank #"
                        + rank
                        + ", offset "
                        + core.context().replicationOffset()
                        + ").");
        courier.announceToReplicas();
        if (delay == 0) {
            core.due(ClusterCore.ELECTION);
        } else {
            core.effect(new ClusterEffect.Wake(delay));
        }
    }

    /** How many replicas of the same master have more data. */
    private int rank() {
        ClusterNode self = core.self();
        long offset = core.context().replicationOffset();
        int better = 0;
        for (ClusterNode node : core.view.nodes()) {
            boolean rival =
                    self.masterId().equals(node.masterId())
                            && !core.isSelf(node)
                            && !node.has(NodeFlags.NOFAILOVER);
            better += rival && core.peer(node).offset > offset ? 1 : 0;
        }
        return better;
    }

    /** Another replica turned out to have more data. */
    private void yieldToOthers() {
        int now = rank();
        if (now > rank) {
            long more = (now - rank) * RANK_DELAY_MS;
            scheduledMs += more;
            rank = now;
            core.note(
                    Level.NOTICE,
                    "Replica rank updated to #"
                            + now
                            + ", added "
                            + more
                            + " milliseconds of delay.");
            core.effect(new ClusterEffect.Wake(Math.max(1, scheduledMs - core.nowMs())));
        }
    }

    private void ask() {
        epoch = core.view.currentEpoch() + 1;
        core.view = core.view.withEpoch(epoch);
        core.note(Level.NOTICE, "Starting a failover election for epoch " + epoch + ".");
        int mark = handOver.isUnderWay() ? BusHeader.FORCE_ACK : 0;
        core.broadcast(new BusMessage.AuthRequest(courier.header().withMarks(mark)));
        asked = true;
        core.due(ClusterCore.SAVE | ClusterCore.HEALTH | ClusterCore.DURABLE);
    }

    /** Somebody votes for this node. */
    void voted(ClusterNode sender, BusHeader header) {
        if (sender.votes() && header.currentEpoch() >= epoch && asked) {
            votes.add(sender.id());
            core.due(ClusterCore.ELECTION);
        }
    }

    private void win() {
        core.note(Level.NOTICE, "Failover election won: I'm the new master.");
        ClusterNode self = core.self();
        if (self.configEpoch() < epoch) {
            core.put(self.withEpoch(epoch));
            core.note(Level.NOTICE, "configEpoch set to " + epoch + " after successful failover");
        }
        replaceMaster();
    }

    /** This node serves what its master did, and tells everybody; the epoch is there already. */
    void replaceMaster() {
        ClusterNode self = core.self();
        ClusterNode master = core.view.node(self.masterId());
        if (self.isMaster() || master == null) {
            return;
        }
        core.becomeMaster(self.id());
        core.effect(new ClusterEffect.Lead());
        core.assign(master.slots(), self.id());
        health.update();
        core.due(ClusterCore.SAVE | ClusterCore.DURABLE);
        courier.announce();
        handOver.reset();
    }

    private void hindered(Obstacle by, ClusterNode master) {
        if (by == obstacle && core.nowMs() - saidMs < SAY_AGAIN_MS) {
            return;
        }
        obstacle = by;
        long quiet = core.settings().nodeTimeoutMs() + SAY_NOTHING_MS;
        if (master.hasFailed() && core.nowMs() - core.peer(master).failedMs < quiet) {
            return; // a failover that takes its time is no reason to complain
        }
        saidMs = core.nowMs();
        core.note(Level.NOTICE, "Currently unable to failover: " + by.text);
        if (by == Obstacle.VOTES || by == Obstacle.EXPIRED) {
            core.note(
                    Level.NOTICE,
                    "Needed quorum: "
                            + core.view.quorum()
                            + ". Number of votes received so far: "
                            + votes.size());
        }
    }
}
