package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.Ask.Purpose;
import io.ferrite.coordination.sentinel.InfoFacts.Role;
import io.ferrite.coordination.sentinel.Link.Channel;

/** Looks after every instance: asks how it is, and decides whether it is down. */
final class Monitoring {

    /** An answer is awaited so long before the same is asked again. */
    private static final long ASK_AGAIN_MS = 1000;

    private static final long CLOSE_WATCH_MS = 1000;
    private static final long WARM_UP_MS = 10_000;

    private Monitoring() {}

    /** One look around. */
    static void tick(Turn t) {
        long passed = t.ticked();
        boolean odd = passed < 0 || passed > t.timing().get(Timing.Name.TILT_TRIGGER);
        if (odd && t.isWarmingUp(WARM_UP_MS)) {
            // The first looks take long on a busy machine; nobody has been judged yet.
            t.restartLinks();
        } else if (odd) {
            t.tilt();
            t.event("+tilt", "#tilt mode entered");
        }
        for (String name : t.masterNames()) {
            look(t, name);
        }
    }

    private static void look(Turn t, String name) {
        Ref self = Ref.master(name);
        if (visit(t, self)) {
            Failovers.act(t, name);
        }
        Master master = t.master(name);
        for (Ref ref : t.refs(master)) {
            if (ref.kind() != Kind.MASTER && t.instance(ref) != null) {
                visit(t, ref);
            }
        }
    }

    /** Visits an instance; whether this Sentinel may act on what it sees. */
    private static boolean visit(Turn t, Ref ref) {
        Connections.reconnect(t, ref);
        askRegularly(t, ref);
        if (t.isTilted()) {
            if (t.nowMs() - t.tiltSinceMs() < t.timing().get(Timing.Name.TILT_PERIOD)) {
                return false;
            }
            t.untilt();
            t.event("-tilt", "#tilt mode exited");
        }
        renewDeafConnections(t, ref);
        judge(t, ref);
        return true;
    }

    // --- regular questions -----------------------------------------------------------------------

    private static void askRegularly(Turn t, Ref ref) {
        Instance instance = t.instance(ref);
        Link link = t.link(instance);
        if (link.isDisconnected(instance.isServer()) || tooManyPending(t, link)) {
            return;
        }
        long now = t.nowMs();
        if (instance.isServer()) {
            long refreshed = report(t, ref).refreshedMs();
            if ((refreshed == 0 || now - refreshed > infoPeriod(t, ref))
                    && now - instance.infoAskedMs() > ASK_AGAIN_MS) {
                Connections.info(t, ref);
            }
        }
        long period = pingPeriod(t, ref);
        if (now - link.pongMs() > period && now - link.pingMs() > period / 2) {
            Connections.ping(t, ref);
        }
        if (now - instance.publishedMs() > t.timing().publishMs()
                && now - instance.helloSentMs() > ASK_AGAIN_MS) {
            Hellos.send(t, ref);
        }
    }

    private static boolean tooManyPending(Turn t, Link link) {
        return link.pending() >= Link.PENDING_MAX
                && link.pending() >= Link.PENDING_MAX * t.sharers(link.id());
    }

    private static Report report(Turn t, Ref ref) {
        return ref.kind() == Kind.MASTER
                ? t.master(ref.master()).report()
                : t.replica(ref).report();
    }

    /** Replicas are watched closely while their master is down or out of their reach. */
    private static long infoPeriod(Turn t, Ref ref) {
        Master master = t.master(ref.master());
        boolean closely =
                ref.kind() == Kind.REPLICA
                        && (master.objectivelyDown()
                                || master.self().down()
                                || master.isFailingOver()
                                || t.replica(ref).report().linkDownMs() != 0);
        return closely ? Math.min(CLOSE_WATCH_MS, t.timing().infoMs()) : t.timing().infoMs();
    }

    private static long pingPeriod(Turn t, Ref ref) {
        long downAfter = t.master(ref.master()).settings().downAfterMs();
        return Math.min(downAfter, t.timing().pingMs());
    }

