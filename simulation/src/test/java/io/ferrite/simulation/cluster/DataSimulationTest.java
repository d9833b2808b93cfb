package io.ferrite.simulation.cluster;

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
final class DataSimulationTest {

    private static final long SEEDS = Long.getLong("ferrite.sim.seeds", 8);
    private static final long FROM = Long.getLong("ferrite.sim.from", 1);
    private static final int ENOUGH = 40;

    @Test
    void whatClientsWrote_isInOnePlace_andThere_whateverGoesWrong() throws IOException {
        long[] sums = new long[4];
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            DataSimulation.Result result = DataSimulation.run(seed, DataMutation.NONE);
            if (!result.holds()) {
                fail(SimulateData.RUNS.report(result));
            }
            for (int i = 0; i < sums.length; i++) {
                sums[i] += result.counts()[i];
            }
        }
        assertThat(sums).as("writes, moves of both kinds, failovers").doesNotContain(0);
    }

    @Test
    void aSeed_givesTheSameRunEveryTime() {
        DataSimulation.Result first = DataSimulation.run(FROM, DataMutation.NONE);
        DataSimulation.Result second = DataSimulation.run(FROM, DataMutation.NONE);
        assertThat(second.trace()).isEqualTo(first.trace());
        assertThat(second.events()).isEqualTo(first.events());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistake_isFound(DataMutation mistake) {
        for (long seed = 1; seed <= ENOUGH; seed++) {
            if (!DataSimulation.run(seed, mistake).holds()) {
                return;
            }
        }
        fail(mistake + " is not found in " + ENOUGH + " seeds");
    }
}
