package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** oom-score-adj, with a file in the kernel's place. */
final class OomScoreTest {

    @TempDir Path folder;

    private Path file;

    private int score() throws IOException {
        return Integer.parseInt(Files.readString(file).trim());
    }

    private TestClient begin(LiveServer server) throws IOException {
        file = folder.resolve("oom_score_adj");
        Files.writeString(file, "22\n");
        OomScore score =
                new OomScore(file, server.node().engine()::isFollower, server.node().log());
        score.begin(server.node().settings());
        server.node().onRoleChange(() -> score.use(server.node().settings()));
        return new TestClient(server.port());
    }

    @Test
    void theScore_isThatOfTheRole_andComesBack() throws IOException {
        try (LiveServer server = new LiveServer();
                TestClient client = begin(server)) {
            assertThat(score()).isEqualTo(22);
            client.raw(
                    "*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$20\r\noom-score-adj-values\r\n"
                            + "$8\r\n10 20 30\r\n");
            assertThat(client.read()).isEqualTo("OK");
            assertThat(score()).isEqualTo(22);
            assertThat(client.text("CONFIG SET oom-score-adj yes")).isEqualTo("OK");
            assertThat(score()).isEqualTo(32);
            assertThat(client.text("REPLICAOF 127.0.0.1 1")).isEqualTo("OK");
            assertThat(score()).isEqualTo(42);
            assertThat(client.text("CONFIG SET oom-score-adj absolute")).isEqualTo("OK");
            assertThat(score()).isEqualTo(20);
            assertThat(client.text("REPLICAOF NO ONE")).isEqualTo("OK");
            assertThat(score()).isEqualTo(10);
            assertThat(client.text("CONFIG SET oom-score-adj no")).isEqualTo("OK");
            assertThat(score()).isEqualTo(22);
        }
    }

    @Test
    void whatTheKernelRefuses_isRefused_andNothingChanges() throws IOException {
        try (LiveServer server = new LiveServer();
                TestClient client = begin(server)) {
            Files.delete(file);
            assertThat(client.text("CONFIG SET oom-score-adj yes"))
                    .isEqualTo(
                            "-ERR CONFIG SET failed (possibly related to argument 'oom-score-adj')"
                                    + " - Failed to set current oom_score_adj. Check server"
                                    + " logs.");
            assertThat(client.text("CONFIG GET oom-score-adj")).isEqualTo("[oom-score-adj, no]");
        }
    }
}
