package io.ferrite.coordination.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.testkit.EventQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Nodes on a virtual network in virtual time, with the machines of the product. Everything that
 * happens comes from the seed.
 *
 * <p>Checked after every step: epochs don't go back; an epoch has one owner for a slot; a vote is
 * given once an epoch.
 */
final class SimCluster {

    final EventQueue queue = new EventQueue(1_700_000_000_000L);
    final Random random;
    final Map<String, SimNode> nodes = new LinkedHashMap<>();
    final Map<String, Long> lastContact = new HashMap<>();
    final List<String> won = new ArrayList<>();
    final Set<String> delivered = new HashSet<>();
    final StringBuilder trace = new StringBuilder();

    long timeoutMs = 1000;
    int validityFactor = 10;
    boolean replicaMigration = true;
    boolean fullCoverage = true;
    boolean encoded = true;
    int delayMs = 3;
    int lossPercent;
    long sent;

    /** Pairs of addresses, in this direction, that nothing gets through between. */
    private final Set<String> cuts = new HashSet<>();

    /** By slot: who claimed it in which epoch. */
    private final Map<Integer, Map<Long, String>> claims = new HashMap<>();

    /** Epochs that were taken without a vote may be taken twice, until the collision is seen. */
    boolean unvotedEpochs;

    /** By voter and epoch: how often lastVoteEpoch became it. */
    private final Map<String, Long> votes = new HashMap<>();

    SimCluster(long seed) {
        random = new Random(seed);
    }

    void note(String text) {
        if (trace.length() < 400_000) {
            trace.append(queue.nowMs() % 10_000_000).append(' ').append(text).append('\n');
        }
    }

    SimNode add() {
        String ip = "10.0." + nodes.size() / 250 + "." + (nodes.size() % 250 + 1);
        SimNode node = new SimNode(this, ip);
        nodes.put(ip, node);
        return node;
    }

    SimNode byIp(String ip) {
        return ip == null ? null : nodes.get(ip);
    }

    SimNode byId(String id) {
        return nodes.values().stream().filter(n -> n.id().equals(id)).findFirst().orElseThrow();
    }

    // --- building --------------------------------------------------------------------------------

    /** Masters that share the slots, and so many replicas for each; agreed when it returns. */
    void build(int masters, int replicas) {
        List<SimNode> all = new ArrayList<>();
        for (int i = 0; i < masters * (1 + replicas); i++) {
            all.add(add());
        }
        for (int i = 0; i < masters; i++) {
            int first = SlotSet.SLOTS * i / masters;
            int last = SlotSet.SLOTS * (i + 1) / masters - 1;
            long epoch = i + 1;
            List<Integer> slots = new ArrayList<>();
            for (int slot = first; slot <= last; slot++) {
                slots.add(slot);
            }
            assertThat(all.get(i).order(o -> o.addSlots(slots))).isNull();
            assertThat(all.get(i).order(o -> o.setConfigEpoch(epoch))).isNull();
        }
        for (SimNode node : all.subList(1, all.size())) {
            assertThat(all.getFirst().order(o -> o.meet(node.ip, 6379, 16379))).isNull();
        }
        await("everybody knows everybody", 60_000, () -> knowEachOther(all));
        for (int i = masters; i < all.size(); i++) {
            String master = all.get(i % masters).id();
            assertThat(all.get(i).order(o -> o.replicate(master))).isNull();
        }
        await("they agree", 60_000, this::agreed);
    }

    private static boolean knowEachOther(List<SimNode> all) {
        for (SimNode node : all) {
            if (node.view().nodeCount() != all.size()) {
                return false;
            }
            for (ClusterNode known : node.view().nodes()) {
                if (known.isInHandshake()) {
                    return false;
                }
            }
        }
        return true;
    }

    // --- the network -----------------------------------------------------------------------------

    long delay() {
        if (random.nextInt(100) < lossPercent) {
            return 200 + random.nextInt(delayMs + 1); // lost, and sent again
        }
        return 1 + random.nextInt(delayMs);
    }

    boolean reaches(SimNode from, SimNode to) {
        return !cuts.contains(from.ip + ">" + to.ip);
    }

