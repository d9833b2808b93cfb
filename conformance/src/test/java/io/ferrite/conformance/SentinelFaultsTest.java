package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentinels and servers as processes of their own, of which some are killed. */
final class SentinelFaultsTest {

    private static final int SENTINELS = 3;
    private static final int KILLS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir Path directory;

    private final List<FerriteProcess> processes = new ArrayList<>();
    private final List<FerriteProcess> servers = new ArrayList<>();
    private final List<FerriteProcess> sentinels = new ArrayList<>();

    private FerriteProcess start(String role, List<String> words) throws IOException {
        Path own = Files.createDirectory(directory.resolve(role + processes.size()));
        FerriteProcess started = new FerriteProcess(own, role, words.toArray(String[]::new));
        processes.add(started);
        return started;
    }

    private void startServer(List<String> common, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("--save", ""));
        all.addAll(common);
        all.addAll(List.of(words));
        servers.add(start("server", all));
    }

    private void startSentinels(int masterPort, List<String> words, String... lines)
            throws IOException {
        for (int i = 0; i < SENTINELS; i++) {
            Path file = directory.resolve("sentinel" + i + ".conf");
            String config =
                    """
                    sentinel monitor mymaster 127.0.0.1 %d 2
                    sentinel down-after-milliseconds mymaster 5000
                    sentinel failover-timeout mymaster 10000
                    """
                            .formatted(masterPort);
            Files.writeString(file, config + String.join("\n", lines) + "\n");
            List<String> all = new ArrayList<>(List.of(file.toString()));
            all.addAll(words);
            if (!words.isEmpty()) {
                all.addAll(List.of("--tls-port", Integer.toString(freePort())));
            }
            sentinels.add(start("sentinel", all));
        }
        await("every Sentinel knows everybody")
                .atMost(PATIENCE)
                .until(() -> everySentinelSays("slaves=" + (servers.size() - 1)));
    }

    @AfterEach
    void stop() {
        processes.forEach(FerriteProcess::close);
    }

    private boolean everySentinelSays(String replicas) {
        for (FerriteProcess sentinel : sentinels) {
            String info = ask(sentinel, "INFO", "sentinel");
            if (!info.contains("status=ok") || !info.contains(replicas + ",sentinels=3")) {
                return false;
            }
        }
        return true;
    }

    /** What somebody answers; nothing if it is not there. */
    private static String ask(FerriteProcess whom, String... words) {
        try (RespConnection connection = new RespConnection(whom.port())) {
            return connection.call(words).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private String told(FerriteProcess sentinel) {
        return ask(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster");
    }

    /** Whom every Sentinel calls the master; null as long as they don't agree on one that leads. */
    private FerriteProcess leader() {
        for (FerriteProcess server : servers) {
            String port = Integer.toString(server.port());
            boolean all = sentinels.stream().allMatch(each -> told(each).contains(port));
            if (all && ask(server, "ROLE").contains("master")) {
                return server;
            }
        }
        return null;
    }

    @Test
    void sentinelsThatAreKilledAgainAndAgain_failOverNothing_andThenWhatIsDown_onceWithoutLoss()
            throws IOException {
        List<String> ack = List.of("--replication-ack", "1");
        startServer(ack);
        String of = "127.0.0.1 " + servers.getFirst().port();
        startServer(ack, "--replicaof", of);
        startServer(ack, "--replicaof", of);
        startSentinels(servers.getFirst().port(), List.of(), "sentinel no-loss mymaster yes");

        for (int i = 0; i < KILLS; i++) {
            for (FerriteProcess sentinel : sentinels) {
                sentinel.kill();
                sentinel.start();
            }
        }
        await("they know everybody again")
                .atMost(PATIENCE)
                .until(() -> everySentinelSays("slaves=2"));
        assertThat(leader()).isSameAs(servers.getFirst());
        String state = ask(sentinels.getFirst(), "SENTINEL", "MASTER", "mymaster");
        assertThat(state).as("nobody was elected").matches("(?s).*config-epoch[^0-9]*(1 )?0\\b.*");

        List<String> acknowledged = new ArrayList<>();
        try (RespConnection writer = new RespConnection(servers.getFirst().port())) {
            for (int i = 0; i < 500; i++) {
                if (writer.call("SET", "k" + i, "v").toString().contains("OK")) {
                    acknowledged.add("k" + i);
                }
            }
            servers.getFirst().kill();
        }
        assertThat(acknowledged).hasSizeGreaterThan(100);
        await("another leads")
                .atMost(PATIENCE)
                .until(() -> leader() != null && leader() != servers.getFirst());
        FerriteProcess next = leader();
        try (RespConnection reader = new RespConnection(next.port())) {
            for (String key : acknowledged) {
                assertThat(reader.call("EXISTS", key).toString()).as(key).contains("1");
            }
        }
        // It takes writes again once the other one follows, and the old one becomes a follower.
        await("a write").atMost(PATIENCE).until(() -> ask(next, "SET", "k", "v").contains("OK"));
        servers.getFirst().start();
        await("two follow")
                .atMost(PATIENCE)
                .until(() -> ask(next, "INFO", "replication").contains("connected_slaves:2"));
        // Any of them may have been elected; the others voted, and heard of it.
        assertThat(sentinels)
                .extracting(each -> ask(each, "SENTINEL", "EXPLAIN", "mymaster"))
                .allSatisfy(told -> assertThat(told).contains("sdown", "ended"))
                .filteredOn(told -> told.contains("elected"))
                .singleElement(as(InstanceOfAssertFactories.STRING))
                .contains("held", "chosen", "switched");
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @Test
    void overTlsAlone_sentinelsWatch_findEachOther_andFailOver() throws IOException {
        assumeTrue(TestCertificates.isPossible(), "needs openssl");
        Path keys = Files.createDirectory(directory.resolve("keys"));
        TestCertificates certificates =
                TestCertificates.create(keys)
                        .issue("all", "/CN=localhost", "subjectAltName=IP:127.0.0.1");
        List<String> tls =
                List.of(
                        "--tls-cert-file",
                        certificates.file("all.crt"),
                        "--tls-key-file",
                        certificates.file("all.key"),
                        "--tls-ca-cert-file",
                        certificates.file("ca.crt"),
                        "--tls-replication",
                        "yes");
        int masterPort = freePort();
        int replicaPort = freePort();
        startServer(tls, "--tls-port", Integer.toString(masterPort));
        startServer(
                tls,
                "--tls-port",
                Integer.toString(replicaPort),
                "--replicaof",
                "127.0.0.1 " + masterPort);
        startSentinels(masterPort, tls);
        for (FerriteProcess sentinel : sentinels) {
            String others = ask(sentinels.getFirst(), "SENTINEL", "SENTINELS", "mymaster");
            assertThat(others)
                    .as("they name their ports for TLS")
                    .doesNotContain("" + sentinel.port());
        }
        servers.getFirst().kill();
        await("the other one leads")
                .atMost(PATIENCE)
                .until(() ->
                        sentinels.stream().allMatch(each -> told(each).contains("" + replicaPort))
                                && ask(servers.get(1), "ROLE").contains("master"));
        assertThat(ask(servers.get(1), "SET", "k", "v")).contains("OK");
    }
}
