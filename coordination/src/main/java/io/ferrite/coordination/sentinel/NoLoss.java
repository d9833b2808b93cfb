package io.ferrite.coordination.sentinel;

import java.util.List;

/**
 * The rule of {@code sentinel no-loss}: with replication-ack a write is acknowledged once {@code k}
 * of {@code n} replicas have it; so among any {@code n - k + 1} replicas is one that has every
 * acknowledged write, and it is the one with most data. With fewer of them in reach nobody is
 * promoted.
 */
final class NoLoss {

    private NoLoss() {}

    /** Why no replica may be promoted now, empty if the best one may. */
    static String refusal(
            Turn t, Master master, List<Replica> fit, List<ReplicaChoice.Judged> judged) {
        InfoFacts said = master.report().facts();
        int needed = said == null ? 0 : said.ackReplicas();
        if (needed <= 0) {
            return "the master's replication-ack is not known";
        }
        int known = master.replicas().size();
        int reachable = 0;
        Replica best = null;
        for (ReplicaChoice.Judged each : judged) {
            // Who may not be promoted still tells how much data there is.
            if (each.unfit().isEmpty() || each.unfit().equals("priority 0")) {
                reachable++;
                Replica replica = each.replica();
                best = best == null || t.rules().byData(replica, best) < 0 ? replica : best;
            }
        }
        int enough = known - Math.min(needed, known) + 1;
        if (reachable < enough) {
            return reachable + " of " + known + " replicas in reach, " + enough + " needed";
        }
        return fit.contains(best) ? "" : "the replica with most data may not be promoted";
    }
}
