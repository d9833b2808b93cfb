package io.ferrite.simulation.replication;

import io.ferrite.simulation.SeedRuns;
import java.io.IOException;
import java.util.List;

/**
 * Runs seeds by hand: {@code ./ferrite-dev sim replication [--seed N | --seeds N [--from N]]
 * [--mutation NAME]}.
 */
public final class SimulateReplication {

    public static final SeedRuns<Mutation, ReplicationSimulation.Result> RUNS =
            new SeedRuns<>(
                    "replication",
                    List.of("full copies", "continued"),
                    Mutation.class,
                    Mutation.NONE,
                    ReplicationSimulation::run);

    private SimulateReplication() {}

    public static void main(String[] words) throws IOException {
        System.exit(RUNS.main(System.out, words) ? 0 : 1);
    }
}
