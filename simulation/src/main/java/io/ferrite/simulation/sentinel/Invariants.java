package io.ferrite.simulation.sentinel;

import io.ferrite.coordination.sentinel.Effect;
import io.ferrite.coordination.sentinel.Failover;
import io.ferrite.coordination.sentinel.Master;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.coordination.sentinel.Story;
import io.ferrite.coordination.sentinel.Vote;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold whatever goes wrong, looked at after every step of every Sentinel. */
final class Invariants {

    /** Something that must never be was. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String text) {
            super(text);
        }
    }

    private record Ballot(String voter, long epoch) {}

    private final World world;
    private int sentinels;
    private int quorum;
    private final Map<Ballot, String> votes = new HashMap<>();
    private final Map<Long, String> promotions = new HashMap<>();
    private final Map<Long, String> configurations = new HashMap<>();
    private final Map<String, Long> toldEpochs = new HashMap<>();

    /** Failovers that really changed the master. */
    private final Set<Long> completed = new HashSet<>();

    Invariants(World world) {
        this.world = world;
    }

    void expect(int voters, int needed) {
        sentinels = voters;
        quorum = needed;
    }

    int failovers() {
        return completed.size();
    }

    private void fail(String text) {
        world.note("VIOLATION: " + text);
        throw new Violation(text);
    }

    /** The file's vote epoch must not be below a vote that somebody was told of. */
    void restarted(SimSentinel sentinel) {
        Long told = toldEpochs.get(sentinel.id());
        Master master = sentinel.master();
        if (told != null && master.vote().epoch() < told) {
            fail(
                    sentinel.name
                            + " told of its vote in epoch "
                            + told
                            + " and starts with epoch "
                            + master.vote().epoch());
        }
        Long epoch = toldEpochs.get("epoch " + sentinel.id());
        if (epoch != null && sentinel.state().epoch() < epoch) {
            fail(sentinel.name + " starts with epoch " + sentinel.state().epoch());
        }
    }

    void stepped(
            SimSentinel sentinel, SentinelState before, SentinelState after, List<Effect> effects) {
        if (after.epoch() < before.epoch()) {
            fail(sentinel.name + "'s epoch goes back");
        }
        for (Effect effect : effects) {
            look(sentinel, effect);
        }
        Master then = before.masters().get(SimSentinel.MASTER);
        Master now = after.masters().get(SimSentinel.MASTER);
        if (now.configEpoch() < then.configEpoch()) {
            fail(sentinel.name + "'s configuration goes back");
        }
        agree(sentinel, now);
        if (!now.currentAddress().isSame(then.currentAddress())) {
            completed.add(now.configEpoch());
        }
    }

    /** One configuration epoch, one master. */
    private void agree(SimSentinel sentinel, Master master) {
        if (master.configEpoch() == 0) {
            return;
        }
        String address = master.currentAddress().text(false);
        String known = configurations.putIfAbsent(master.configEpoch(), address);
        if (known != null && !known.equals(address)) {
            fail(
                    "epoch "
                            + master.configEpoch()
                            + " means "
                            + known
                            + ", for "
                            + sentinel.name
                            + " it means "
                            + address);
        }
    }

    private void look(SimSentinel sentinel, Effect effect) {
        switch (effect) {
            case Effect.Answer a when a.outcome() instanceof Effect.Outcome.Opinion o -> {
                if (!o.leader().equals("*")) {
                    voted(sentinel, o.epoch(), o.leader());
                }
            }
            case Effect.Tell t -> look(sentinel, t.entry());
            case Effect.Send s when s.words().equals(List.of("SLAVEOF", "NO", "ONE")) ->
                    promotes(sentinel);
            default -> {}
        }
    }

    private void voted(SimSentinel voter, long epoch, String leader) {
        String known = votes.putIfAbsent(new Ballot(voter.id(), epoch), leader);
        if (known != null && !known.equals(leader)) {
            fail(
                    voter.name
                            + " votes twice in epoch "
                            + epoch
                            + ": for "
                            + known
                            + " and for "
                            + leader);
        }
        toldEpochs.merge(voter.id(), epoch, Math::max);
        toldEpochs.merge("epoch " + voter.id(), epoch, Math::max);
    }

    private void elected(SimSentinel leader, long epoch) {
        // Its own vote is told to nobody but counts.
        Vote own = leader.master().vote();
        if (own.epoch() == epoch && !own.leader().isEmpty() && own.isDurable()) {
            voted(leader, epoch, own.leader());
        }
        int has = 0;
        for (SimSentinel voter : world.sentinels) {
            has += leader.id().equals(votes.get(new Ballot(voter.id(), epoch))) ? 1 : 0;
        }
        if (has < sentinels / 2 + 1 || has < quorum) {
            fail(leader.name + " leads in epoch " + epoch + " with " + has + " votes");
        }
    }

    private long bestOffset = -1;
    private int bestPriority = Integer.MAX_VALUE;

    /** The one chosen is among the best of those that fit. */
    private void look(SimSentinel sentinel, Story.Entry entry) {
        switch (entry.what()) {
            case "elected" -> {
                elected(sentinel, Long.parseLong(entry.details().get("epoch")));
                bestOffset = -1;
                bestPriority = Integer.MAX_VALUE;
            }
            case "candidate" -> {
                if (entry.details().get("verdict").equals("fit")) {
                    int priority = Integer.parseInt(entry.details().get("priority"));
                    long offset = Long.parseLong(entry.details().get("offset"));
                    boolean first = priority < bestPriority && !byDataAlone();
                    if (first
                            || (priority == bestPriority || byDataAlone() || bestOffset < 0)
                                    && offset > bestOffset) {
                        bestPriority = priority;
                        bestOffset = offset;
                    }
                }
            }
            case "chosen" -> {
                long offset = Long.parseLong(entry.details().get("offset"));
                if (offset < bestOffset) {
                    fail(
                            sentinel.name
                                    + " promotes "
                                    + entry.details().get("replica")
                                    + " of offset "
                                    + offset
                                    + ", though another has "
                                    + bestOffset);
                }
                bestOffset = -1;
                bestPriority = Integer.MAX_VALUE;
            }
            default -> {}
        }
    }

    private boolean byDataAlone() {
        return world.client.ackReplicas() > 0;
    }

    private void promotes(SimSentinel leader) {
        Failover failover = leader.master().failover();
        if (failover.forced()) {
            return;
        }
        String what = leader.name + " " + failover.candidate();
        String known = promotions.putIfAbsent(failover.epoch(), what);
        if (known != null && !known.equals(what)) {
            fail("two promotions in epoch " + failover.epoch() + ": " + known + " and " + what);
        }
    }
}
