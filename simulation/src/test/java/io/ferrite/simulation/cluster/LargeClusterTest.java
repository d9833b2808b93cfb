package io.ferrite.simulation.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How fast news spread among many nodes, and what that costs; a thousand are run by hand. */
final class LargeClusterTest {

    private static final int NODES = 60;

    private final PrintStream nowhere =
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

    @Test
    void newsSpread_andPeaceIsCheap() {
        List<LargeCluster.Figures> figures = new LargeCluster(nowhere, NODES).run();

        assertThat(figures).hasSize(5);
        within(figures.get(0), "all know all", 15);
        within(figures.get(1), "all agree", 5);
        assertThat(figures.get(2).what()).isEqualTo("peace");
        // At least one ping and its answer a second, and everybody within half a timeout of 15 s.
        assertThat(figures.get(2).messages()).isBetween(2.0, 2.0 * NODES / 7.5 + 6);
        within(figures.get(3), "all know of 29 that died", 40);
        within(figures.get(4), "replicas have taken over from 13 masters", 60);
    }

    private static void within(LargeCluster.Figures figures, String what, double seconds) {
        assertThat(figures.what()).startsWith(what);
        assertThat(figures.seconds()).as(what).isLessThan(seconds);
    }
}
