package io.ferrite.simulation.cluster;

import io.ferrite.simulation.SeedRuns;
import java.util.List;

/**
 * One run: a cluster is made and finds itself, then things go wrong for some minutes, then all is
 * healed and must come to rest.
 */
public final class ClusterSimulation {

    private static final long HEAL_MS = 120_000;
    private static final long FORGOTTEN_MS = 20_000;

    /**
     * What came of a run.
     *
     * @param violation what must not be and was; empty if all held
     */
    public record Result(long seed, String violation, long events, int failovers, String trace)
            implements SeedRuns.Result {

        @Override
        public long[] counts() {
            return new long[] {failovers};
        }
    }

    private final SimCluster sim;

    private ClusterSimulation(long seed, Mutation mutation) {
        sim = new SimCluster(seed, mutation);
    }

    /** Runs a seed. The same seed gives the same run, event by event. */
    public static Result run(long seed, Mutation mutation) {
        ClusterSimulation simulation = new ClusterSimulation(seed, mutation);
        String violation = "";
        try {
            simulation.run();
        } catch (Invariants.Violation | IllegalStateException e) {
            violation = e.getMessage();
        }
        SimCluster sim = simulation.sim;
        return new Result(seed, violation, sim.events, sim.won.size(), sim.trace());
    }

    private void run() {
        sim.build(sim.chance(0.7) ? sim.between(3, 5) : sim.between(6, 9), sim.between(1, 2));
        SimNode gone = sim.chance(0.3) ? forget() : null;
        Faults faults = new Faults(sim);
        faults.start();
        if (gone != null) {
            sim.queue.after(sim.between(0, 100_000), gone::restart);
        }
        sim.run(sim.between(60_000, 150_000));
        faults.heal();
        sim.await("all agree", HEAL_MS, sim::agreed);
        // Replicas may move to masters that lost theirs; that comes to rest as well.
        sim.run(10_000);
        sim.await("all agree again", HEAL_MS, sim::agreed);
    }

    /** A replica goes for good: one node is told, and tells the others. It keeps its own file. */
    private SimNode forget() {
        List<SimNode> all = sim.own();
        SimNode gone = all.getLast();
        gone.crash(false);
        gone.left = true;
        all.getFirst().must(o -> o.forget(gone.id()));
        sim.await(
                "nobody knows it",
                FORGOTTEN_MS,
                () -> sim.running().stream().allMatch(n -> n.view().node(gone.id()) == null));
        sim.invariants.forgotten(gone.id());
        return gone;
    }
}
