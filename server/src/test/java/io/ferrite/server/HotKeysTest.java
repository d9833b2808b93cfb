package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HOTKEYS over a socket. */
final class HotKeysTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @SuppressWarnings("unchecked")
    private static Object field(TestClient client, String name) {
        List<Object> pairs = (List<Object>) ((List<Object>) client.run("HOTKEYS GET")).getFirst();
        int at = pairs.indexOf(name);
        return at < 0 ? null : pairs.get(at + 1);
    }

    @Test
    void theKeysUsedMost_areFound() throws IOException {
        try (LiveServer server = new LiveServer();
                TestClient client = new TestClient(server.port())) {
            assertThat(client.run("HOTKEYS GET")).isNull();
            assertThat(client.run("HOTKEYS STOP")).isNull();
            assertThat(client.text("INFO hotkeys")).isEmpty();
            assertThat(client.text("HOTKEYS START METRICS 2 CPU NET COUNT 2")).isEqualTo("OK");
            for (int i = 0; i < 100; i++) {
                client.run("SET hot " + "x".repeat(100));
                client.run("GET cold" + i);
            }
            client.run("MSET warm " + "x".repeat(900) + " hot 1");
            client.run("MULTI");
            client.run("GET warm");
            client.run("EXEC");
            assertThat(field(client, "tracking-active")).isEqualTo(1L);
            assertThat(client.info("hotkeys", "hotkeys-tracking-active")).isEqualTo("1");
            assertThat(Long.parseLong(client.info("all", "hotkeys-cmd-cpu-time"))).isPositive();
            assertThat(field(client, "selected-slots")).isEqualTo(List.of(List.of(0L, 16383L)));
            List<?> net = (List<?>) field(client, "by-net-bytes");
            assertThat(net).hasSize(4);
            assertThat(net.get(0)).isEqualTo("hot");
            assertThat(net.get(2)).isEqualTo("warm");
            assertThat((Long) net.get(1)).isBetween(13_000L, 16_000L);
            assertThat(String.valueOf(field(client, "by-cpu-time-us"))).contains("hot, ");
            assertThat((Long) field(client, "net-bytes-all-commands-all-slots"))
                    .isGreaterThan((Long) net.get(1));
            assertThat(client.text("HOTKEYS RESET")).startsWith("-ERR hotkey tracking session in");
            assertThat(client.text("HOTKEYS START METRICS 1 CPU")).contains("already in progress");
            assertThat(client.text("HOTKEYS STOP")).isEqualTo("OK");
            assertThat(field(client, "tracking-active")).isEqualTo(0L);
            assertThat(client.info("hotkeys", "hotkeys-tracking-active")).isEqualTo("0");
            assertThat(client.text("HOTKEYS RESET")).isEqualTo("OK");
            assertThat(client.run("HOTKEYS GET")).isNull();
        }
    }

    @Test
    void aWatch_endsByItself() throws IOException {
        try (LiveServer server = new LiveServer();
                TestClient client = new TestClient(server.port())) {
            client.run("HOTKEYS START METRICS 1 NET DURATION 1 SAMPLE 1000000000");
            client.run("GET k");
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(field(client, "tracking-active")).isEqualTo(0L));
            assertThat(field(client, "collection-duration-ms")).isEqualTo(1000L);
            assertThat(field(client, "by-net-bytes")).isEqualTo(List.of());
            assertThat(field(client, "total-cpu-time-user-ms")).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',METRICS parameter is required",
        "METRICS 3 CPU,METRICS count must be > 0 and <= 2",
        "METRICS 2 CPU,METRICS count does not match number of metric types provided",
        "METRICS 2 CPU CPU,METRICS CPU defined more than once!",
        "METRICS 1 DISK,METRICS no valid metrics passed. Supported: CPU|NET",
        "METRICS 1 CPU COUNT 65,COUNT must be between 1 and 64",
        "METRICS 1 CPU DURATION 0,DURATION must be between 1 and 1000000",
        "METRICS 1 CPU SAMPLE 0,SAMPLE ratio must be positive",
        "METRICS 1 CPU SLOTS 1 0,SLOTS parameter cannot be used in non-cluster mode",
        "METRICS 1 CPU NET,syntax error"
    })
    void wrongOptions_areRefused(String options, String error) throws IOException {
        try (LiveServer server = new LiveServer("--io-threads", "1");
                TestClient client = new TestClient(server.port())) {
            assertThat(client.text(("HOTKEYS START " + options).trim())).isEqualTo("-ERR " + error);
        }
    }
}
