package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.ClusterEffect;
import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.testkit.EventQueue;
import java.util.ArrayDeque;
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
 */
final class SimCluster {

    /**
     * What a node that hears nobody needs to notice that, besides the timeout: a tick, and that
     * clocks by which others tell when they heard somebody may be half a second ahead.
     */
    static final long SLACK_MS = 800;

    private static final int TRACE_MAX = 5000;
    private static final int STEP_MS = 10;

    final EventQueue queue = new EventQueue(1_700_000_000_000L);
    final Random random;
    final Mutation mutation;
    final Invariants invariants = new Invariants(this);
    final Map<String, SimNode> nodes = new LinkedHashMap<>();
    final Map<String, Long> lastContact = new HashMap<>();
    final List<String> won = new ArrayList<>();

    long timeoutMs = 1000;
    int validityFactor = 10;

    /** Whether messages are written as bytes and read again. */
    boolean encoded = true;

    /** Whether nodes keep their files, which costs most where there are many nodes. */
    boolean keepsFiles = true;

    /** Whether nodes hold keys, and the mistake that is made with them. */
    boolean holdsData;

    DataMutation dataMutation = DataMutation.NONE;

    int delayMs = 3;
    int lossPercent;

    /** Of a thousand messages, those that come once more, long afterwards. */
    int replayPermille;

    /** Of a thousand messages, those whose bytes are not what was sent. */
    int garblePermille;

    long sent;
    long events;

    private final ArrayDeque<String> trace = new ArrayDeque<>();
    private final Map<String, SimNode> byId = new HashMap<>();
    private final Set<String> foreign = new HashSet<>();

    /** Who answers at an address that is not its own. */
    private final Map<String, SimNode> impostors = new HashMap<>();

    /** Pairs of addresses, in this direction, that nothing gets through between. */
    private final Set<String> cuts = new HashSet<>();

    SimCluster(long seed, Mutation mutation) {
        this.random = new Random(seed);
        this.mutation = mutation;
    }

    void note(String text) {
        if (trace.size() == TRACE_MAX) {
            trace.removeFirst();
        }
        trace.add(queue.nowMs() % 10_000_000 + " " + text);
    }

    String trace() {
        return String.join("\n", trace) + "\n";
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A number from {@code least} to {@code most}. */
    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    // --- nodes -----------------------------------------------------------------------------------

    SimNode add() {
        return add(false);
    }

    private SimNode add(boolean ofAnotherCluster) {
        String ip = "10.0." + nodes.size() / 250 + "." + (nodes.size() % 250 + 1);
        SimNode node = new SimNode(this, ip, ofAnotherCluster);
        return node;
    }

    /** A node has got its id. */
    void register(SimNode node) {
        nodes.put(node.ip, node);
        byId.put(node.id(), node);
        if (node.foreign) {
            foreign.add(node.id());
        }
    }

    /** Some nodes that know each other and nobody else, in a later epoch than ours. */
    List<SimNode> addForeign(int count) {
        List<SimNode> others = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SimNode node = add(true);
            int slot = i;
            node.must(o -> o.addSlots(List.of(slot)));
            others.add(node);
        }
        others.getFirst().must(o -> o.setConfigEpoch(1000));
        // A handshake ends with the timeout, which a slow network may not keep.
        long[] nextMs = {0};
        await(
                "the others know each other",
                60_000,
                () -> {
                    if (!knowEachOther(others) && queue.nowMs() >= nextMs[0]) {
                        nextMs[0] = queue.nowMs() + 3 * timeoutMs;
                        for (SimNode node : others.subList(1, count)) {
                            others.getFirst().must(o -> o.meet(node.ip, 6379, 16379));
                        }
                    }
                    return knowEachOther(others);
                });
        return others;
    }

    boolean isForeign(String id) {
        return foreign.contains(id);
    }

    /** Who answers at an address. */
    SimNode byIp(String ip) {
        SimNode impostor = impostors.get(ip);
        return impostor != null ? impostor : nodes.get(ip);
    }

    /** The node of an id, or null. */
    SimNode byId(String id) {
        return byId.get(id);
    }

    void answersAt(String ip, SimNode other) {
        note(other.ip + " ANSWERS AT " + ip);
        impostors.put(ip, other);
    }

    void givesBack(String ip) {
        impostors.remove(ip);
    }

    /** Those of the cluster that is looked at. */
    List<SimNode> own() {
        return nodes.values().stream().filter(n -> !n.foreign).toList();
    }

    List<SimNode> running() {
        return nodes.values().stream().filter(n -> n.up && !n.foreign && !n.left).toList();
    }

