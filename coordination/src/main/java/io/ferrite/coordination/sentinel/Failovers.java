package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.Failover.AwaitingMaster;
import io.ferrite.coordination.sentinel.Failover.Choosing;
import io.ferrite.coordination.sentinel.Failover.Electing;
import io.ferrite.coordination.sentinel.Failover.Ending;
import io.ferrite.coordination.sentinel.Failover.Fencing;
import io.ferrite.coordination.sentinel.Failover.Idle;
import io.ferrite.coordination.sentinel.Failover.Promoting;
import io.ferrite.coordination.sentinel.Failover.Repointing;
import io.ferrite.coordination.sentinel.Replica.Repoint;

/** Leads failovers: the steps drawn at {@link Failover}. */
final class Failovers {

    private static final int BETWEEN_ATTEMPTS = 2;
    private static final int NO_LOSS_PAUSE_MS = 20_000;
    private static final String ORDERED = "ordered";
    private static final int SECOND_ROUND_LEAST_MS = 50;
    private static final int SECOND_ROUND_CHANCE_MS = 500;

    /** How long to wait for the rest of the Sentinels once a quorum agrees. */
    private static final int AGREEMENT_MS = 300;

    /** How long to wait for what replicas say of themselves before one is chosen. */
    private static final int FRESH_INFO_MS = 1000;

    /** How long to wait for enough replicas to be held. */
    private static final int FENCE_MS = 5000;

    private Failovers() {}

    /** Does what is to be done for a master now; not in TILT. */
    static void act(Turn t, String name) {
        Opinions.judge(t, name);
        NoLoss.releaseIfAgreed(t, name);
        boolean begun = beginIfNeeded(t, name);
        if (begun) {
            Opinions.ask(t, name, true);
        }
        advance(t, name);
        if (!begun) {
            Opinions.ask(t, name, false);
        }
    }

    // --- the beginning ---------------------------------------------------------------------------

    private static boolean beginIfNeeded(Turn t, String name) {
        Master master = t.master(name);
        if (!master.objectivelyDown() || master.isFailingOver()) {
            return false;
        }
        long until = master.attemptMs() + pauseMs(master);
        if (t.nowMs() < until) {
            if (master.delayNotedMs() != master.attemptMs()) {
                t.put(master.delayNoted());
                t.effect(new Effect.NoteDelay(until));
            }
            return false;
        }
        if (othersMayStillAgree(t, master)) {
            return false;
        }
        begin(t, name, "odown");
        return true;
    }

    private static long pauseMs(Master master) {
        long pause = master.settings().failoverTimeoutMs() * BETWEEN_ATTEMPTS;
        return master.settings().noLoss() ? Math.min(pause, NO_LOSS_PAUSE_MS) : pause;
    }

    /**
     * With no-loss: something is to be put right, but there was an election since the master became
     * master, and what came of it is not known to most Sentinels. So another one is held, in which
     * the master is confirmed.
     */
    static void confirm(Turn t, String name) {
        Master master = t.master(name);
        if (master.settings().noLoss()
                && !master.isFailingOver()
                && !master.objectivelyDown()
                && t.epoch() > master.configEpoch()
                && t.nowMs() >= master.attemptMs() + pauseMs(master)) {
            begin(t, name, "unconfirmed");
            Opinions.ask(t, name, true);
            advance(t, name);
        }
    }

    /**
     * Sentinels notice within a moment of each other. Who waits for it loses little, and asks
     * Sentinels that have seen for themselves what they are asked about.
     */
    private static boolean othersMayStillAgree(Turn t, Master master) {
        if (t.nowMs() - master.objectivelyDownSinceMs() >= AGREEMENT_MS) {
            return false;
        }
        for (Peer peer : master.peers().values()) {
            if (!peer.saysDown() && !peer.self().down() && !t.isDisconnected(peer.self())) {
                return true;
            }
        }
        return false;
    }

