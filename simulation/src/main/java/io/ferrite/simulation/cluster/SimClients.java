package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.SlotSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Clients that write numbers, each higher than all before, follow redirections and remember what
 * was acknowledged.
 */
final class SimClients {

    private static final int KEYS = 24;
    private static final int HOPS = 6;

    private final SimCluster sim;

    /** Whether nothing acknowledged may be lost, as only what was planned happens. */
    private final boolean planned;

    final List<Integer> slots = new ArrayList<>();
    final List<SimMove> moves = new ArrayList<>();
    private final Map<Integer, Long> acknowledged = new TreeMap<>();
    private long number;
    private long writes;
    private boolean running = true;

    SimClients(SimCluster sim, boolean planned) {
        this.sim = sim;
        this.planned = planned;
        for (int i = 0; i < KEYS; i++) {
            slots.add(SlotSet.SLOTS * i / KEYS + sim.random.nextInt(SlotSet.SLOTS / KEYS));
        }
    }

    long writes() {
        return writes;
    }

    void start() {
        for (int slot : slots) {
            sim.await("there is a key", 10_000, () -> write(slot));
        }
        next();
    }

    void stop() {
        running = false;
    }

    private void next() {
        sim.queue.after(
                sim.between(0, 6),
                () -> {
                    if (running) {
                        write(slots.get(sim.random.nextInt(slots.size())));
                        next();
                    }
                });
    }

    /** Whether somebody acknowledged it. */
    private boolean write(int slot) {
        List<SimNode> all = sim.own();
        SimNode at = all.get(sim.random.nextInt(all.size()));
        boolean asking = false;
        for (int hop = 0; hop < HOPS && at != null && at.isAwake(); hop++) {
            ClusterView view = at.view();
            if (!view.isOk()) {
                return false;
            }
            ClusterNode there = view.owner(slot);
            String owner = there == null ? null : there.id();
            boolean own = at.id().equals(owner) && at.self().isMaster();
            if (own && view.migrating().containsKey(slot) && !at.data.has(slot)) {
                asking = true;
                at = sim.byId(view.migrating().get(slot));
            } else if (own || asking && view.importing().containsKey(slot)) {
                return acknowledge(at, slot);
            } else {
                asking = false;
                at = owner == null ? null : sim.byId(owner);
            }
        }
        return false;
    }

    private boolean acknowledge(SimNode at, int slot) {
        if (at.data.frozen.contains(slot) || at.pausesWrites) {
            return false;
        }
        Long last = acknowledged.get(slot);
        Long found = at.data.values.get(slot);
        if (planned && last != null && !last.equals(found)) {
            sim.invariants.fail(
                    at.ip + " holds " + found + " in slot " + slot + ", acknowledged was " + last);
        }
        number++;
        writes++;
        at.data.values.put(slot, number);
        at.offset++;
        acknowledged.put(slot, number);
        moves.forEach(move -> move.written(at, slot, number));
        return true;
    }

    /** Every key is at the master of its slot and its replicas, and nowhere else. */
    boolean isInPlace() {
        for (SimNode node : sim.running()) {
            SimNode master = node.self().isMaster() ? node : sim.byId(node.self().masterId());
            for (int slot : slots) {
                boolean owns = master.self().slots().contains(slot);
                if (node.data.has(slot) && !owns) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What was acknowledged last is there; where more than what was planned happened, the key. */
    void check(boolean mayBeLost) {
        for (SimNode node : sim.running()) {
            for (int slot : slots) {
                if (node.self().isMaster() && node.self().slots().contains(slot)) {
                    Long found = node.data.values.get(slot);
                    Long last = acknowledged.get(slot);
                    if (planned && !last.equals(found) || found == null && !mayBeLost) {
                        sim.invariants.fail(
                                node.ip
                                        + " ends with "
                                        + found
                                        + " in slot "
                                        + slot
                                        + ", acknowledged was "
                                        + last);
                    }
                }
            }
        }
    }

    String where() {
        StringBuilder text = new StringBuilder();
        for (SimNode node : sim.own()) {
            text.append(node.ip).append(' ').append(node.data.values).append('\n');
        }
        return text.toString();
    }
}