    /** Masters that share the slots, and so many replicas for each; agreed when it returns. */
    void build(int masters, int replicas) {
        List<SimNode> all = new ArrayList<>();
        for (int i = 0; i < masters * (1 + replicas); i++) {
            all.add(add());
        }
        invariants.expect(masters);
        shareSlots(all.subList(0, masters));
        for (SimNode node : all.subList(1, all.size())) {
            all.getFirst().must(o -> o.meet(node.ip, 6379, 16379));
        }
        await("everybody knows everybody", 60_000, () -> knowEachOther(all));
        for (int i = masters; i < all.size(); i++) {
            String master = all.get(i % masters).id();
            all.get(i).must(o -> o.replicate(master));
        }
        await("they agree", 60_000, this::agreed);
    }

    void shareSlots(List<SimNode> masters) {
        int count = masters.size();
        for (int i = 0; i < count; i++) {
            int last = SlotSet.SLOTS * (i + 1) / count - 1;
            long epoch = i + 1;
            List<Integer> slots = new ArrayList<>();
            for (int slot = SlotSet.SLOTS * i / count; slot <= last; slot++) {
                slots.add(slot);
            }
            masters.get(i).must(o -> o.addSlots(slots));
            masters.get(i).must(o -> o.setConfigEpoch(epoch));
        }
    }

    static boolean knowEachOther(List<SimNode> all) {
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

    boolean canHear(SimNode node, SimNode other) {
        return other.isAwake() && reaches(other, node);
    }

    void connect(SimNode from, ClusterEffect.Connect c) {
        SimNode to = byIp(c.ip());
        queue.after(
                delay(),
                () -> {
                    if (!from.up || to == null || !reaches(from, to) || !reaches(to, from)) {
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

    void mend(SimNode from, SimNode to) {
        cuts.remove(from.ip + ">" + to.ip);
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
        impostors.clear();
    }

    // --- time ------------------------------------------------------------------------------------

    void run(long ms) {
        for (long left = ms; left > 0; left -= STEP_MS) {
            queue.runFor(Math.min(STEP_MS, left));
            replicate();
            invariants.look();
        }
    }

    /** Data goes from leaders to those who follow them, if they reach each other. */
    private void replicate() {
        for (SimNode node : nodes.values()) {
            SimNode leader = node.followedIp == null ? null : nodes.get(node.followedIp);
            if (node.up && leader != null && leader.up && reaches(leader, node)) {
                lastContact.put(node.ip, queue.nowMs());
                node.offset = leader.offset;
                if (holdsData) {
                    node.data.copy(leader.data);
                }
            }
        }
    }

    void await(String what, long withinMs, BooleanSupplier condition) {
        long end = queue.nowMs() + withinMs;
        while (!condition.getAsBoolean()) {
            if (queue.nowMs() > end) {
                note(state());
                throw new Invariants.Violation(what + ": not within " + withinMs + " ms");
            }
            run(50);
        }
    }

    // --- what they come to -----------------------------------------------------------------------

    /** All that run see the same owners, serve, and nobody suspects or misses who runs. */
    boolean agreed() {
        Map<String, String> first = null;
        for (SimNode node : running()) {
            if (!node.view().isOk()) {
                return false;
            }
            Map<String, String> seen = new TreeMap<>();
            for (ClusterNode known : node.view().nodes()) {
                SimNode there = byId(known.id());
                if (known.isInHandshake()
                        || isLost(known, there)
                        || known.isReplica() && known.masterId() == null) {
                    return false;
                }
                seen.put(known.id(), shape(known));
            }
            if (first != null && !first.equals(seen)) {
                return false;
            }
            first = seen;
        }
        return first != null && isCovered() && epochsDiffer();
    }

    /** Whether a node that runs is thought to fail, or to be nowhere. */
    private static boolean isLost(ClusterNode known, SimNode there) {
        return there != null && there.up && (known.isSuspect() || known.endpoint().ip().isEmpty());
    }

    /** With an old file a node may keep its old epoch, in its own eyes alone, for good. */
    private String shape(ClusterNode node) {
        long epoch = node.slots().isEmpty() || invariants.oldFiles ? 0 : node.configEpoch();
        return node.slots() + " " + node.masterId() + " " + epoch;
    }

    /** Every slot has one owner that runs, in its own eyes. */
    private boolean isCovered() {
        SlotSet served = SlotSet.EMPTY;
        int claimed = 0;
        for (SimNode node : running()) {
            served = served.plus(node.self().slots());
            claimed += node.self().slots().size();
        }
        return served.size() == SlotSet.SLOTS && claimed == SlotSet.SLOTS;
    }

    private boolean epochsDiffer() {
        Set<Long> epochs = new HashSet<>();
        for (SimNode node : running()) {
            if (node.self().votes() && !epochs.add(node.self().configEpoch())) {
                return false;
            }
        }
        return true;
    }

    String state() {
        StringBuilder text = new StringBuilder();
        for (SimNode node : nodes.values()) {
            text.append(node.ip).append(node.up ? " up " : " down ");
            text.append(node.view().isOk() ? "ok\n" : "fail\n");
            text.append(node.machine.report().nodes(false));
        }
        return text.toString();
    }
}
