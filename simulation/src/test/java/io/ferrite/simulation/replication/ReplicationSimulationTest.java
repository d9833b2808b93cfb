package io.ferrite.simulation.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A few seeds; many more are run by hand, see HACKING.md. {@code -Dferrite.sim.seeds} and {@code
 * -Dferrite.sim.from} say which.
 */
final class ReplicationSimulationTest {

    private static final long SEEDS = Long.getLong("ferrite.sim.seeds", 40);
    private static final long FROM = Long.getLong("ferrite.sim.from", 1);
    private static final long SEEDS_TO_FIND_A_MISTAKE = 100;

    @Test
    void whatMustHold_holds_whateverGoesWrong() throws IOException {
        int copies = 0;
        int continued = 0;
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            ReplicationSimulation.Result result = ReplicationSimulation.run(seed, Mutation.NONE);
            if (!result.holds()) {
                fail(SimulateReplication.RUNS.report(result));
            }
            copies += result.copies();
            continued += result.continued();
        }
        assertThat(copies).as("full copies, without which nothing was tested").isPositive();
        assertThat(continued).as("partial resyncs").isPositive();
    }

    @Test
    void aSeed_givesTheSameRunEveryTime() {
        ReplicationSimulation.Result first = ReplicationSimulation.run(FROM, Mutation.NONE);
        ReplicationSimulation.Result second = ReplicationSimulation.run(FROM, Mutation.NONE);
        assertThat(second.trace()).isEqualTo(first.trace());
        assertThat(second.events()).isEqualTo(first.events());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakePutIn_isFound(Mutation mistake) {
        for (long seed = 1; seed <= SEEDS_TO_FIND_A_MISTAKE; seed++) {
            if (!ReplicationSimulation.run(seed, mistake).holds()) {
                return;
            }
        }
        fail(mistake + " was not found in " + SEEDS_TO_FIND_A_MISTAKE + " seeds");
    }
}