    /** SENTINEL FAILOVER: needs no votes. */
    static void beginForced(Turn t, String name) {
        begin(t, name, ORDERED);
    }

    private static void begin(Turn t, String name, String cause) {
        boolean forced = cause.equals(ORDERED);
        t.setEpoch(t.rules().nextEpoch(t.epoch()));
        t.put(t.master(name).withFailover(new Electing(t.epoch(), forced, t.nowMs())));
        t.event(Severity.WARNING, "+new-epoch", t.master(name), Long.toString(t.epoch()));
        t.event(Severity.WARNING, "+try-failover", Ref.master(name));
        t.put(t.master(name).attempted(Election.attemptMs(t)));
        t.tell(name, "try", "epoch", Long.toString(t.epoch()), "cause", cause);
        t.tellEpoch(name, t.epoch());
    }

    // --- the way on ------------------------------------------------------------------------------

    /** Takes all steps that can be taken now. */
    static void advance(Turn t, String name) {
        Failover before;
        do {
            before = t.master(name).failover();
            switch (before) {
                case Idle _, Ending _ -> {}
                case Electing electing -> elect(t, name, electing);
                case Fencing fencing -> fence(t, name, fencing);
                case Choosing choosing -> choose(t, name, choosing);
                case Promoting promoting -> promote(t, name, promoting);
                case AwaitingMaster waiting -> await(t, name, waiting);
                case Repointing repointing -> repoint(t, name, repointing);
            }
            if (t.master(name).failover() instanceof Ending ending) {
                exchange(t, name, ending);
            }
        } while (t.master(name).failover() != before);
    }

    private static void elect(Turn t, String name, Electing state) {
        Election.Standing standing = Election.count(t, name, state.epoch());
        if (standing == Election.Standing.WON || state.forced()) {
            t.event(Severity.WARNING, "+elected-leader", Ref.master(name));
            t.tell(name, "elected", "epoch", Long.toString(state.epoch()));
            if (t.failures().afterElection()) {
                t.effect(new Effect.Crash());
                return;
            }
            boolean noLoss = t.master(name).settings().noLoss();
            move(
                    t,
                    name,
                    noLoss
                            ? new Fencing(state.epoch(), state.forced(), t.nowMs())
                            : new Choosing(state.epoch(), state.forced(), t.nowMs()));
            t.event(Severity.WARNING, "+failover-state-select-slave", Ref.master(name));
            if (!noLoss) {
                askReplicas(t, name);
            }
            return;
        }
        long timeout =
                Math.min(
                        t.timing().get(Timing.Name.ELECTION_TIMEOUT),
                        t.master(name).settings().failoverTimeoutMs());
        if (standing == Election.Standing.SPLIT) {
            abort(t, name, "-failover-abort-not-elected", "split vote");
            tryAgainSoon(t, name);
        } else if (t.nowMs() - t.master(name).attemptMs() > timeout) {
            abort(t, name, "-failover-abort-not-elected", "not elected in time");
        }
    }

    /** Nobody was elected, so nobody is disturbed by another round. */
    private static void tryAgainSoon(Turn t, String name) {
        Master master = t.master(name);
        long wait = SECOND_ROUND_LEAST_MS + t.chance(SECOND_ROUND_CHANCE_MS);
        t.put(master.attempted(t.nowMs() + wait - pauseMs(master)));
    }

