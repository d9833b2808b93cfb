package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica takes over from a master that slots were on their way to. */
final class ImportTakeoverTest {

    static final int MEMBERS = 60_000;
    private static final int AT_ONCE = 1000;

    private static final String HEAVY = "foo";
    private static final String SLOT = "12182";

    @TempDir Path directory;

    @Test
    void itKeepsNoneOfTheKeysThatHadCome() throws Exception {
        try (FerriteCluster cluster = new FerriteCluster(directory, 3, 1)) {
            FerriteCluster.Node target = cluster.node(0);
            FerriteCluster.Node source = cluster.node(2);
            FerriteCluster.Node replica = cluster.node(3); // of the target
            fill(source, HEAVY);

            assertThat(
                            source.call(
                                            "CLUSTER",
                                            "MIGRATESLOTS",
                                            "SLOTSRANGE",
                                            SLOT,
                                            SLOT,
                                            "NODE",
                                            target.id())
                                    .type())
                    .isEqualTo('+');
            try (RespConnection to = new RespConnection(replica.port())) {
                FerriteCluster.await("keys come", () -> keys(to) > 0);
            }
            source.freeze(true);
            target.kill();
            source.freeze(false);

            FerriteCluster.await(
                    "the replica takes over",
                    () -> replica.text("CLUSTER", "NODES").contains("myself,master"));
            FerriteCluster.await(
                    "what had come is removed",
                    () -> replica.text("CLUSTER", "COUNTKEYSINSLOT", SLOT).equals("0"));
            FerriteCluster.await(
                    "the source serves",
                    () -> source.text("ZCARD", HEAVY).equals(Integer.toString(MEMBERS)));
        }
    }

    private static int keys(RespConnection to) throws IOException {
        return Integer.parseInt(to.call("CLUSTER", "COUNTKEYSINSLOT", SLOT).text());
    }

    /** Makes a sorted set that takes a while to move. */
    static void fill(FerriteCluster.Node node, String key) throws IOException {
        try (RespConnection to = new RespConnection(node.port())) {
            for (int i = 0; i < MEMBERS; i += AT_ONCE) {
                List<String> words = new ArrayList<>(List.of("ZADD", key));
                for (int j = i; j < i + AT_ONCE; j++) {
                    words.add(Integer.toString(j));
                    words.add("a member that is somewhat longer " + j);
                }
                to.send(List.of(words));
                assertThat(to.read().type()).isEqualTo(':');
            }
        }
    }
}
