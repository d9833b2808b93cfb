package io.ferrite.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.LatencyMonitor.Series;
import io.ferrite.node.LatencyMonitor.Spike;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The graph that a redis-server draws of the same spikes. */
final class LatencyGraphTest {

    private static final String RULE = "-".repeat(80);

    @Test
    void columns_riseInThreeStepsToARow() {
        List<Spike> spikes =
                List.of(
                        new Spike(14, 11),
                        new Spike(16, 21),
                        new Spike(17, 30),
                        new Spike(18, 40),
                        new Spike(19, 50),
                        new Spike(20, 60),
                        new Spike(21, 70),
                        new Spike(22, 80),
                        new Spike(23, 94),
                        new Spike(25, 100),
                        new Spike(26, 110),
                        new Spike(27, 120),
                        new Spike(28, 131));
        assertThat(LatencyGraph.of("command", new Series(spikes, 131), 30).split("\n", -1))
                .containsExactly(
                        "command - high 131 ms, low 11 ms (all time high 131 ms)",
                        RULE,
                        "          _o#",
                        "       _##|||",
                        "    _o#||||||",
                        "_oo#|||||||||",
                        "             ",
                        "1111119875432",
                        "643210sssssss",
                        "ssssss       ",
                        "");
    }

    @Test
    void aSingleSpike_isTheLowest() {
        Series one = new Series(List.of(new Spike(100, 50)), 70);
        assertThat(LatencyGraph.of("fork", one, 100).split("\n", -1))
                .containsExactly(
                        "fork - high 50 ms, low 50 ms (all time high 70 ms)",
                        RULE,
                        " ",
                        " ",
                        " ",
                        "_",
                        " ",
                        "0",
                        "s",
                        "");
    }
}
