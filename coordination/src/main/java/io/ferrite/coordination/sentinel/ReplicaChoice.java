package io.ferrite.coordination.sentinel;

import java.util.ArrayList;
import java.util.List;

/**
 * Which replica becomes master: of those that are reachable, fresh and not too long without their
 * master, the one of the lowest priority number, then the one with most data, then the one with the
 * smallest run id.
 */
final class ReplicaChoice {

    private static final int PINGS_MISSED_MAX = 5;
    private static final int INFOS_MISSED_MAX = 3;
    private static final int DOWN_PERIODS_MAX = 10;

    private ReplicaChoice() {}

    /**
     * What the choice was made from.
     *
     * @param name the replica chosen, empty if none fits
     * @param refusal why none may be chosen although some would fit, empty if there is no such
     *     reason
     * @param judged every replica, each with why it was left out or why it came where it did
     */
    record Choice(String name, String refusal, List<Judged> judged) {}

    /**
     * @param unfit why it can't be chosen, empty if it can
     */
    record Judged(Replica replica, String unfit) {}

    static Choice choose(Turn t, Master master) {
        if (master.settings().noLoss()) {
            return chooseHeld(t, master);
        }
        List<Judged> judged = new ArrayList<>();
        List<Replica> fit = new ArrayList<>();
        for (Replica replica : master.replicas().values()) {
            String unfit = unfit(t, master, replica);
            judged.add(new Judged(replica, unfit));
            if (unfit.isEmpty()) {
                fit.add(replica);
            }
        }
        fit.sort(t.rules()::prefer);
        return new Choice(fit.isEmpty() ? "" : fit.getFirst().self().name(), "", judged);
    }

    /** With no-loss data alone counts, of those that are held. */
    private static Choice chooseHeld(Turn t, Master master) {
        List<Judged> judged = new ArrayList<>();
        List<Replica> held = NoLoss.held(t, master);
        held.sort(t.rules()::byData);
        long most = held.isEmpty() ? 0 : held.getFirst().report().offset();
        String best = "";
        for (Replica replica : master.replicas().values()) {
            judged.add(new Judged(replica, held.contains(replica) ? "" : "not held"));
        }
        for (Replica replica : held) {
            boolean may = replica.report().priority() != 0 && replica.report().offset() == most;
            best = best.isEmpty() && may ? replica.self().name() : best;
        }
        String refusal = NoLoss.refusal(t, master);
        if (refusal.isEmpty() && best.isEmpty()) {
            refusal = "the replica with most data may not be promoted";
        }
        return new Choice(refusal.isEmpty() ? best : "", refusal, judged);
    }

    private static String unfit(Turn t, Master master, Replica replica) {
        Instance self = replica.self();
        long now = t.nowMs();
        if (self.identity().isForeign()) {
            return "foreign: " + self.identity().foreign();
        }
        if (self.down()) {
            return "down";
        }
        if (t.isDisconnected(self)) {
            return "disconnected";
        }
        if (now - t.link(self).availableMs() > t.timing().pingMs() * PINGS_MISSED_MAX) {
            return "silent";
        }
        if (replica.report().priority() == 0) {
            return "priority 0";
        }
        long infoMax =
                master.self().down()
                        ? t.timing().pingMs() * PINGS_MISSED_MAX
                        : t.timing().infoMs() * INFOS_MISSED_MAX;
        if (now - replica.report().refreshedMs() > infoMax) {
            return "stale info";
        }
        long downFor = master.self().down() ? now - master.self().downSinceMs() : 0;
        if (replica.report().linkDownMs()
                > downFor + master.settings().downAfterMs() * DOWN_PERIODS_MAX) {
            return "without master for " + replica.report().linkDownMs() + " ms";
        }
        return "";
    }
}
