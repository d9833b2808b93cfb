package io.ferrite.simulation.sentinel;

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
final class SentinelSimulationTest {

    private static final long SEEDS = Long.getLong("ferrite.sim.seeds", 24);
    private static final long FROM = Long.getLong("ferrite.sim.from", 1);
    private static final long BUSY_SEEDS = 1;
    private static final long SEEDS_TO_FIND_A_MISTAKE = 60;

    @Test
    void whatMustHold_holds_whateverGoesWrong() throws IOException {
        int failovers = 0;
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            SentinelSimulation.Result result = SentinelSimulation.run(seed, Mutation.NONE);
            if (!result.holds()) {
                fail(SimulateSentinel.RUNS.report(result));
            }
            failovers += result.failovers();
        }
        assertThat(failovers).as("failovers, without which nothing was tested").isPositive();
    }

    @Test
    void anHourOfScriptsAndStalls_shorterThanTheTimeSet_isNoReasonForAFailover()
            throws IOException {
        for (long seed = FROM; seed < FROM + BUSY_SEEDS; seed++) {
            SentinelSimulation.Result result = SentinelSimulation.busyHour(seed);
            if (!result.holds()) {
                fail(SimulateSentinel.RUNS.report(result));
            }
            assertThat(result.trace()).contains(" stands still for ", " runs a script for ");
        }
    }

    @Test
    void aSeed_givesTheSameRunEveryTime() {
        SentinelSimulation.Result first = SentinelSimulation.run(FROM, Mutation.NONE);
        SentinelSimulation.Result second = SentinelSimulation.run(FROM, Mutation.NONE);
        assertThat(second.trace()).isEqualTo(first.trace());
        assertThat(second.events()).isEqualTo(first.events());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakePutIntoTheMachine_isFound(Mutation mistake) {
        for (long seed = 1; seed <= SEEDS_TO_FIND_A_MISTAKE; seed++) {
            if (!SentinelSimulation.run(seed, mistake).holds()) {
                return;
            }
        }
        fail(mistake + " was not found in " + SEEDS_TO_FIND_A_MISTAKE + " seeds");
    }
}