    /** Takes replicas away from the old master until enough of them are held. */
    private static void fence(Turn t, String name, Fencing state) {
        if (isOvertaken(t, name, state)) {
            return;
        }
        Master master = t.master(name);
        boolean isCurrent = NoLoss.isCurrent(master, state.epoch());
        long passed = t.nowMs() - state.sinceMs();
        if (!master.objectivelyDown() && !state.forced()) {
            if (isCurrent || passed >= FENCE_MS) {
                abort(t, name, "-failover-abort-master-is-back", "the master is not down");
            }
            return;
        }
        if (isCurrent && NoLoss.isHeld(master)) {
            NoLoss.letLead(t, name);
            abort(t, name, "-failover-abort-no-good-slave", "the master itself was held");
            return;
        }
        NoLoss.hold(t, name);
        String refusal = NoLoss.refusal(t, t.master(name));
        boolean enough = refusal.isEmpty() && isCurrent;
        if (enough && (passed >= FRESH_INFO_MS || NoLoss.isComplete(t, t.master(name)))) {
            move(t, name, new Choosing(state.epoch(), state.forced(), t.nowMs()));
        } else if (passed >= FENCE_MS) {
            String why =
                    refusal.isEmpty() ? "most Sentinels did not confirm who is master" : refusal;
            t.note(Severity.WARNING, "No replica of " + name + ": " + why);
            abort(t, name, "-failover-abort-no-good-slave", why);
        }
    }

    /** How far each replica is now decides, not how far it was some seconds ago. */
    private static void askReplicas(Turn t, String name) {
        for (Replica replica : t.master(name).replicas().values()) {
            if (isInReach(t, replica)) {
                Connections.info(t, Ref.replica(name, replica.self().name()));
            }
        }
    }

    private static boolean isInReach(Turn t, Replica replica) {
        return !replica.self().down() && !t.isDisconnected(replica.self());
    }

    private static boolean repliesAreDue(Turn t, String name, Choosing state) {
        if (t.master(name).settings().noLoss() || t.nowMs() - state.sinceMs() >= FRESH_INFO_MS) {
            return false;
        }
        for (Replica replica : t.master(name).replicas().values()) {
            if (isInReach(t, replica) && replica.self().infoAskedMs() != 0) {
                return true;
            }
        }
        return false;
    }

    private static void choose(Turn t, String name, Choosing state) {
        if (repliesAreDue(t, name, state) || isOvertaken(t, name, state)) {
            return;
        }
        ReplicaChoice.Choice choice = ReplicaChoice.choose(t, t.master(name));
        for (ReplicaChoice.Judged each : choice.judged()) {
            Report report = each.replica().report();
            t.tell(
                    name,
                    "candidate",
                    "replica",
                    each.replica().self().name(),
                    "offset",
                    Long.toString(report.offset()),
                    "priority",
                    Integer.toString(report.priority()),
                    "verdict",
                    each.unfit().isEmpty() ? "fit" : each.unfit());
        }
        if (choice.name().isEmpty()) {
            if (!choice.refusal().isEmpty()) {
                t.note(Severity.WARNING, "No replica of " + name + ": " + choice.refusal());
            }
            String why = choice.refusal().isEmpty() ? "no replica fits" : choice.refusal();
            abort(t, name, "-failover-abort-no-good-slave", why);
            return;
        }
        Ref chosen = Ref.replica(name, choice.name());
        t.event(Severity.WARNING, "+selected-slave", chosen);
        t.tell(name, "chosen", chosenDetails(t, chosen));
        move(t, name, new Promoting(state.epoch(), state.forced(), choice.name(), t.nowMs()));
        t.event(Severity.NOTICE, "+failover-state-send-slaveof-noone", chosen);
    }

    /** Whom, and how much of what the master was last known to have it lacks. */
    private static String[] chosenDetails(Turn t, Ref chosen) {
        long offset = t.replica(chosen).report().offset();
        InfoFacts master = t.master(chosen.master()).report().facts();
        long end = master == null ? -1 : master.masterOffset();
        String lost = end < 0 ? "unknown" : Long.toString(Math.max(0, end - offset));
        return new String[] {
            "replica",
            chosen.key(),
            "offset",
            Long.toString(offset),
            "master-offset",
            Long.toString(end),
            "lost-at-least",
            lost
        };
    }

