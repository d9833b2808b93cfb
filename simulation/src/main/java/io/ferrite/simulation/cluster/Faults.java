package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterOrders;
import io.ferrite.coordination.cluster.SlotSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What goes wrong, and when: drawn from the seed, so that different seeds fail differently. */
final class Faults {

    private final SimCluster sim;
    private final int pauseMs;

    /** What this seed does besides. */
    private final boolean movesSlots;

    private final boolean oldFiles;
    private final List<SimNode> strangers;

    private boolean running = true;

    /** Who is given old files, once one was. */
    private @Nullable SimNode hasOldFiles;

    Faults(SimCluster sim) {
        this.sim = sim;
        pauseMs = sim.between(500, 6000);
        if (sim.chance(0.4)) {
            sim.delayMs = sim.between(20, 300);
        }
        if (sim.chance(0.4)) {
            sim.lossPercent = sim.between(1, 30);
        }
        if (sim.chance(0.3)) {
            sim.replayPermille = sim.between(1, 5);
        }
        movesSlots = sim.chance(0.25);
        oldFiles = sim.chance(0.15);
        strangers = sim.chance(0.25) ? sim.addForeign(2) : List.of();
        sim.invariants.unvotedEpochs = movesSlots;
        sim.invariants.oldFiles = oldFiles;
    }

    void start() {
        next();
    }

    private void next() {
        sim.queue.after(
                sim.between(200, 2 * pauseMs),
                () -> {
                    if (running) {
                        one();
                        next();
                    }
                });
    }

    /** Everything works again, for good. */
    void heal() {
        running = false;
        sim.heal();
        sim.lossPercent = 0;
        sim.delayMs = 3;
        sim.replayPermille = 0;
        for (SimNode node : sim.nodes.values()) {
            node.failsAfterVote = false;
            node.restart();
        }
    }

    private SimNode pick() {
        List<SimNode> own = sim.own();
        return own.get(sim.random.nextInt(own.size()));
    }

    private SimNode master() {
        List<SimNode> masters = new ArrayList<>();
        for (SimNode node : sim.running()) {
            if (node.self().votes()) {
                masters.add(node);
            }
        }
        return masters.isEmpty() ? pick() : masters.get(sim.random.nextInt(masters.size()));
    }

    private void one() {
        switch (sim.random.nextInt(26)) {
            case 0, 1, 2, 3 -> crash(master());
            case 4, 5 -> crash(pick());
            case 6 -> crashSome();
            case 7, 8 -> freeze(master(), 8000);
            case 9 -> freeze(pick(), 8000);
            case 10, 11, 12 -> split();
            case 13, 14 -> isolate(master(), sim.chance(0.5));
            case 15 -> isolate(pick(), sim.chance(0.5));
            case 16 -> flap();
            case 17, 18, 19 -> pick().failsAfterVote = true;
            case 20 -> pick().skew(sim.between(-3_600_000, 3_600_000));
            case 21, 22 -> failover();
            case 23 -> old();
            case 24 -> moveSlots();
            default -> stranger();
        }
    }

    /** Nodes that die or freeze, and a network that is cut. */
    void oneOfNodesAndNetwork() {
        switch (sim.random.nextInt(8)) {
            case 0, 1 -> crash(master());
            case 2 -> crash(pick());
            case 3 -> freeze(master(), 8000);
            case 4, 5 -> split();
            case 6 -> isolate(master(), sim.chance(0.5));
            default -> flap();
        }
    }

    // --- nodes -----------------------------------------------------------------------------------

    private void crash(SimNode node) {
        node.crash(sim.chance(0.5));
        int wait = sim.chance(0.4) ? sim.between(50, 1500) : sim.between(1500, 30_000);
        sim.queue.after(wait, node::restart);
    }

    /** Several at once: a zone. */
    private void crashSome() {
        double share = sim.chance(0.2) ? 1 : 0.33;
        sim.own().stream().filter(n -> sim.chance(share)).forEach(this::crash);
    }

    private void freeze(SimNode node, int longestMs) {
        sim.note(node.ip + " FREEZES");
        node.frozenUntilMs = sim.queue.nowMs() + sim.between(100, longestMs);
    }

    private void failover() {
        SimNode node = pick();
        boolean takeover = movesSlots && sim.chance(0.2);
        ClusterOrders.Failover how =
                takeover
                        ? ClusterOrders.Failover.TAKEOVER
                        : sim.chance(0.5)
                                ? ClusterOrders.Failover.WITH_MASTER
                                : ClusterOrders.Failover.FORCE;
        if (node.isAwake() && node.self().isReplica()) {
            sim.note(node.ip + " FAILOVER " + how);
            node.order(o -> o.failover(how));
        }
    }

