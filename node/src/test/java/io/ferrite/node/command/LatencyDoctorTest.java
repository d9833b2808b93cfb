package io.ferrite.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.LatencyMonitor.Series;
import io.ferrite.node.LatencyMonitor.Spike;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What LATENCY DOCTOR says of events. */
final class LatencyDoctorTest {

    @Test
    void numbersOfEachEvent_andWhatCanBeDone() {
        Series command = new Series(List.of(new Spike(100, 40), new Spike(110, 60)), 90);
        String text = LatencyDoctor.of(Map.of("command", command), 30, 10_000_000, 120);
        assertThat(text)
                .contains(
                        "1. command: 2 spikes (average 50 ms, mean deviation 10 ms, one in 10.00"
                                + " s). The worst ever took 90 ms.\n")
                .contains("- The slow log does not take all")
                .contains("slowlog-log-slower-than 30000\n")
                .doesNotContain("append-only");
        assertThat(LatencyDoctor.of(Map.of("command", command), 30, 0, 120))
                .contains("- SLOWLOG GET shows");
        assertThat(LatencyDoctor.of(Map.of("aof-write", command), 30, 0, 120))
                .contains("- The disk of the append-only file");
        assertThat(LatencyDoctor.of(Map.of("other", command), 30, 0, 120))
                .contains("- LATENCY HISTORY");
    }

    @Test
    void nothingToTell_isSaid() {
        assertThat(LatencyDoctor.of(Map.of(), 0, 0, 0)).contains("monitor is off");
        assertThat(LatencyDoctor.of(Map.of(), 5, 0, 0)).contains("threshold of 5 ms");
    }
}
