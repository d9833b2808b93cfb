package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.InfoFacts.Role;
import io.ferrite.coordination.sentinel.Replica.Repoint;

/** An INFO came: who the server is, whom it names, and what that asks for. */
final class InfoNews {

    private static final int HELLOS_TO_WAIT = 4;
    private static final int INFOS_OF_A_SANE_MASTER = 2;

    private InfoNews() {}

    static void received(Turn t, Ref ref, String text) {
        InfoFacts facts = InfoFacts.parse(text);
        identify(t, ref, facts);
        boolean roleChanged;
        if (ref.kind() == Kind.MASTER) {
            Master master = t.master(ref.master());
            roleChanged = facts.role() != master.report().role();
            t.put(master.withReport(master.report().after(facts, text, t.nowMs())));
            if (!master.self().identity().isForeign()) {
                findReplicas(t, ref.master(), facts);
            }
        } else {
            Report before = t.replica(ref).report();
            roleChanged = facts.role() != before.role();
            t.changeReplica(ref, r -> r.withReport(before.after(facts, text, t.nowMs())));
        }
        t.change(ref, instance -> instance.infoAsked(0));
        if (roleChanged) {
            roleChanged(t, ref, facts.role());
        }
        if (!t.isTilted() && ref.kind() == Kind.REPLICA) {
            act(t, ref, facts.role());
            Failover failover = t.master(ref.master()).failover();
            if (failover instanceof Failover.Choosing || failover instanceof Failover.Fencing) {
                Failovers.advance(t, ref.master());
            }
        }
    }

    /** Is it still the same server, or the same one started anew? */
    private static void identify(Turn t, Ref ref, InfoFacts facts) {
        Identity known = t.instance(ref).identity();
        String foreign = Identity.judge(t, ref, facts);
        if (!foreign.isEmpty()) {
            if (!known.isForeign()) {
                t.change(ref, i -> i.withIdentity(known.refused(foreign)));
                t.event(Severity.WARNING, "+foreign", ref, " #" + foreign);
            }
            return;
        }
        if (known.isForeign()) {
            t.event(Severity.WARNING, "-foreign", ref);
        }
        if (known.isKnown() && !facts.runId().isEmpty() && !facts.runId().equals(known.runId())) {
            t.event(Severity.NOTICE, "+reboot", ref);
            if (ref.kind() == Kind.MASTER
                    && t.master(ref.master()).settings().rebootDownAfterMs() != 0) {
                t.put(t.master(ref.master()).withReboot(t.nowMs()));
            }
        }
        // What it says, it said some time after it was asked: this Sentinel may have stood still.
        long askedMs = t.instance(ref).infoAskedMs();
        t.change(ref, i -> i.withIdentity(known.seen(facts, askedMs)));
    }

    private static void findReplicas(Turn t, String name, InfoFacts facts) {
        for (InfoFacts.Named named : facts.replicas()) {
            Address address = t.address(named.host(), named.port(), true);
            if (address == null || t.master(name).replicas().containsKey(t.text(address))) {
                continue;
            }
            Ref found = Reshaping.addReplica(t, name, address);
            if (found != null) {
                t.event(Severity.NOTICE, "+slave", found);
                t.persist();
            }
        }
    }

    private static void roleChanged(Turn t, Ref ref, Role role) {
        Role expected = ref.kind() == Kind.MASTER ? Role.MASTER : Role.REPLICA;
        String said = role == Role.MASTER ? "master" : "slave";
        t.event(
                Severity.VERBOSE,
                role == expected ? "+role-change" : "-role-change",
                ref,
                " new reported role is " + said);
    }

    private static void act(Turn t, Ref ref, Role role) {
        if (t.replica(ref).self().identity().isForeign()) {
            return;
        }
        if (role == Role.MASTER) {
            claimsToBeMaster(t, ref);
        } else if (role == Role.REPLICA) {
            followsAnother(t, ref);
            followsTheNewMaster(t, ref);
        }
    }

    /** Either it was promoted, or it does not know that it is a replica. */
    private static void claimsToBeMaster(Turn t, Ref ref) {
        Master master = t.master(ref.master());
        boolean candidate = ref.key().equals(master.failover().candidate());
        if (candidate && master.failover() instanceof Failover.AwaitingMaster waiting) {
            Failovers.promoted(t, ref, waiting);
            Failovers.advance(t, ref.master());
            return;
        }
        // Others may be about to say that it is the master by now.
        long wait = t.timing().publishMs() * HELLOS_TO_WAIT;
        Report report = t.replica(ref).report();
        if (!candidate
                && isSane(t, master)
                && wasNotDownFor(t, ref, wait)
                && t.nowMs() - report.roleSinceMs() > wait) {
            correct(t, ref, "+convert-to-slave");
        }
    }

    private static void followsAnother(Turn t, Ref ref) {
        Master master = t.master(ref.master());
        Report report = t.replica(ref).report();
        // One that is held serves nobody.
        long wait =
                NoLoss.isFollowingNobody(master, report)
                        ? NoLoss.heldMs(t)
                        : master.settings().failoverTimeoutMs();
        boolean right =
                report.masterPort() == master.address().port()
                        && t.isHostOf(master.address(), report.masterHost());
        if (!right
                && t.replica(ref).repoint() != Repoint.HELD
                && isSane(t, master)
                && wasNotDownFor(t, ref, wait)
                && t.nowMs() - report.followedSinceMs() > wait) {
            correct(t, ref, "+fix-slave-config");
        }
    }

    private static void correct(Turn t, Ref ref, String event) {
        if (!NoLoss.mayCorrect(t, t.master(ref.master()))) {
            Failovers.confirm(t, ref.master());
        } else if (Connections.slaveOf(t, ref, t.master(ref.master()).address())) {
            t.event(Severity.NOTICE, event, ref);
        }
    }

    /** Progress of a replica that was pointed to the new master. */
    private static void followsTheNewMaster(Turn t, Ref ref) {
        Replica replica = t.replica(ref);
        Master master = t.master(ref.master());
        Replica promoted = master.replicas().get(master.failover().candidate());
        if (promoted == null) {
            return;
        }
        Report report = replica.report();
        boolean follows =
                report.masterPort() == promoted.self().address().port()
                        && t.isHostOf(promoted.self().address(), report.masterHost());
        if (replica.repoint() == Repoint.SENT && follows) {
            t.changeReplica(ref, r -> r.withRepoint(Repoint.IN_PROGRESS));
            t.event(Severity.NOTICE, "+slave-reconf-inprog", ref);
        }
        if (t.replica(ref).repoint() == Repoint.IN_PROGRESS && report.masterLinkUp()) {
            t.changeReplica(ref, r -> r.withRepoint(Repoint.DONE));
            t.event(Severity.NOTICE, "+slave-reconf-done", ref);
            t.tell(ref.master(), "repointed", "replica", ref.key());
            Failovers.advance(t, ref.master());
        }
    }

    /**
     * The master is what it should be, as far as was heard lately; not one that comes back while
     * its place is being given to another.
     */
    private static boolean isSane(Turn t, Master master) {
        return master.report().role() == Role.MASTER
                && !master.failover().isPromoted()
                && !master.self().down()
                && !master.objectivelyDown()
                && !master.self().identity().isForeign()
                && t.nowMs() - master.report().refreshedMs()
                        < t.timing().infoMs() * INFOS_OF_A_SANE_MASTER;
    }

    private static boolean wasNotDownFor(Turn t, Ref ref, long ms) {
        long since = t.instance(ref).downSinceMs();
        return since == 0 || t.nowMs() - since > ms;
    }
}
