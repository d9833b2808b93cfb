package io.ferrite.simulation.sentinel;

import io.ferrite.simulation.SeedRuns;
import java.io.IOException;
import java.util.List;

/**
 * Runs seeds by hand: {@code ./ferrite-dev sim sentinel [--seed N | --seeds N [--from N]]
 * [--mutation NAME]}.
 */
public final class SimulateSentinel {

    public static final SeedRuns<Mutation, SentinelSimulation.Result> RUNS =
            new SeedRuns<>(
                    "sentinel",
                    List.of("failovers"),
                    Mutation.class,
                    Mutation.NONE,
                    SentinelSimulation::run);

    private SimulateSentinel() {}

    public static void main(String[] words) throws IOException {
        System.exit(RUNS.main(System.out, words) ? 0 : 1);
    }
}
