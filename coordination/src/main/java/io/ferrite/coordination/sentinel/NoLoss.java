package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.InfoFacts.Role;
import io.ferrite.coordination.sentinel.Replica.Repoint;
import java.util.ArrayList;
import java.util.List;

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
 */
final class NoLoss {

    /** Where a replica that is held looks for its master. Nobody answers at this port. */
    private static final Address NOWHERE = new Address("127.0.0.1", "127.0.0.1", 1);

    private NoLoss() {}

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

    /** Whether a replica has said that it is held, and what it has of the master's history. */
    static boolean isHeld(Master master, Replica replica) {
        Report report = replica.report();
        return replica.repoint() == Repoint.HELD
                && report.refreshedMs() >= replica.repointSentMs()
                && report.role() == Role.REPLICA
                && report.masterPort() == NOWHERE.port()
                && report.masterHost().equals(NOWHERE.host())
                && report.facts() != null
                && !report.facts().historyId().isEmpty()
                && report.facts().historyId().equals(master.self().identity().historyId());
    }

    /** The replicas that are held. */
    static List<Replica> held(Master master) {
        List<Replica> held = new ArrayList<>();
        for (Replica replica : master.replicas().values()) {
            if (isHeld(master, replica)) {
                held.add(replica);
            }
        }
        return held;
    }

    /** Whether everybody in reach is held. */
    static boolean isComplete(Turn t, Master master) {
        for (Replica replica : master.replicas().values()) {
            if (isInReach(t, replica) && !isHeld(master, replica)) {
                return false;
            }
        }
        return true;
    }

    /** Lets replicas follow the master again. */
    static void release(Turn t, String name) {
        for (Replica replica : t.master(name).replicas().values()) {
            Ref ref = Ref.replica(name, replica.self().name());
            if (replica.repoint() == Repoint.HELD) {
                if (!t.isDisconnected(replica.self())) {
                    Connections.slaveOf(t, ref, t.master(name).address());
                }
                t.changeReplica(ref, r -> r.withRepoint(Repoint.NONE));
            }
        }
    }

    /** Why no replica may be promoted now, empty if the best one may. */
    static String refusal(Master master) {
        InfoFacts said = master.report().facts();
        int needed = said == null ? 0 : said.ackReplicas();
        if (needed <= 0) {
            return "the master's replication-ack is not known";
        }
        int known = master.replicas().size();
        int enough = known - Math.min(needed, known) + 1;
        int held = held(master).size();
        return held < enough
                ? held + " of " + known + " replicas could be held, " + enough + " are needed"
                : "";
    }
}
