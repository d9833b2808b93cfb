package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.Ask.Purpose;
import java.util.List;

/** What the Sentinels think of a master together, and how they ask each other. */
final class Opinions {

    /** An opinion counts for so many periods of asking. */
    private static final int VALID_PERIODS = 5;

    /** An answer is awaited so long before the same Sentinel is asked again. */
    private static final long ASK_AGAIN_MS = 100;

    private Opinions() {}

    /** Counts who sees the master down. */
    static void judge(Turn t, String name) {
        Master master = t.master(name);
        int agreeing = 0;
        if (master.self().down()) {
            agreeing = 1;
            for (Peer peer : master.peers().values()) {
                agreeing += peer.saysDown() ? 1 : 0;
            }
        }
        int quorum = master.settings().quorum();
        boolean down = agreeing > 0 && t.rules().isObjectivelyDown(agreeing, quorum);
        if (down && !master.objectivelyDown()) {
            String count = agreeing + "/" + quorum;
            t.event(Severity.WARNING, "+odown", Ref.master(name), " #quorum " + count);
            t.put(t.master(name).withObjectivelyDown(true, t.nowMs()));
            t.tell(name, "odown", "agreeing", count);
        } else if (!down && master.objectivelyDown()) {
            t.event(Severity.WARNING, "-odown", Ref.master(name));
            t.put(t.master(name).withObjectivelyDown(false, master.objectivelyDownSinceMs()));
        }
    }

    /**
     * Asks the others what they think of a master that is down, and for their votes while a
     * failover of it is under way.
     *
     * @param atOnce whether also those who answered a moment ago
     */
    static void ask(Turn t, String name, boolean atOnce) {
        Master master = t.master(name);
        for (String id : master.peers().keySet()) {
            Ref ref = Ref.sentinel(name, id);
            Peer peer = t.master(name).peers().get(id);
            long age = t.nowMs() - peer.answeredMs();
            if (age > t.timing().askMs() * VALID_PERIODS
                    && (peer.saysDown() || !peer.leader().isEmpty())) {
                t.changePeer(ref, Peer::forgotten);
            }
            // Who has not agreed yet may at any moment.
            long period = peer.saysDown() ? t.timing().askMs() : ASK_AGAIN_MS;
            boolean due =
                    atOnce
                            || age >= Math.min(period, t.timing().askMs())
                                    && t.nowMs() - peer.askedMs() > ASK_AGAIN_MS;
            boolean needed = master.self().down() || master.failover() instanceof Failover.Electing;
            if (needed && !t.isDisconnected(peer.self()) && due) {
                ask(t, master, ref);
            }
        }
    }

    private static void ask(Turn t, Master master, Ref ref) {
        boolean vote = master.failover() instanceof Failover.Electing;
        Connections.send(
                t,
                ref,
                Purpose.OPINION,
                "SENTINEL",
                "is-master-down-by-addr",
                t.announced(master.address()),
                Integer.toString(master.address().port()),
                Long.toString(vote ? master.failover().epoch() : t.epoch()),
                vote ? t.myId() : "*");
        t.changePeer(ref, peer -> peer.asked(t.nowMs()));
    }

    /** Another Sentinel's opinion, with whom it voted for if it did. Errors say nothing. */
    static void answered(Turn t, Ref about, Reply reply) {
        Instance instance = t.instance(about);
        if (instance == null
                || !(reply instanceof Reply.Many many)
                || many.items().size() != 3
                || !(many.items().get(0) instanceof Reply.Number down)
                || !(many.items().get(1) instanceof Reply.Text leader)
                || !(many.items().get(2) instanceof Reply.Number epoch)) {
            return;
        }
        t.changePeer(about, peer -> peer.answered(down.value() == 1, t.nowMs()));
        if (!leader.text().equals("*")) {
            Peer before = t.master(about.master()).peers().get(about.key());
            if (before.leaderEpoch() != epoch.value()) {
                String vote = " voted for " + leader.text() + " " + epoch.value();
                t.note(Severity.NOTICE, instance.name() + vote);
                t.tell(
                        about.master(),
                        "vote",
                        "from",
                        instance.name(),
                        "for",
                        leader.text(),
                        "epoch",
                        Long.toString(epoch.value()));
            }
            t.changePeer(about, peer -> peer.voted(leader.text(), epoch.value()));
        }
        if (!t.isTilted()) {
            Failovers.act(t, about.master());
        }
    }

    /**
     * Another Sentinel asks: what is known of the master at that address, and who gets the vote.
     */
    static void asked(Turn t, Input.OpinionAsked question) {
        Master master = find(t, question);
        boolean down = master != null && !t.isTilted() && master.self().down();
        if (master == null || question.candidate().equals("*")) {
            answer(t, question.ticket(), down, "*", 0);
            return;
        }
        Election.vote(t, master.name(), question.epoch(), question.candidate());
        Vote vote = t.master(master.name()).vote();
        if (vote.isDurable()) {
            answer(t, question.ticket(), down, vote);
        } else {
            // Said only once it can't be forgotten.
            t.unsaved()
                    .add(
                            new SentinelState.Unsaved(
                                    t.persist(), question.ticket(), master.name(), down));
        }
    }

    private static Master find(Turn t, Input.OpinionAsked question) {
        Address wanted = t.address(question.ip(), question.port(), true);
        for (Master master : t.masters()) {
            if (wanted != null && master.address().isSame(wanted)) {
                return master;
            }
        }
        return null;
    }

    /** The state was saved, or could not be: answers that waited for it leave. */
    static void persisted(Turn t, Input.Persisted news) {
        for (SentinelState.Unsaved waiting : List.copyOf(t.unsaved())) {
            boolean due =
                    news.done() ? waiting.save() <= news.ticket() : waiting.save() == news.ticket();
            if (!due) {
                continue;
            }
            t.unsaved().remove(waiting);
            Master master = t.master(waiting.master());
            if (master == null || !master.vote().isDurable()) {
                answer(t, waiting.ticket(), waiting.down(), "*", 0);
            } else {
                answer(t, waiting.ticket(), waiting.down(), master.vote());
            }
        }
    }

    private static void answer(Turn t, long ticket, boolean down, Vote vote) {
        answer(t, ticket, down, vote.leader().isEmpty() ? "*" : vote.leader(), vote.epoch());
    }

    private static void answer(Turn t, long ticket, boolean down, String leader, long epoch) {
        t.effect(new Effect.Answer(ticket, new Effect.Outcome.Opinion(down, leader, epoch)));
    }
}
