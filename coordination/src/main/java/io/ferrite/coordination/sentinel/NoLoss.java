package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.InfoFacts.Role;
import io.ferrite.coordination.sentinel.Replica.Repoint;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The rule of {@code sentinel no-loss}. With replication-ack a write is acknowledged once {@code k}
 * of {@code n} replicas have it; so among any {@code n - k + 1} replicas is one that has every
 * acknowledged write, and it is the one with most data. With fewer of them in reach nobody is
 * promoted.
 *
 * <p>The old master may still run, and go on acknowledging through replicas that it reaches. So
 * they are held first: told to follow an address where nobody is. Only what they have after that
 * counts, and only of those whose data are of the master's own history: offsets of different
 * histories say nothing about each other.
 *
 * <p>Two leaders of different epochs must not both make servers follow whom they mean. The later
 * one begins only when most Sentinels have told it that they know of no master but the old one
 * ({@link #isCurrent}); the earlier one, and whoever puts servers right, acts only while most
 * Sentinels know of the same master and of no later epoch ({@link #mayCorrect}). There is one
 * Sentinel in both majorities, and it said one of the two first. A leader that promotes nobody
 * makes its epoch that of the old master ({@link #keep}). A Sentinel says an epoch and a
 * configuration in its hello only once they are on disk.
 */
final class NoLoss {

    /** Where a replica that is held looks for its master. Nobody answers at this port. */
    private static final Address NOWHERE = new Address("127.0.0.1", "127.0.0.1", 1);

    /** What a replica said of itself counts for so long; it is asked every second. */
    private static final int FRESH_MS = 3000;

    /** Who was silent for so many hellos may know better by now. */
    private static final int HELLOS_MISSED_MAX = 3;

    private NoLoss() {}

    // --- what most Sentinels know ----------------------------------------------------------------

    /**
     * Whether most Sentinels knew of no later configuration when they had heard of an epoch
     * already.
     */
    static boolean isCurrent(Master master, long epoch) {
        return isMajority(
                master,
                peer -> peer.helloConfig() == master.configEpoch() && peer.helloEpoch() >= epoch);
    }

    /**
     * Whether servers may be told to follow the master: with no-loss, only while most Sentinels say
     * that it is the master, and have heard of no epoch after the one in which it became it.
     */
    static boolean mayCorrect(Turn t, Master master) {
        if (!master.settings().noLoss()) {
            return true;
        }
        long late = t.timing().publishMs() * HELLOS_MISSED_MAX;
        long epoch = master.configEpoch();
        return t.epoch() == epoch
                && isMajority(
                        master,
                        peer ->
                                peer.helloConfig() == epoch
                                        && peer.helloEpoch() == epoch
                                        && t.nowMs() - peer.helloMs() < late);
    }

    /**
     * The leader of an epoch promotes nobody: the master stays, and is it in this epoch from now
     * on, so that what an earlier leader may have begun counts for nothing.
     */
    static void keep(Turn t, String name) {
        Master master = t.master(name);
        Failover failover = master.failover();
        boolean leads =
                !failover.forced()
                        && !(failover instanceof Failover.Idle)
                        && !(failover instanceof Failover.Electing)
                        && t.epoch() == failover.epoch()
                        && master.configEpoch() < failover.epoch();
        if (master.settings().noLoss() && leads && isCurrent(master, failover.epoch())) {
            t.put(master.withConfig(failover.epoch(), t.persist()));
            t.tell(name, "kept", "epoch", Long.toString(failover.epoch()));
        }
    }

    private static boolean isMajority(Master master, Predicate<Peer> says) {
        int count = master.isConfigDurable() ? 1 : 0;
        for (Peer peer : master.peers().values()) {
            count += says.test(peer) ? 1 : 0;
        }
        return count >= master.voters() / 2 + 1;
    }

    // --- who is held -----------------------------------------------------------------------------

    /** Holds every replica in reach that is not held yet. */
    static void hold(Turn t, String name) {
        for (Replica replica : t.master(name).replicas().values()) {
            Ref ref = Ref.replica(name, replica.self().name());
            if (replica.repoint() != Repoint.HELD
                    && isInReach(t, replica)
                    && Connections.slaveOf(t, ref, NOWHERE)) {
                t.changeReplica(ref, r -> r.held(t.nowMs()));
                t.tell(name, "held", "replica", ref.key());
            }
        }
    }

    private static boolean isInReach(Turn t, Replica replica) {
        return !replica.self().down()
                && !t.isDisconnected(replica.self())
                && !replica.self().identity().isForeign();
    }

    /**
     * Whether a replica has said lately that it is held, and what it has of the master's history.
     */
    static boolean isHeld(Turn t, Master master, Replica replica) {
        Report report = replica.report();
        return replica.repoint() == Repoint.HELD
                && report.refreshedMs() >= replica.repointSentMs()
                && t.nowMs() - report.refreshedMs() < FRESH_MS
                && followsNobody(report)
                && report.facts() != null
                && !report.facts().historyId().isEmpty()
                && report.facts().historyId().equals(master.self().identity().historyId());
    }

    /**
     * Whether the master itself follows nobody: somebody held it who did not know that it leads.
     */
    static boolean isHeld(Master master) {
        return followsNobody(master.report());
    }

    /** Makes a master lead that was held. */
    static void letLead(Turn t, String name) {
        Connections.slaveOf(t, Ref.master(name), null);
    }

    static boolean isFollowingNobody(Master master, Report report) {
        return master.settings().noLoss() && followsNobody(report);
    }

    /**
     * How long a held replica is left to who holds it: longer than what most Sentinels said counts,
     * so that they have said it after that leader was elected.
     */
    static long heldMs(Turn t) {
        return t.timing().publishMs() * (HELLOS_MISSED_MAX + 1);
    }

    private static boolean followsNobody(Report report) {
        return report.role() == Role.REPLICA
                && report.masterPort() == NOWHERE.port()
                && report.masterHost().equals(NOWHERE.host());
    }

    /** The replicas that are held. */
    static List<Replica> held(Turn t, Master master) {
        List<Replica> held = new ArrayList<>();
        for (Replica replica : master.replicas().values()) {
            if (isHeld(t, master, replica)) {
                held.add(replica);
            }
        }
        return held;
    }

    /** Whether everybody in reach is held. */
    static boolean isComplete(Turn t, Master master) {
        for (Replica replica : master.replicas().values()) {
            if (isInReach(t, replica) && !isHeld(t, master, replica)) {
                return false;
            }
        }
        return true;
    }

    /** Lets replicas follow a master again that is not to be replaced. */
    static void releaseIfAgreed(Turn t, String name) {
        Master master = t.master(name);
        if (master.isFailingOver() || master.objectivelyDown()) {
            return;
        }
        for (Replica replica : master.replicas().values()) {
            Ref ref = Ref.replica(name, replica.self().name());
            if (replica.repoint() != Repoint.HELD) {
                continue;
            }
            if (!mayCorrect(t, master)) {
                Failovers.confirm(t, name);
                return;
            }
            if (!t.isDisconnected(replica.self())) {
                Connections.slaveOf(t, ref, master.address());
            }
            t.changeReplica(ref, r -> r.withRepoint(Repoint.NONE));
        }
    }

    /** Why no replica may be promoted now, empty if the best one may. */
    static String refusal(Turn t, Master master) {
        InfoFacts said = master.report().facts();
        int needed = said == null ? 0 : said.ackReplicas();
        if (needed <= 0) {
            return "the master's replication-ack is not known";
        }
        int known = master.replicas().size();
        int enough = known - Math.min(needed, known) + 1;
        int held = held(t, master).size();
        return held < enough
                ? held + " of " + known + " replicas could be held, " + enough + " are needed"
                : "";
    }
}
