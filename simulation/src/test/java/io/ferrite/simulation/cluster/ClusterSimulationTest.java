package io.ferrite.simulation.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * A few seeds; many more are run by hand, see HACKING.md. {@code -Dferrite.sim.seeds} and {@code
 * -Dferrite.sim.from} say which.
 */
final class ClusterSimulationTest {

    private static final long SEEDS = Long.getLong("ferrite.sim.seeds", 6);
    private static final long FROM = Long.getLong("ferrite.sim.from", 1);

    @Test
    void whatMustHold_holds_whateverGoesWrong() throws IOException {
        int failovers = 0;
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            ClusterSimulation.Result result = ClusterSimulation.run(seed, Mutation.NONE);
            if (!result.holds()) {
                fail(SimulateCluster.RUNS.report(result));
            }
            failovers += result.failovers();
        }
        assertThat(failovers).as("failovers, without which nothing was tested").isPositive();
    }

    @Test
    void aSeed_givesTheSameRunEveryTime() {
        ClusterSimulation.Result first = ClusterSimulation.run(FROM, Mutation.NONE);
        ClusterSimulation.Result second = ClusterSimulation.run(FROM, Mutation.NONE);
        assertThat(second.trace()).isEqualTo(first.trace());
        assertThat(second.events()).isEqualTo(first.events());
    }
}