    static void ponged(Turn t, Input.Replied reply) {
        Link link = t.link(reply.link());
        String text =
                switch (reply.reply()) {
                    case Reply.Status status -> status.text();
                    case Reply.Failure failure -> failure.text();
                    default -> "";
                };
        boolean acceptable =
                text.startsWith("PONG")
                        || text.startsWith("LOADING")
                        || text.startsWith("MASTERDOWN");
        t.put(link.ponged(t.nowMs(), acceptable));
        Ref about = reply.ask().about();
        Instance instance = t.instance(about);
        if (instance == null) {
            return;
        }
        if (text.startsWith("PONG") && about.kind() == Kind.MASTER) {
            Master master = t.master(about.master());
            if (master.rebootSinceMs() != 0) {
                t.put(master.withReboot(0));
            }
        }
        if (text.startsWith("BUSY")
                && instance.down()
                && !instance.scriptKilled()
                && link.command() != null) {
            Connections.send(t, about, Purpose.NOTHING, "SCRIPT", "KILL");
            t.change(about, Instance::withScriptKilled);
        }
    }

    // --- is it down? -----------------------------------------------------------------------------

    /**
     * A connection on which nothing comes any more may be broken without anybody having noticed.
     */
    private static void renewDeafConnections(Turn t, Ref ref) {
        Link link = t.link(t.instance(ref));
        long now = t.nowMs();
        long half = t.master(ref.master()).settings().downAfterMs() / 2;
        long least = t.timing().get(Timing.Name.MIN_LINK_RECONNECT_PERIOD);
        if (link.command() != null
                && now - link.command().sinceMs() > least
                && link.unansweredMs() != 0
                && now - link.unansweredMs() > half
                && now - link.pongMs() > half) {
            t.disconnect(link.id(), Channel.COMMAND);
        }
        if (link.pubsub() != null
                && now - link.pubsub().sinceMs() > least
                && now - link.pubsubHeardMs() > t.timing().publishMs() * 3) {
            t.disconnect(link.id(), Channel.PUBSUB);
        }
    }

    private static void judge(Turn t, Ref ref) {
        Instance instance = t.instance(ref);
        boolean down = isSilent(t, ref, instance);
        if (ref.kind() == Kind.MASTER) {
            Master master = t.master(ref.master());
            down |=
                    isWrongRole(t, master)
                            || isStuckInReboot(t, master)
                            || instance.identity().isForeign();
        }
        if (down && !instance.down()) {
            t.event(Severity.WARNING, "+sdown", ref);
            t.change(ref, i -> i.wentDown(t.nowMs()));
            if (ref.kind() == Kind.MASTER) {
                t.tell(ref.master(), "sdown", "silent-ms", Long.toString(silence(t, instance)));
            }
        } else if (!down && instance.down()) {
            t.event(Severity.WARNING, "-sdown", ref);
            t.change(ref, Instance::cameUp);
            if (ref.kind() == Kind.MASTER) {
                t.tell(ref.master(), "back");
                if (!t.master(ref.master()).isFailingOver()) {
                    t.tellEnd(ref.master());
                }
            }
        }
    }

    /** How long an instance has not answered PING as it should. */
    private static long silence(Turn t, Instance instance) {
        Link link = t.link(instance);
        if (link.unansweredMs() != 0) {
            return t.nowMs() - link.unansweredMs();
        }
        return link.isDisconnected(instance.isServer()) ? t.nowMs() - link.availableMs() : 0;
    }

    private static boolean isSilent(Turn t, Ref ref, Instance instance) {
        return silence(t, instance) > t.master(ref.master()).settings().downAfterMs();
    }

    /** It has said for long that it is a replica. */
    private static boolean isWrongRole(Turn t, Master master) {
        return master.report().role() == Role.REPLICA
                && t.nowMs() - master.report().roleSinceMs()
                        > master.settings().downAfterMs() + t.timing().infoMs() * 2;
    }

    private static boolean isStuckInReboot(Turn t, Master master) {
        return master.rebootSinceMs() != 0
                && t.nowMs() - master.rebootSinceMs() > master.settings().rebootDownAfterMs();
    }
}
