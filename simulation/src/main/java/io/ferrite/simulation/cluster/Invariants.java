package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.ClusterEffect;
import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.bus.BusMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold whatever goes wrong, looked at after every step of every node. */
final class Invariants {

    /** Something that must never be was. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String text) {
            super(text);
        }
    }

    private record Claim(int slot, long epoch) {}

    private record Ballot(String voter, long epoch) {}

    private record Seen(String observer, String about) {}

    private final SimCluster sim;

    /** Epochs that were taken without a vote may be taken twice, until the collision is seen. */
    boolean unvotedEpochs;

    /** Somebody was given an old file: what it had voted it may vote again. */
    boolean oldFiles;

    private final Map<Claim, String> claims = new HashMap<>();
    private final Map<Ballot, String> votes = new HashMap<>();
    private final Map<String, Long> told = new HashMap<>();
    private final Map<Seen, Long> epochs = new HashMap<>();
    private final Set<String> gone = new HashSet<>();

    /** When a node could last hear of each other one. */
    private final Map<String, Map<String, Long>> hearable = new HashMap<>();

    /** When a node last was not looked at: it did not run, or old news came to it. */
    private final Map<String, Long> excused = new HashMap<>();

    private int voters;
    private boolean isOff;

    Invariants(SimCluster sim) {
        this.sim = sim;
    }

    /** A large cluster is slow enough without. */
    void off() {
        isOff = true;
    }

    /** So many masters serve slots. */
    void expect(int masters) {
        voters = masters;
    }

    /** No running node knows it any more, and none may come to know it again. */
    void forgotten(String id) {
        gone.add(id);
    }

    void fail(String text) {
        sim.note("VIOLATION: " + text);
        throw new Violation(text);
    }

    // --- steps -----------------------------------------------------------------------------------

    /** A step is done; its effects are not performed yet. */
    void stepped(SimNode node, List<ClusterEffect> effects) {
        if (isOff) {
            return;
        }
        ClusterView view = node.view();
        epochsRise(node, view);
        slotsHaveOneOwner(node, view.self());
        for (ClusterEffect effect : effects) {
            if (effect instanceof ClusterEffect.Note note
                    && note.text().startsWith("Failover election won")
                    && !oldFiles) {
                elected(node);
            }
        }
    }

    private void epochsRise(SimNode node, ClusterView view) {
        notBelow(node, "its current epoch", view.currentEpoch());
        notBelow(node, "its last vote", view.lastVoteEpoch());
        for (ClusterNode known : view.nodes()) {
            if (gone.contains(known.id()) && !gone.contains(node.id())) {
                fail(node.ip + " knows " + known.id() + " again, which was forgotten");
            }
            if (known.isInHandshake()) {
                continue;
            }
            if (node.foreign != sim.isForeign(known.id())) {
                fail(node.ip + " knows " + known.id() + " of another cluster");
            }
            notBelow(node, known.id(), known.configEpoch());
        }
    }

    private void notBelow(SimNode node, String what, long epoch) {
        Long before = epochs.put(new Seen(node.ip, what), epoch);
        if (before != null && before > epoch) {
            fail(node.ip + ": the epoch of " + what + " goes from " + before + " to " + epoch);
        }
    }

    private void slotsHaveOneOwner(SimNode node, ClusterNode self) {
        if (!self.isMaster() || unvotedEpochs || oldFiles || node.foreign) {
            return;
        }
        // One slot of each run is as good as all.
        self.slots()
                .forEachRange((first, last) -> {
                    Claim claim = new Claim(first, self.configEpoch());
                    String before = claims.putIfAbsent(claim, self.id());
                    if (before != null && !before.equals(self.id())) {
                        fail(
                                "slot "
                                        + first
                                        + " in epoch "
                                        + self.configEpoch()
                                        + ": "
                                        + before
                                        + " and "
                                        + self.id());
                    }
                });
    }

    private void elected(SimNode node) {
        long epoch = node.self().configEpoch();
        int has = 0;
        for (SimNode voter : sim.nodes.values()) {
            has += node.id().equals(votes.get(new Ballot(voter.id(), epoch))) ? 1 : 0;
        }
        // Who has given all of its slots away has no vote any more.
        long voting = sim.own().stream().filter(n -> n.self().votes()).count();
        if (has < Math.min(voters, voting) / 2 + 1) {
            sim.note(node.machine.report().nodes(false));
            fail(node.ip + " takes over in epoch " + epoch + " with " + has + " votes");
        }
    }

    /** A message is on its way. */
    void sent(SimNode from, SimNode to, BusMessage message) {
        if (message instanceof BusMessage.AuthAck ack && !oldFiles) {
            long epoch = ack.header().currentEpoch();
            String before = votes.putIfAbsent(new Ballot(from.id(), epoch), to.id());
            if (before != null && !before.equals(to.id())) {
                fail(from.ip + " votes twice in epoch " + epoch);
            }
            told.merge(from.id(), epoch, Math::max);
        }
    }

    /** A node was read from its file. */
    void restarted(SimNode node) {
        epochs.keySet().removeIf(seen -> seen.observer().equals(node.ip));
        Long vote = told.get(node.id());
        if (vote != null && node.view().lastVoteEpoch() < vote && !oldFiles) {
            fail(
                    node.ip
                            + " told of its vote in epoch "
                            + vote
                            + " and starts with "
                            + node.view().lastVoteEpoch());
        }
    }

    // --- time ------------------------------------------------------------------------------------

    /** Looks at who serves although no majority could be heard within the timeout. */
    void look() {
        if (isOff) {
            return;
        }
        long now = sim.queue.nowMs();
        for (SimNode node : sim.nodes.values()) {
            if (node.foreign) {
                continue;
            }
            if (!node.isAwake()) {
                excused.put(node.ip, now);
                continue;
            }
            Map<String, Long> times = hearable.computeIfAbsent(node.ip, ip -> new HashMap<>());
            for (SimNode other : within(node)) {
                times.put(other.ip, now);
            }
            long least = now - sim.timeoutMs - SimCluster.SLACK_MS;
            boolean serves = node.self().isMaster() && node.view().isOk();
            if (serves && excused.getOrDefault(node.ip, 0L) < least && !hears(node, times, least)) {
                fail(node.ip + " serves, and has heard of no majority since " + least);
            }
        }
    }

    /** Something old came once more: it cannot know that it is not new. */
    void replayed(SimNode to) {
        excused.put(to.ip, sim.queue.nowMs());
    }

    /** Those that a node could hear of: by themselves, or from others who hear them. */
    private Set<SimNode> within(SimNode node) {
        Set<SimNode> heard = new HashSet<>(List.of(node));
        Deque<SimNode> hearing = new ArrayDeque<>(heard);
        while (!hearing.isEmpty()) {
            SimNode listener = hearing.poll();
            for (SimNode other : sim.own()) {
                if (!heard.contains(other) && sim.canHear(listener, other)) {
                    heard.add(other);
                    hearing.add(other);
                }
            }
        }
        return heard;
    }

    /** Whether most of those whom it takes for voters could be heard since. */
    private boolean hears(SimNode node, Map<String, Long> times, long since) {
        int heard = 0;
        int all = 0;
        for (ClusterNode known : node.view().nodes()) {
            if (known.votes()) {
                SimNode voter = sim.byId(known.id());
                all++;
                heard += voter != null && times.getOrDefault(voter.ip, 0L) >= since ? 1 : 0;
            }
        }
        return heard >= all / 2 + 1;
    }
}
