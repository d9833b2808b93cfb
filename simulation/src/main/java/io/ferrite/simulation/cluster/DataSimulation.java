package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.ClusterOrders;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.simulation.SeedRuns;
import java.util.List;

/**
 * One run with clients that write while slots move, as a whole and key by key, and masters hand
 * over to replicas. In half of the runs nothing else goes wrong than that messages are slow: then
 * nothing acknowledged may be lost. In the others nodes die, freeze and are cut off, and slots move
 * as a whole only: then no key may be in two places in the end, nor in none where nobody was
 * elected. (A slot that moves key by key is open until the tool has ended it; a node that takes
 * over meanwhile knows nothing of that, as with Redis.)
 */
public final class DataSimulation {

    private static final long HEAL_MS = 120_000;

    /**
     * What came of a run.
     *
     * @param violation what must not be and was; empty if all held
     */
    public record Result(long seed, String violation, long events, long[] counts, String trace)
            implements SeedRuns.Result {}

    private final SimCluster sim;
    private final DataMutation mutation;
    private final boolean planned;
    private final SimClients clients;
    private boolean running = true;
    private int moved;
    private int lastMove;

    private DataSimulation(long seed, DataMutation mutation) {
        this.mutation = mutation;
        sim = new SimCluster(seed, Mutation.NONE);
        sim.holdsData = true;
        sim.dataMutation = mutation;
        sim.invariants.unvotedEpochs = true; // who takes slots takes an epoch without a vote
        planned = seed % 2 == 0;
        clients = new SimClients(sim, planned);
    }

    /** Runs a seed. The same seed gives the same run, event by event. */
    public static Result run(long seed, DataMutation mutation) {
        DataSimulation simulation = new DataSimulation(seed, mutation);
        String violation = "";
        try {
            simulation.run();
        } catch (Invariants.Violation | IllegalStateException e) {
            violation = e.getMessage();
        }
        SimCluster sim = simulation.sim;
        long succeeded = simulation.clients.moves.stream().filter(SimMove::succeeded).count();
        long[] counts = {simulation.clients.writes(), succeeded, simulation.moved, sim.won.size()};
        return new Result(seed, violation, sim.events, counts, sim.trace());
    }

    private void run() {
        sim.build(sim.between(3, 5), sim.between(1, 2));
        clients.start();
        if (sim.chance(0.5)) {
            sim.delayMs = sim.between(5, 50);
        }
        Faults faults = planned ? null : new Faults(sim);
        next(faults);
        sim.run(sim.between(40_000, 90_000));
        running = false;
        if (faults != null) {
            faults.heal();
        }
        sim.delayMs = 3;
        sim.await("all agree", HEAL_MS, sim::agreed);
        sim.await("moves end", HEAL_MS, () -> clients.moves.stream().allMatch(SimMove::isOver));
        sim.run(10_000);
        clients.stop();
        sim.await("all agree again", HEAL_MS, sim::agreed);
        try {
            sim.await("every key is in one place", 20_000, clients::isInPlace);
            clients.check(!sim.won.isEmpty());
        } catch (Invariants.Violation e) {
            sim.note(clients.where());
            throw e;
        }
    }

    private void next(Faults faults) {
        sim.queue.after(
                sim.between(300, 3000),
                () -> {
                    if (running) {
                        one(faults);
                        next(faults);
                    }
                });
    }

    private void one(Faults faults) {
        switch (sim.random.nextInt(faults == null ? 7 : 12)) {
            case 0 -> failover();
            case 1, 2 -> moveAsAWhole();
            case 3, 4 -> {
                if (planned) {
                    moveKeyByKey();
                }
            }
            case 5, 6 -> moveAsAWhole();
            default -> faults.oneOfNodesAndNetwork();
        }
    }

    private SimNode pick(boolean master) {
        List<SimNode> all =
                sim.running().stream()
                        .filter(n -> n.isAwake() && n.self().isMaster() == master)
                        .toList();
        return all.isEmpty() ? null : all.get(sim.random.nextInt(all.size()));
    }

    private void failover() {
        SimNode node = pick(false);
        if (node != null && !isOpen(node) && !isOpen(sim.byId(node.self().masterId()))) {
            sim.note(node.ip + " FAILOVER");
            node.order(o -> o.failover(ClusterOrders.Failover.WITH_MASTER));
        }
    }

    private static boolean isOpen(SimNode node) {
        return !node.view().migrating().isEmpty() || !node.view().importing().isEmpty();
    }

    private void moveAsAWhole() {
        SimNode from = pick(true);
        SimNode to = pick(true);
        if (from == null || from == to) {
            return;
        }
        int middle = clients.slots.get(sim.random.nextInt(clients.slots.size()));
        int first = Math.max(0, middle - sim.between(0, 1500));
        int last = Math.min(SlotSet.SLOTS - 1, middle + sim.between(0, 1500));
        SlotSet slots = SlotSet.EMPTY.withRange(first, last).and(from.self().slots());
        for (SimMove other : clients.moves) {
            slots = other.isOver() ? slots : slots.minus(other.slots());
        }
        for (int open : from.view().migrating().keySet()) {
            slots = slots.without(open);
        }
        if (!slots.isEmpty()) {
            SimMove move = new SimMove(sim, mutation, from, to, "move-" + ++lastMove, slots);
            clients.moves.add(move);
            move.begin();
            if (sim.chance(0.3)) {
                sim.queue.after(sim.between(1, 800), move::cancel);
            }
        }
    }

    // --- as redis-cli moves a slot ---------------------------------------------------------------

    private void moveKeyByKey() {
        int slot = clients.slots.get(sim.random.nextInt(clients.slots.size()));
        SimNode to = pick(true);
        SimNode from = null;
        for (SimNode node : sim.running()) {
            from = node.self().isMaster() && node.self().slots().contains(slot) ? node : from;
        }
        // Two tools that move one slot at a time get in each other's way, as with Redis.
        boolean isMoving =
                clients.moves.stream().anyMatch(m -> !m.isOver() && m.slots().contains(slot))
                        || sim.running().stream()
                                .anyMatch(n ->
                                        n.view().migrating().containsKey(slot)
                                                || n.view().importing().containsKey(slot));
        if (from == null || to == null || from == to || isMoving) {
            return;
        }
        sim.note("MOVE " + slot + " " + from.ip + " > " + to.ip);
        SimNode source = from;
        int step = sim.between(10, 300);
        if (Faults.ask(to, o -> o.importing(slot, source.id()))
                && Faults.ask(source, o -> o.migrating(slot, to.id()))) {
            sim.queue.after(step, () -> moveKey(source, to, slot, step));
        }
    }

    /** MIGRATE, which the target has before the source lets it go. */
    private void moveKey(SimNode from, SimNode to, int slot, int step) {
        if (!from.isAwake() || !to.isAwake() || !sim.reaches(from, to) || !sim.reaches(to, from)) {
            return;
        }
        boolean open =
                to.id().equals(from.view().migrating().get(slot))
                        && to.view().importing().containsKey(slot)
                        && from.self().isMaster()
                        && to.self().isMaster();
        if (!open || from.pausesWrites || to.pausesWrites) {
            return;
        }
        Long value = from.data.values.remove(slot);
        if (value != null) {
            to.data.values.put(slot, value);
            to.offset++;
            from.offset++;
        }
        sim.queue.after(
                step,
                () -> {
                    if (Faults.ask(to, o -> o.setOwner(slot, to.id()))) {
                        moved++;
                        sim.queue.after(
                                step, () -> Faults.ask(from, o -> o.setOwner(slot, to.id())));
                    }
                });
    }
}
