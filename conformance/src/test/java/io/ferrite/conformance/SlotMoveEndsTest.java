package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moves of a slot that come to nothing, or hardly: the slot has one owner, which has all of it. */
final class SlotMoveEndsTest {

    /** In slot 49. */
    private static final String HEAVY = "{t2365}";

    private static final String SLOT = "49";

    @TempDir Path directory;

    private static void begin(FerriteCluster.Node source, FerriteCluster.Node target) {
        String[] order = {"CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", SLOT, SLOT, "NODE", target.id()};
        FerriteCluster.await("a move begins", () -> source.call(order).type() == '+');
    }

    private static void awaitKeys(FerriteCluster.Node node) throws IOException {
        try (RespConnection to = new RespConnection(node.port())) {
            FerriteCluster.await(
                    "keys come",
                    () -> !to.call("CLUSTER", "COUNTKEYSINSLOT", SLOT).text().equals("0"));
        }
    }

    private static void awaitNoKeys(FerriteCluster.Node node) {
        FerriteCluster.await(
                "what had come is removed",
                () -> node.text("CLUSTER", "COUNTKEYSINSLOT", SLOT).equals("0"));
    }

    private static boolean hasAll(FerriteCluster.Node node) throws IOException {
        return node.text("ZCARD", HEAVY).equals(Integer.toString(ImportTakeoverTest.MEMBERS));
    }

    @Test
    void aTargetWithoutMemory_andAFailoverOfTheSource_leaveTheSlotWithOneOwner() throws Exception {
        try (FerriteCluster cluster = new FerriteCluster(directory, 3, 1)) {
            FerriteCluster.Node source = cluster.node(0);
            FerriteCluster.Node target = cluster.node(1);
            FerriteCluster.Node replica = cluster.node(3);
            ImportTakeoverTest.fill(source, HEAVY);

            assertThat(target.text("CONFIG", "SET", "maxmemory", "1")).isEqualTo("OK");
            begin(source, target);
            FerriteCluster.await(
                    "the move fails",
                    () -> source.call("CLUSTER", "GETSLOTMIGRATIONS").toString().contains("OOM"));
            awaitNoKeys(target);
            assertThat(hasAll(source)).isTrue();
            assertThat(target.text("CONFIG", "SET", "maxmemory", "0")).isEqualTo("OK");

            begin(source, target);
            awaitKeys(target);
            assertThat(replica.text("CLUSTER", "FAILOVER")).isEqualTo("OK");
            FerriteCluster.await(
                    "the replica leads",
                    () -> replica.text("CLUSTER", "NODES").contains("myself,master"));
            FerriteCluster.await(
                    "one of them has all, and the other nothing",
                    () -> hasAll(replica) != hasAll(target));
            awaitNoKeys(hasAll(replica) ? target : replica);
            cluster.awaitServing();
        }
    }
}
