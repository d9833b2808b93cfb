package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One cluster of redis-server's nodes and ours, with replicas of the other kind. */
final class MixedClusterTest {

    private static final int KEYS = 300;

    /** Of the last master, in the slot that moves. */
    private static final String KEY = "foo";

    private static final String SLOT = "12182";

    @TempDir Path directory;

    private final List<FerriteProcess> ours = new ArrayList<>();
    private final List<RealRedis> theirs = new ArrayList<>();
    private final Map<Integer, Integer> busPorts = new LinkedHashMap<>();

    @AfterEach
    void stop() throws IOException {
        ours.forEach(FerriteProcess::close);
        for (RealRedis redis : theirs) {
            redis.close();
        }
    }

    private String[] words(int busPort) {
        return new String[] {
            "--cluster-enabled", "yes",
            "--cluster-port", Integer.toString(busPort),
            "--cluster-node-timeout", "3000",
            "--save", ""
        };
    }

    /** The port of a new node of ours. */
    private int our() throws IOException {
        int busPort = FerriteProcess.freePort();
        Path home = Files.createDirectory(directory.resolve("our" + ours.size()));
        ours.add(new FerriteProcess(home, "server", words(busPort)));
        busPorts.put(ours.getLast().port(), busPort);
        return ours.getLast().port();
    }

    /** The port of a new node of theirs. */
    private int their() throws IOException {
        int busPort = FerriteProcess.freePort();
        Path home = Files.createDirectory(directory.resolve("their" + theirs.size()));
        theirs.add(RealRedis.start(home, words(busPort)));
        busPorts.put(theirs.getLast().port(), busPort);
        return theirs.getLast().port();
    }

    private static Reply call(int port, String... words) throws IOException {
        try (RespConnection to = new RespConnection(port)) {
            return to.call(words);
        }
    }

    private static String text(int port, String... words) throws IOException {
        return String.valueOf(call(port, words).text());
    }

    private static void must(int port, String... words) throws IOException {
        assertThat(call(port, words).type()).as(String.join(" ", words)).isEqualTo('+');
    }

    private static String id(int port) throws IOException {
        return text(port, "CLUSTER", "MYID");
    }

    private static void awaitState(int port) {
        FerriteCluster.await(
                "the cluster is well, says " + port,
                () -> text(port, "CLUSTER", "INFO").contains("cluster_state:ok"));
    }

    private static void awaitMaster(int port) {
        FerriteCluster.await(
                port + " leads", () -> text(port, "CLUSTER", "NODES").contains("myself,master"));
    }

    private void join(int[] masters) throws IOException {
        int[] ends = {5461, 10923, 16384};
        for (int i = 0; i < masters.length; i++) {
            String first = Integer.toString(i == 0 ? 0 : ends[i - 1]);
            must(masters[i], "CLUSTER", "ADDSLOTSRANGE", first, Integer.toString(ends[i] - 1));
            must(masters[i], "CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
        }
        for (Map.Entry<Integer, Integer> node : busPorts.entrySet()) {
            if (node.getKey() != masters[0]) {
                String port = Integer.toString(node.getKey());
                String bus = Integer.toString(node.getValue());
                must(masters[0], "CLUSTER", "MEET", "127.0.0.1", port, bus);
            }
        }
        busPorts.keySet().forEach(MixedClusterTest::awaitState);
    }

    private static void follow(int replica, int master) throws IOException {
        String id = id(master);
        FerriteCluster.await(
                "a master is known", () -> call(replica, "CLUSTER", "REPLICATE", id).type() == '+');
        FerriteCluster.await(
                "a replica follows",
                () -> text(replica, "INFO", "replication").contains("master_link_status:up"));
    }

    /** Runs a command wherever its key is. */
    private static String anywhere(int first, String... words) throws IOException {
        int port = first;
        while (true) {
            Reply reply = call(port, words);
            if (reply.type() != '-' || !reply.text().startsWith("MOVED ")) {
                return reply.text();
            }
            port = Integer.parseInt(reply.text().substring(reply.text().lastIndexOf(':') + 1));
        }
    }

    private static void moveSlot(int from, int to) throws IOException {
        must(to, "CLUSTER", "SETSLOT", SLOT, "IMPORTING", id(from));
        must(from, "CLUSTER", "SETSLOT", SLOT, "MIGRATING", id(to));
        String port = Integer.toString(to);
        must(from, "MIGRATE", "127.0.0.1", port, KEY, "0", "5000");
        must(to, "CLUSTER", "SETSLOT", SLOT, "NODE", id(to));
        must(from, "CLUSTER", "SETSLOT", SLOT, "NODE", id(to));
        assertThat(text(to, "LLEN", KEY)).isEqualTo("3");
        assertThat(call(from, "LLEN", KEY).text()).startsWith("MOVED " + SLOT);
    }

    private static void checkAll(int port) throws IOException {
        for (int i = 0; i < KEYS; i++) {
            assertThat(anywhere(port, "GET", "key:" + i)).isEqualTo("value:" + i);
        }
        assertThat(anywhere(port, "LLEN", KEY)).isEqualTo("3");
    }

    @Test
    void eachKindFollowsTheOther_takesOverFromIt_andGivesItSlots() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "needs redis-server");
        int[] masters = {our(), their(), our()};
        int theirReplica = their();
        int ourReplica = our();
        join(masters);
        follow(theirReplica, masters[0]);
        follow(ourReplica, masters[1]);
        for (int i = 0; i < KEYS; i++) {
            assertThat(anywhere(masters[0], "SET", "key:" + i, "value:" + i)).isEqualTo("OK");
        }
        assertThat(anywhere(masters[0], "RPUSH", KEY, "a", "b", "c")).isEqualTo("3");
        moveSlot(masters[2], masters[1]);
        moveSlot(masters[1], masters[0]);
        moveSlot(masters[0], masters[1]);
        moveSlot(masters[1], masters[2]);

        ours.getFirst().kill();
        awaitMaster(theirReplica);
        awaitState(theirReplica);
        awaitState(masters[2]);
        checkAll(masters[2]);

        ours.getFirst().start();
        FerriteCluster.await(
                "the former master follows",
                () -> text(masters[0], "INFO", "replication").contains("master_link_status:up"));
        must(masters[0], "CLUSTER", "FAILOVER");
        awaitMaster(masters[0]);
        FerriteCluster.await(
                "the other kind follows again",
                () -> text(theirReplica, "INFO", "replication").contains("master_link_status:up"));

        theirs.getFirst().close();
        awaitMaster(ourReplica);
        awaitState(ourReplica);
        awaitState(masters[2]);
        checkAll(masters[2]);
    }
}