    /**
     * A node is started with a file of former times, the same one each time; but a master not with
     * one of a time when it was a replica: the two would follow each other, and nobody knows of the
     * slots any more. That comes of old files for two nodes of a shard as well.
     */
    private void old() {
        SimNode node = pick();
        if (!oldFiles || !node.up || hasOldFiles != null && hasOldFiles != node) {
            return;
        }
        hasOldFiles = node;
        String kept = node.file;
        boolean wasMaster = node.self().isMaster();
        sim.queue.after(
                sim.between(1000, 60_000),
                () -> {
                    if (running && (wasMaster || node.self().isReplica())) {
                        node.crash(false);
                        node.file = kept;
                        node.durable = kept;
                        sim.note(node.ip + " OLD FILE");
                        node.restart();
                    }
                });
    }

    // --- the network -----------------------------------------------------------------------------

    private void split() {
        List<SimNode> all = new ArrayList<>(sim.own());
        Collections.shuffle(all, sim.random);
        int at = sim.between(1, all.size() - 1);
        cut(all.subList(0, at), all.subList(at, all.size()), sim.between(500, 20_000), true);
    }

    private void isolate(SimNode node, boolean oneWay) {
        List<SimNode> others = new ArrayList<>(sim.own());
        others.remove(node);
        boolean out = !oneWay || sim.chance(0.5);
        List<SimNode> from = out ? List.of(node) : others;
        List<SimNode> to = out ? others : List.of(node);
        cut(from, to, sim.between(500, 20_000), !oneWay);
    }

    private void flap() {
        SimNode a = pick();
        SimNode b = pick();
        int times = sim.between(4, 20);
        for (int i = 0; i < times; i++) {
            sim.queue.after(i * 1200L, () -> cut(List.of(a), List.of(b), 600, true));
        }
    }

    private void cut(List<SimNode> some, List<SimNode> others, long ms, boolean bothWays) {
        if (!running) {
            return;
        }
        sim.note("CUT " + ips(some) + (bothWays ? " | " : " > ") + ips(others));
        List<SimNode> a = List.copyOf(some);
        List<SimNode> b = List.copyOf(others);
        for (SimNode one : a) {
            for (SimNode other : b) {
                cut(one, other, ms);
                if (bothWays) {
                    cut(other, one, ms);
                }
            }
        }
    }

    private void cut(SimNode from, SimNode to, long ms) {
        if (from != to) {
            sim.cut(from, to);
            sim.queue.after(ms, () -> sim.mend(from, to));
        }
    }

    private static List<String> ips(List<SimNode> nodes) {
        return nodes.stream().map(n -> n.ip).toList();
    }

    /** Somebody of another cluster has the address of a node that is down. */
    private void stranger() {
        SimNode node = pick();
        if (strangers.isEmpty()) {
            return;
        }
        node.crash(false);
        sim.answersAt(node.ip, strangers.get(sim.random.nextInt(strangers.size())));
        sim.queue.after(
                sim.between(500, 30_000),
                () -> {
                    sim.givesBack(node.ip);
                    node.restart();
                });
    }

    // --- slots -----------------------------------------------------------------------------------

    /** As redis-cli does it, one slot after the other, whatever becomes of it. */
    private void moveSlots() {
        SimNode from = master();
        SimNode to = master();
        if (!movesSlots || from == to || !from.isAwake() || !to.isAwake()) {
            return;
        }
        ClusterNode source = from.self();
        int first = source.slots().next(sim.random.nextInt(SlotSet.SLOTS));
        int step = sim.between(20, 300);
        for (int i = 0; first >= 0 && i < sim.between(1, 5); i++) {
            int slot = first + i;
            sim.queue.after((long) i * step * 4, () -> move(from, to, slot, step));
        }
    }

    private void move(SimNode from, SimNode to, int slot, int step) {
        if (slot >= SlotSet.SLOTS || !from.self().slots().contains(slot)) {
            return;
        }
        sim.note("MOVE " + slot + " " + from.ip + " > " + to.ip);
        String source = from.id();
        String target = to.id();
        ask(to, o -> o.importing(slot, source));
        ask(from, o -> o.migrating(slot, target));
        sim.queue.after(
                step,
                () -> {
                    // The tool stops where the target does not say that it has the slot.
                    if (ask(to, o -> o.setOwner(slot, target))) {
                        sim.queue.after(step, () -> ask(from, o -> o.setOwner(slot, target)));
                    }
                });
    }

    /** Whether it was done. */
    static boolean ask(SimNode node, Function<ClusterOrders, String> order) {
        return node.isAwake() && node.order(order) == null;
    }
}
