package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import io.ferrite.testkit.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What redis-cli --cluster does, done to nodes of ours. */
final class ClusterToolTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NODES = 3;

    /** In slot 12182. */
    private static final String KEY = "foo";

    @TempDir Path directory;

    private final List<FerriteProcess> nodes = new ArrayList<>();
    private List<String> options = List.of();
    private List<Integer> ports = List.of();

    @BeforeEach
    void needsTheTool() {
        assumeTrue(RealRedis.program("redis-cli").isPresent(), "needs redis-cli");
    }

    @AfterEach
    void stop() {
        nodes.forEach(FerriteProcess::close);
    }

    /** Starts nodes, each with its file. */
    private void start(String... words) throws IOException {
        ports = new ArrayList<>();
        startMore(NODES, words);
    }

    private void startMore(int count, String... words) throws IOException {
        for (int i = nodes.size(), end = i + count; i < end; i++) {
            Path home = Files.createDirectory(directory.resolve("node" + i));
            Path config = Files.writeString(home.resolve("node.conf"), "cluster-enabled yes\n");
            List<String> all = new ArrayList<>(List.of(config.toString()));
            all.addAll(List.of("--cluster-node-timeout", "15000", "--save", ""));
            if (words.length > 0) {
                int tls = FerriteProcess.freePort();
                all.addAll(List.of("--tls-port", Integer.toString(tls)));
                all.addAll(List.of(words));
                ports.add(tls);
            }
            FerriteProcess node = new FerriteProcess(home, "server", all.toArray(String[]::new));
            nodes.add(node);
            if (words.length == 0) {
                ports.add(node.port());
            }
        }
    }

    private String at(int node) {
        return "127.0.0.1:" + ports.get(node);
    }

    private String cli(String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(RealRedis.program("redis-cli").orElseThrow().toString());
        command.addAll(options);
        command.addAll(List.of(words));
        Path out = Files.createTempFile(directory, "cli", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write("yes\n".getBytes(StandardCharsets.US_ASCII)); // it asks, whatever it was told
        } catch (IOException e) {
            // it has ended, and asked nothing
        }
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return Files.readString(out, StandardCharsets.ISO_8859_1);
    }

    private String tool(String what, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("--cluster", what));
        all.addAll(List.of(words));
        return cli(all.toArray(String[]::new));
    }

    private void create() throws Exception {
        String said = tool("create", at(0), at(1), at(2), "--cluster-yes");
        assertThat(said).contains("All 16384 slots covered");
        for (int i = 0; i < NODES; i++) {
            awaitServing(i);
        }
    }

    private void awaitServing(int node) {
        String port = Integer.toString(ports.get(node));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> cli("-p", port, "cluster", "info").contains("cluster_state:ok"));
    }

    @Test
    void theTool_makes_looksAfter_andSavesACluster() throws Exception {
        start();
        create();
        assertThat(cli("-c", "-p", "" + ports.get(0), "set", KEY, "bar")).contains("OK");
        assertThat(tool("info", at(1))).contains("[OK] 1 keys in 3 masters.");
        assertThat(tool("call", at(0), "dbsize")).contains(at(0) + ": 0", at(2) + ": 1");
        assertThat(tool("set-timeout", at(0), "7000"))
                .contains("New node timeout set. 3 OK, 0 ERR.");
        assertThat(Files.readString(directory.resolve("node1/node.conf")))
                .contains("cluster-node-timeout 7000");
        String heavier = cli("-p", "" + ports.get(0), "cluster", "myid").strip();
        assertThat(
                        tool(
                                "reshard",
                                at(0),
                                "--cluster-from",
                                "all",
                                "--cluster-to",
                                heavier,
                                "--cluster-slots",
                                "100",
                                "--cluster-yes"))
                .doesNotContain("ERR");
        assertThat(tool("rebalance", at(0), "--cluster-threshold", "1")).contains("Moving");
        assertThat(tool("check", at(2))).contains("All nodes agree", "All 16384 slots covered");
        assertThat(tool("fix", at(0))).contains("All 16384 slots covered");
        Path saved = Files.createDirectory(directory.resolve("saved"));
        assertThat(tool("backup", at(0), saved.toString())).contains("Backup created");
        try (var files = Files.list(saved)) {
            assertThat(files).hasSize(NODES + 1);
        }
        assertThat(cli("-c", "-p", "" + ports.get(1), "get", KEY)).contains("bar");
    }

    private String idOf(int node) throws Exception {
        return cli("-p", "" + ports.get(node), "cluster", "myid").strip();
    }

    private void awaitNodes(int node, String words) {
        Awaitility.await(words)
                .atMost(PATIENCE)
                .until(() -> cli("-p", "" + ports.get(node), "cluster", "nodes").contains(words));
    }

    private void moveSlots(String from, String to) throws Exception {
        // What moved before goes round by gossip; the tool wants all nodes to know it.
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !tool("check", at(0)).contains("don't agree"));
        assertThat(
                        tool(
                                "reshard",
                                at(0),
                                "--cluster-from",
                                from,
                                "--cluster-to",
                                to,
                                "--cluster-slots",
                                "20",
                                "--cluster-yes"))
                .doesNotContain("ERR");
    }

    @Test
    void theTool_addsNodes_andTakesThemAway() throws Exception {
        start();
        create();
        startMore(2);
        assertThat(tool("add-node", at(3), at(0))).contains("New node added correctly");
        String master = idOf(3);
        awaitNodes(1, master);
        assertThat(tool("add-node", at(4), at(0), "--cluster-slave", "--cluster-master-id", master))
                .contains("New node added correctly");
        awaitNodes(1, "slave " + master);

        moveSlots(idOf(2), master);
        assertThat(tool("check", at(1))).contains("(20 slots) master", "1 additional replica");
        assertThat(tool("del-node", at(0), master)).contains("is not empty");
        moveSlots(master, idOf(2));
        assertThat(tool("del-node", at(0), idOf(4))).contains("Sending CLUSTER RESET SOFT");
        assertThat(tool("del-node", at(0), master)).contains("Sending CLUSTER RESET SOFT");
        for (int i = 0; i < NODES; i++) {
            assertThat(cli("-p", "" + ports.get(i), "cluster", "info"))
                    .contains("cluster_known_nodes:3", "cluster_size:3");
        }
        assertThat(cli("-p", "" + ports.get(3), "cluster", "info"))
                .contains("cluster_known_nodes:1");
    }

    @Test
    void theTool_mendsOpenAndUncoveredSlots_andImports() throws Exception {
        start();
        create();
        cli("-c", "-p", "" + ports.get(0), "set", KEY, "bar");
        // Left in the middle of a move, with nobody who would end it; and a slot that is nobody's.
        cli("-p", "" + ports.get(2), "cluster", "setslot", "12182", "migrating", idOf(0));
        cli("-p", "" + ports.get(0), "cluster", "setslot", "12182", "importing", idOf(2));
        for (int i = 0; i < NODES; i++) {
            cli("-p", "" + ports.get(i), "cluster", "delslots", "7");
        }
        assertThat(tool("check", at(1))).contains("has slots in", "[ERR] Not all 16384 slots");
        tool("fix", at(1)); // the slot that was nobody's: before, no key moves
        for (int i = 0; i < NODES; i++) {
            awaitServing(i);
        }
        tool("fix", at(1));
        awaitOrder();
        assertThat(cli("-c", "-p", "" + ports.get(1), "get", KEY)).contains("bar");

        try (FerriteProcess alone =
                new FerriteProcess(Files.createDirectory(directory.resolve("alone")), "server")) {
            String port = Integer.toString(alone.port());
            cli("-p", port, "mset", "a", "1", "b", "2", "c", "3");
            cli("-p", port, "rpush", "list", "x", "y");
            assertThat(
                            tool(
                                    "import",
                                    at(0),
                                    "--cluster-from",
                                    "127.0.0.1:" + port,
                                    "--cluster-copy"))
                    .contains("Migrating list to", "OK");
            assertThat(cli("-p", port, "dbsize")).contains("4");
        }
        assertThat(cli("-c", "-p", "" + ports.get(1), "lrange", "list", "0", "-1"))
                .contains("x", "y");
        assertThat(cli("-c", "-p", "" + ports.get(1), "get", "b")).contains("2");
    }

    private void awaitOrder() {
        Awaitility.await("all slots are served")
                .atMost(PATIENCE)
                .until(() -> {
                    String said = tool("check", at(2));
                    return said.contains("All nodes agree")
                            && said.contains("All 16384 slots covered")
                            && !said.contains("has slots in");
                });
    }

    @Test
    void whoWaitsForAKey_isSentAfterIt_whenItsSlotLeaves() throws Exception {
        start();
        create();
        String target = cli("-p", "" + ports.get(0), "cluster", "myid").strip();
        try (RespConnection waiting = new RespConnection(ports.get(2));
                RespConnection other = new RespConnection(ports.get(2))) {
            waiting.send(List.of(List.of("BLPOP", KEY, "0")));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() ->
                            cli("-p", "" + ports.get(2), "info", "clients")
                                    .contains("blocked_clients:1"));
            other.call("CLUSTER", "SETSLOT", "12182", "NODE", target);
            assertThat(waiting.read().toString()).contains("MOVED 12182 " + at(0));
        }
    }

    @Test
    void aClusterWithEncryptedBus_isMade_andItsNodesTalk() throws Exception {
        assumeTrue(TestCertificates.isPossible(), "needs openssl");
        TestCertificates certificates =
                TestCertificates.create(directory)
                        .issue("node", "/CN=localhost", "subjectAltName=IP:127.0.0.1");
        start(
                "--tls-cluster", "yes",
                "--tls-replication", "yes",
                "--tls-ca-cert-file", certificates.file("ca.crt"),
                "--tls-cert-file", certificates.file("node.crt"),
                "--tls-key-file", certificates.file("node.key"));
        options =
                List.of(
                        "--tls",
                        "--cacert",
                        certificates.file("ca.crt"),
                        "--cert",
                        certificates.file("node.crt"),
                        "--key",
                        certificates.file("node.key"));
        create();
        assertThat(cli("-c", "-p", "" + ports.get(0), "set", KEY, "bar")).contains("OK");
        assertThat(cli("-c", "-p", "" + ports.get(1), "get", KEY)).contains("bar");
        assertThat(cli("-p", "" + ports.get(0), "cluster", "info"))
                .contains("cluster_known_nodes:3", "cluster_stats_messages_pong_received:");
    }
}
