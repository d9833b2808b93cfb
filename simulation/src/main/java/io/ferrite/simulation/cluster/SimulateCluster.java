package io.ferrite.simulation.cluster;

import io.ferrite.simulation.SeedRuns;
import java.io.IOException;
import java.util.List;

/**
 * Runs seeds by hand: {@code ./ferrite-dev sim cluster [--seed N | --seeds N [--from N]]
 * [--mutation NAME]}, or a large cluster: {@code --nodes N}.
 */
public final class SimulateCluster {

    public static final SeedRuns<Mutation, ClusterSimulation.Result> RUNS =
            new SeedRuns<>(
                    "cluster",
                    List.of("failovers"),
                    Mutation.class,
                    Mutation.NONE,
                    ClusterSimulation::run);

    private SimulateCluster() {}

    public static void main(String[] words) throws IOException {
        if (words.length == 2 && words[0].equals("--nodes")) {
            new LargeCluster(System.out, Integer.parseInt(words[1])).run();
            return;
        }
        System.exit(RUNS.main(System.out, words) ? 0 : 1);
    }
}