    void connect(SimNode from, ClusterEffect.Connect c) {
        SimNode to = byIp(c.ip());
        queue.after(
                delay(),
                () -> {
                    if (!from.up) {
                        return;
                    }
                    if (to == null || !reaches(from, to) || !reaches(to, from)) {
                        return; // no answer at all
                    }
                    if (!to.up) {
                        from.soon(() -> from.perform(from.machine.closed(from, c.link())));
                        return;
                    }
                    long number = to.machine.accepted(to, from.ip, to.ip);
                    SimLink link = new SimLink(this, from, c.link(), to, number);
                    from.links.put(c.link(), link);
                    to.links.put(number, link);
                    from.soon(() ->
                            from.perform(from.machine.opened(from, c.link(), to.ip, from.ip)));
                });
    }

    void cut(SimNode from, SimNode to) {
        cuts.add(from.ip + ">" + to.ip);
    }

    /** Nothing gets through between two groups, in both directions. */
    void partition(List<SimNode> some, List<SimNode> others) {
        note("PARTITION " + some.stream().map(n -> n.ip).toList());
        for (SimNode a : some) {
            for (SimNode b : others) {
                cut(a, b);
                cut(b, a);
            }
        }
    }

    void heal() {
        note("HEAL");
        cuts.clear();
    }

    // --- time ------------------------------------------------------------------------------------

    void run(long ms) {
        for (long left = ms; left > 0; left -= 10) {
            queue.runFor(Math.min(10, left));
            replicate();
        }
    }

    /** Data goes from leaders to those who follow them, if they reach each other. */
    private void replicate() {
        for (SimNode node : nodes.values()) {
            SimNode leader = byIp(node.followedIp);
            if (node.up && leader != null && leader.up && reaches(leader, node)) {
                lastContact.put(node.ip, queue.nowMs());
                node.offset = leader.offset;
                if (node.keyCount != leader.keyCount) {
                    node.keys.clear();
                    node.keys.putAll(leader.keys);
                    node.keyCount = leader.keyCount;
                }
            }
        }
    }

    void await(String what, long withinMs, BooleanSupplier condition) {
        long end = queue.nowMs() + withinMs;
        while (!condition.getAsBoolean()) {
            assertThat(queue.nowMs()).as("%s\n%s", what, state()).isLessThan(end);
            run(50);
        }
    }

    // --- what must hold --------------------------------------------------------------------------

    List<SimNode> running() {
        return nodes.values().stream().filter(n -> n.up).toList();
    }

    /** All that run see the same owners, serve, and nobody suspects anybody who runs. */
    boolean agreed() {
        Map<String, String> first = null;
        for (SimNode node : running()) {
            if (!node.view().isOk()) {
                return false;
            }
            Map<String, String> seen = new TreeMap<>();
            for (ClusterNode known : node.view().nodes()) {
                if (known.isInHandshake()
                        || known.isSuspect() && byId(known.id()).up
                        || known.isReplica() && known.masterId() == null) {
                    return false;
                }
                seen.put(
                        known.id(),
                        known.slots()
                                + " "
                                + known.masterId()
                                + " "
                                + (known.slots().isEmpty() ? 0 : known.configEpoch()));
            }
            if (first != null && !first.equals(seen)) {
                return false;
            }
            first = seen;
        }
        return first != null && covered();
    }

    /** Every slot has an owner that runs. */
    boolean covered() {
        SlotSet served = SlotSet.EMPTY;
        for (SimNode node : running()) {
            served = served.plus(node.self().slots());
        }
        return served.size() == SlotSet.SLOTS;
    }

    void check(SimNode node) {
        node.checkEpoch();
        checkVote(node);
        ClusterNode self = node.self();
        if (!self.isMaster() || unvotedEpochs) {
            return;
        }
        // One slot of each run is as good as all.
        self.slots()
                .forEachRange((first, last) -> {
                    String before =
                            claims.computeIfAbsent(first, s -> new HashMap<>())
                                    .putIfAbsent(self.configEpoch(), self.id());
                    assertThat(before == null || before.equals(self.id()))
                            .as(
                                    "slot %s in epoch %s: %s and %s",
                                    first, self.configEpoch(), before, self.id())
                            .isTrue();
                });
    }

    private void checkVote(SimNode node) {
        long vote = node.view().lastVoteEpoch();
        Long before = votes.put(node.id(), vote);
        assertThat(before == null || vote >= before)
                .as("%s votes in epoch %s after %s", node.ip, vote, before)
                .isTrue();
    }

    String state() {
        StringBuilder text = new StringBuilder();
        for (SimNode node : nodes.values()) {
            text.append(node.ip).append(node.up ? " up " : " down ");
            text.append(node.view().isOk() ? "ok\n" : "fail\n");
            text.append(node.machine.report().nodes(false));
        }
        int from = Math.max(0, trace.length() - 20_000);
        return text + trace.substring(from);
    }
}