    /** With no-loss, a leader that was slow gives up once a later one may be at work. */
    private static boolean isOvertaken(Turn t, String name, Failover state) {
        boolean is = t.master(name).settings().noLoss() && t.epoch() > state.epoch();
        if (is) {
            abort(t, name, "-failover-abort-not-elected", "overtaken by a later epoch");
        }
        return is;
    }

    private static void promote(Turn t, String name, Promoting state) {
        if (isOvertaken(t, name, state)) {
            return;
        }
        Ref candidate = Ref.replica(name, state.candidate());
        Instance instance = t.instance(candidate);
        if (t.isDisconnected(instance) || !Connections.slaveOf(t, candidate, null)) {
            if (isLate(t, name, state)) {
                abort(t, name, "-failover-abort-slave-timeout", "the replica is out of reach");
            }
            return;
        }
        t.event(Severity.NOTICE, "+failover-state-wait-promotion", candidate);
        t.tell(name, "promotion-sent");
        move(
                t,
                name,
                new AwaitingMaster(state.epoch(), state.forced(), state.candidate(), t.nowMs()));
    }

    private static void await(Turn t, String name, AwaitingMaster state) {
        if (isLate(t, name, state)) {
            abort(t, name, "-failover-abort-slave-timeout", "the replica did not become master");
        }
    }

    private static boolean isLate(Turn t, String name, Failover state) {
        return t.nowMs() - state.sinceMs() > t.master(name).settings().failoverTimeoutMs();
    }

    /** The candidate says that it is master: from here on the failover is carried to its end. */
    static void promoted(Turn t, Ref candidate, AwaitingMaster state) {
        String name = candidate.master();
        Master master = t.master(name);
        if (master.configEpoch() >= state.epoch()) {
            // Somebody decided otherwise in a later epoch; the replica is brought back in line.
            abort(t, name, "-failover-abort-not-elected", "overtaken by a later epoch");
            return;
        }
        t.put(master.withConfig(state.epoch(), t.persist()));
        move(t, name, new Repointing(state.epoch(), state.forced(), state.candidate(), t.nowMs()));
        t.event(Severity.WARNING, "+promoted-slave", candidate);
        t.tell(name, "promoted");
        if (t.failures().afterPromotion()) {
            t.effect(new Effect.Crash());
            return;
        }
        t.event(Severity.WARNING, "+failover-state-reconf-slaves", Ref.master(name));
        Reshaping.tellScript(
                t, t.master(name), true, master.address(), t.instance(candidate).address());
        Hellos.sendSoon(t, name);
    }

    // --- the other replicas ----------------------------------------------------------------------

    private static void repoint(Turn t, String name, Repointing state) {
        int busy = 0;
        for (Replica replica : t.master(name).replicas().values()) {
            busy += isBusy(replica) ? 1 : 0;
        }
        if (!NoLoss.mayCorrect(t, t.master(name))) {
            boolean overtaken = t.master(name).settings().noLoss() && t.epoch() > state.epoch();
            endIfDone(t, name, state, overtaken);
            return;
        }
        int most = t.master(name).settings().parallelSyncs();
        for (String key : t.master(name).replicas().keySet()) {
            if (busy >= most) {
                break;
            }
            busy += repoint(t, Ref.replica(name, key), state) ? 1 : 0;
        }
        endIfDone(t, name, state, false);
    }

    private static boolean isBusy(Replica replica) {
        return replica.repoint() == Repoint.SENT || replica.repoint() == Repoint.IN_PROGRESS;
    }

