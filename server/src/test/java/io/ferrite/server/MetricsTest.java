package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import static org.awaitility.Awaitility.await;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** Monitoring over HTTP, from outside. */
final class MetricsTest {

    private LiveServer server;
    private int port;

    @BeforeEach
    void start() throws IOException {
        server = new LiveServer();
        port = server.metricsPort();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** Everything that comes back until the connection is closed. */
    private String ask(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (ConnectException closed) {
            throw closed;
        } catch (SocketException reset) {
            return "";
        }
    }

    private String get(String page) throws IOException {
        return ask("GET " + page + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    @Test
    void thePage_isInTheTextFormat_andCountsCommands() throws IOException {
        Wire client = server.connect();
        client.run("SET k v");
        client.run("GET k");
        client.run("INCR k");

        String page = get("/metrics");

        assertThat(page)
                .startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4")
                .contains("\nferrite_connected_clients 1\n")
                .contains("\nferrite_leader 1\n")
                .contains("\nferrite_keys{database=\"0\"} 1\n")
                .contains("\nferrite_command_seconds_count{command=\"get\"} 1\n")
                .contains("\nferrite_command_seconds_bucket{command=\"get\",le=\"+Inf\"} 1\n")
                .contains("\nferrite_command_failures_total{command=\"incr\"} 1\n")
                .contains("\nferrite_error_replies_total{code=\"ERR\"} 1\n")
                .contains("\nferrite_memory_bytes{tag=\"entry\"} ");
        String body = page.substring(page.indexOf("\r\n\r\n") + 4);
        assertThat(body.split("\n"))
                .allMatch(line -> line.matches("# (HELP|TYPE) .*|[a-z_]+(\\{.*\\})? [-0-9.E]+"));
    }

    @Test
    void everyName_isDocumented_andNoOther() throws IOException {
        Path docs = Path.of("docs/metrics.md");
        while (!Files.exists(docs)) {
            docs = Path.of("..").resolve(docs);
        }
        Set<String> documented = names("`(ferrite_\\w+)` \\| ", Files.readString(docs));
        Set<String> shown = names("# TYPE (\\w+) ", get("/metrics"));

        assertThat(documented).containsAll(shown);
        documented.removeAll(shown);
        assertThat(documented)
                .isEqualTo(
                        Set.of(
                                "ferrite_leader_link_up",
                                "ferrite_leader_last_io_seconds",
                                "ferrite_aof_size_bytes",
                                "ferrite_cluster_ok",
                                "ferrite_cluster_nodes",
                                "ferrite_cluster_masters",
                                "ferrite_cluster_epoch",
                                "ferrite_cluster_slots"));
    }

    @Test
    void aFollowersLag_isShownByItsAddress(@TempDir Path own) throws IOException {
        try (LiveServer follower = new LiveServer("--dir", own.toString());
                TestClient client = new TestClient(follower.port())) {
            client.run("REPLICAOF 127.0.0.1 " + server.port());
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThat(get("/metrics"))
                                    .containsPattern(
                                            "\nferrite_follower_lag_bytes\\{follower="
                                                    + "\"127.0.0.1:\\d+\"\\} \\d+\n"));
            client.run("REPLICAOF NO ONE");
        }
    }

    private static Set<String> names(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toSet());
    }

    @Test
    void aLeader_isHealthyAndReady_aFollowerWithoutLeaderIsNotReady() throws IOException {
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\nok\n");
        assertThat(get("/readyz")).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\nready\n");

        server.connect().run("REPLICAOF 127.0.0.1 1");

        assertThat(get("/readyz"))
                .startsWith("HTTP/1.1 503 ")
                .endsWith("\r\n\r\nthe link to the leader is down\n");
    }

    @Test
    void theDoor_movesWithItsPort_andStaysWhereTheNewOneIsTaken() throws IOException {
        Wire client = server.connect();
        int before = port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(client.run("CONFIG SET metrics-port " + taken.getLocalPort()))
                    .startsWith("-ERR CONFIG SET failed");
            assertThat(get("/healthz")).startsWith("HTTP/1.1 200 OK");
            port = taken.getLocalPort();
        }
        assertThat(client.run("CONFIG SET metrics-port " + port)).isEqualTo("+OK|");
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200 OK");
        assertThat(client.call("CONFIG", "SET", "metrics-bind", ""))
                .startsWith("-ERR CONFIG SET failed");
        assertThat(client.run("CONFIG SET metrics-bind 127.0.0.2")).isEqualTo("+OK|");
        assertThatThrownBy(() -> get("/healthz")).isInstanceOf(ConnectException.class);
        assertThat(client.run("CONFIG SET metrics-port 0 metrics-bind 127.0.0.1"))
                .isEqualTo("+OK|");
        port = before;
        assertThatThrownBy(() -> get("/healthz")).isInstanceOf(ConnectException.class);
    }

    @Test
    void head_isAnsweredWithoutABody() throws IOException {
        assertThat(ask("HEAD /healthz HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK")
                .contains("Content-Length: 3\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void whatIsNoSuchRequest_isRefused_andClosed() throws IOException {
        assertThat(get("/other")).startsWith("HTTP/1.1 404 ");
        assertThat(ask("POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"))
                .startsWith("HTTP/1.1 405 ");
        assertThat(ask("GET /metrics HTTP/1.1\r\nContent-Length : 3\r\n\r\nabc"))
                .startsWith("HTTP/1.1 413 ");
        assertThat(ask("GET /metrics HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
        assertThat(ask("*1\r\n$8\r\nFLUSHALL\r\n\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("GET  /metrics HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void aHeadWithoutEnd_isRefused() throws IOException {
        String answer = ask("GET /metrics HTTP/1.1\r\nX: " + "x".repeat(8200));

        assertThat(answer).matches("(?s)|HTTP/1.1 431 .*"); // reset, if it is still being sent
    }

    @Test
    void moreVisitorsThanAllowed_areTurnedAway_andRoomComesBack() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < MetricsDoor.MOST_CONNECTIONS; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.getOutputStream().write('G');
            waiting.add(socket);
        }
        while (!get("/healthz").isEmpty()) {
            Thread.onSpinWait(); // until all of them have been accepted
        }
        for (Socket socket : waiting) {
            socket.close();
        }
        while (get("/healthz").isEmpty()) {
            Thread.onSpinWait();
        }
    }
}
