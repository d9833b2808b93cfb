package io.ferrite.simulation.cluster;

import io.ferrite.simulation.SeedRuns;
import java.io.IOException;
import java.util.List;

/** Runs seeds by hand: {@code ./ferrite-dev sim cluster-data}, with the words of the others. */
public final class SimulateData {

    public static final SeedRuns<DataMutation, DataSimulation.Result> RUNS =
            new SeedRuns<>(
                    "cluster-data",
                    List.of("writes", "moves as a whole", "slots key by key", "failovers"),
                    DataMutation.class,
                    DataMutation.NONE,
                    DataSimulation::run);

    private SimulateData() {}

    public static void main(String[] words) throws IOException {
        System.exit(RUNS.main(System.out, words) ? 0 : 1);
    }
}
