package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Slots move between processes that are killed in the middle, while a client counts in them: no
 * acknowledged write is lost and none is done twice, and the slots have one owner in the end.
 */
final class SlotMoveFaultsTest {

    private static final int LAST = 63;

    /** Keys of slots up to 63, and one of them that takes a while to move. */
    private static final List<String> KEYS =
            List.of("t205", "t419", "t644", "t902", "t1153", "t1512", "t1809", "t2138");

    private static final String HEAVY = "{t2365}";
    private static final int MEMBERS = 60_000;
    private static final int AT_ONCE = 1000;

    @TempDir Path directory;

    private final long seed = Long.getLong("ferrite.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private FerriteCluster cluster;
    private CountingClient client;

    @BeforeEach
    void start() throws IOException {
        // Nobody is taken for dead while it starts again: ImportTakeoverTest looks at that.
        cluster =
                new FerriteCluster(
                        directory,
                        3,
                        1,
                        "--appendonly",
                        "yes",
                        "--cluster-databases",
                        "4",
                        "--cluster-node-timeout",
                        "60000");
        try (RespConnection to = new RespConnection(cluster.node(0).port())) {
            for (int i = 0; i < MEMBERS; i += AT_ONCE) {
                List<String> words = new ArrayList<>(List.of("ZADD", HEAVY));
                for (int j = i; j < i + AT_ONCE; j++) {
                    words.add(Integer.toString(j));
                    words.add("a member that is somewhat longer " + j);
                }
                to.send(List.of(words));
                assertThat(to.read().type()).isEqualTo(':');
            }
        }
        try (RespConnection to = new RespConnection(cluster.node(0).port())) {
            to.call("SELECT", "2");
            assertThat(to.call("SET", KEYS.get(0), "of another database").type()).isEqualTo('+');
        }
        client = new CountingClient(cluster, KEYS);
        FerriteCluster.await("writes", () -> client.writes() > 200);
    }

    @AfterEach
    void stop() throws InterruptedException {
        client.end();
        cluster.close();
    }

    private FerriteCluster.Node owner() throws IOException {
        for (FerriteCluster.Node node : cluster.nodes()) {
            String nodes = node.text("CLUSTER", "NODES");
            for (String line : nodes.split("\n")) {
                if (line.contains("myself,master") && line.matches(".* (\\d+ )*0-.*")) {
                    return node;
                }
            }
        }
        throw new IOException("nobody says that the slots are its own");
    }

    /** Another master: who was killed may be a replica by now, if it was away for long. */
    private FerriteCluster.Node another(FerriteCluster.Node than) throws IOException {
        for (FerriteCluster.Node node : cluster.nodes()) {
            if (node != than && isMaster(node)) {
                return node;
            }
        }
        throw new IOException("there is no other master");
    }

    private static boolean isMaster(FerriteCluster.Node node) throws IOException {
        return node.text("CLUSTER", "NODES").contains("myself,master");
    }

    private void begin(FerriteCluster.Node from, FerriteCluster.Node to) {
        FerriteCluster.await(
                "a move begins",
                () ->
                        from.call(
                                                "CLUSTER",
                                                "MIGRATESLOTS",
                                                "SLOTSRANGE",
                                                "0",
                                                Integer.toString(LAST),
                                                "NODE",
                                                to.id())
                                        .type()
                                == '+');
    }

    private static void awaitEnd(FerriteCluster.Node node) {
        FerriteCluster.await(
                "the moves of a node have ended",
                () -> {
                    String moves = node.call("CLUSTER", "GETSLOTMIGRATIONS").toString();
                    return !moves.contains("connecting")
                            && !moves.contains("establishing")
                            && !moves.contains("snapshotting")
                            && !moves.contains("replicating")
                            && !moves.contains("paused")
                            && !moves.contains("receiving")
                            && !moves.contains("failover-granted");
                });
    }

    /** Until some moment of a move. */
    private void goOnABit() {
        long until = client.writes() + random.nextInt(400);
        FerriteCluster.await("writes", () -> client.writes() >= until);
    }

    /** All that was counted is at the owner, and nobody else has keys there. */
    private void check(String what) throws IOException {
        cluster.awaitServing();
        long before = client.writes();
        FerriteCluster.await("writes go on", () -> client.writes() > before + 100);
        String as = what + ", seed " + seed;
        assertThat(client.failure()).as(as).isEmpty();
        FerriteCluster.Node owner = owner();
        try (RespConnection to = new RespConnection(owner.port())) {
            to.call("SELECT", "2");
            assertThat(to.call("GET", KEYS.get(0)).text()).as(as).isEqualTo("of another database");
        }
        assertThat(owner.text("ZCARD", HEAVY)).as(as).isEqualTo(Integer.toString(MEMBERS));
        for (FerriteCluster.Node other : cluster.nodes()) {
            if (other != owner) {
                FerriteCluster.await(
                        "nothing is left behind at " + other.port() + ": " + as,
                        () ->
                                !isMaster(other)
                                        || other.text("CLUSTER", "COUNTKEYSINSLOT", "49")
                                                .equals("0"));
            }
        }
    }

    @Test
    void killedInTheMiddle_nothingIsLost_nothingIsDoubled() throws Exception {
        FerriteCluster.Node first = cluster.node(0);
        FerriteCluster.Node second = cluster.node(1);

        begin(first, second);
        goOnABit();
        cluster.node(3).kill(); // the replica of the source
        awaitEnd(first);
        cluster.node(3).start();
        check("a replica died");

        FerriteCluster.Node from = owner();
        FerriteCluster.Node to = another(from);
        begin(from, to);
        goOnABit();
        to.kill();
        to.start();
        awaitEnd(from);
        check("the target died");

        from = owner();
        to = another(from);
        begin(from, to);
        goOnABit();
        from.kill();
        from.start();
        awaitEnd(to);
        check("the source died");

        from = owner();
        to = another(from);
        String task = to.text("CLUSTER", "MIGRATION", "IMPORT", "0", Integer.toString(LAST));
        FerriteCluster.Node target = to;
        FerriteCluster.await(
                "an import is completed",
                () ->
                        target.call("CLUSTER", "MIGRATION", "STATUS", "ID", task)
                                .toString()
                                .contains("completed"));
        check("nobody died");
        assertThat(owner()).isSameAs(target);
    }
}