    /** Points a replica to the new master if that is to be done; whether it was. */
    private static boolean repoint(Turn t, Ref ref, Repointing state) {
        Replica replica = t.replica(ref);
        if (ref.key().equals(state.candidate()) || replica.repoint() == Repoint.DONE) {
            return false;
        }
        if (replica.repoint() == Repoint.SENT
                && t.nowMs() - replica.repointSentMs()
                        > t.timing().get(Timing.Name.SLAVE_RECONF_TIMEOUT)) {
            // It is seen later that it does not follow, and mended then.
            t.event(Severity.NOTICE, "-slave-reconf-sent-timeout", ref);
            t.changeReplica(ref, r -> r.withRepoint(Repoint.DONE));
            return false;
        }
        if (isBusy(replica)
                || t.isDisconnected(replica.self())
                || replica.self().identity().isForeign()) {
            return false;
        }
        Address to = t.instance(Ref.replica(ref.master(), state.candidate())).address();
        if (!Connections.slaveOf(t, ref, to)) {
            return false;
        }
        t.changeReplica(ref, r -> r.repointSent(t.nowMs()));
        t.event(Severity.NOTICE, "+slave-reconf-sent", ref);
        t.tell(ref.master(), "repoint-sent", "replica", ref.key());
        return true;
    }

    /**
     * @param overtaken whether it is left to another election to confirm the new master, before
     *     anybody follows it
     */
    private static void endIfDone(Turn t, String name, Repointing state, boolean overtaken) {
        Replica promoted = t.master(name).replicas().get(state.candidate());
        if (promoted.self().down()) {
            return; // nothing is at its end while the new master is out of reach
        }
        boolean allFollow = true;
        for (Replica replica : t.master(name).replicas().values()) {
            allFollow &=
                    replica == promoted
                            || replica.repoint() == Repoint.DONE
                            || replica.self().down()
                            || replica.self().identity().isForeign();
        }
        boolean late = isLate(t, name, state);
        if (late) {
            t.event(Severity.WARNING, "+failover-end-for-timeout", Ref.master(name));
        }
        if (!allFollow && !late && !overtaken) {
            return;
        }
        t.event(Severity.WARNING, "+failover-end", Ref.master(name));
        t.tell(
                name,
                "end",
                "cause",
                allFollow ? "all replicas follow" : late ? "time" : "overtaken");
        move(t, name, new Ending(state.epoch(), state.forced(), state.candidate(), t.nowMs()));
        if (late && NoLoss.mayCorrect(t, t.master(name))) {
            repointTheRest(t, name, promoted);
        }
    }

    /** The last best effort for those that were not pointed to the new master yet. */
    private static void repointTheRest(Turn t, String name, Replica promoted) {
        for (Replica replica : t.master(name).replicas().values()) {
            Ref ref = Ref.replica(name, replica.self().name());
            boolean told =
                    replica.self().name().equals(promoted.self().name())
                            || replica.repoint() == Repoint.DONE
                            || replica.repoint() == Repoint.SENT;
            if (!told
                    && !t.isDisconnected(replica.self())
                    && !replica.self().identity().isForeign()
                    && Connections.slaveOf(t, ref, promoted.self().address())) {
                t.event(Severity.NOTICE, "+slave-reconf-sent-be", ref);
                t.changeReplica(ref, r -> r.withRepoint(Repoint.SENT));
            }
        }
    }

    /** The promoted replica is the master from now on. */
    private static void exchange(Turn t, String name, Ending state) {
        Master master = t.master(name);
        Replica promoted = master.replicas().get(state.candidate());
        Address to = promoted == null ? master.address() : promoted.self().address();
        Reshaping.switchEvent(t, master, master.address(), t.announced(to), to.port());
        Reshaping.switchTo(t, name, to);
        t.tell(name, "switched", "to", t.text(to));
        t.tellEnd(name);
    }

    // --- the end before the end ------------------------------------------------------------------

    private static void abort(Turn t, String name, String event, String why) {
        t.event(Severity.WARNING, event, Ref.master(name));
        NoLoss.keep(t, name);
        move(t, name, new Idle(t.nowMs()));
        t.tell(name, "abort", "why", why);
        t.tellEnd(name);
    }

    private static void move(Turn t, String name, Failover next) {
        t.put(t.master(name).withFailover(next));
    }
}
