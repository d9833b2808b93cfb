package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What redis.set_repl keeps from followers, from files, and from both. */
final class SelectiveScriptsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static void eval(TestClient client, String code) {
        client.raw("*3\r\n$4\r\nEVAL\r\n$" + code.length() + "\r\n" + code + "\r\n$1\r\n0\r\n");
        assertThat(String.valueOf(client.read())).isEqualTo("null");
    }

    private static ServerProcess leader(Path folder, String backlog) throws IOException {
        return new ServerProcess(
                folder,
                "Ready to accept",
                "--appendonly",
                "yes",
                "--aof-use-rdb-preamble",
                "no",
                "--repl-diskless-sync-delay",
                "0",
                "--repl-backlog-disk-size",
                backlog);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1mb"})
    void eachIsToldOfItsOwn(String backlog, @TempDir Path one, @TempDir Path two)
            throws IOException, InterruptedException {
        String mine = "[1, 2, 3, 4, 5, 6, 7]";
        try (ServerProcess leader = leader(one, backlog);
                TestClient client = new TestClient(leader.port())) {
            client.run("SET old x");
            try (ServerProcess follower =
                            new ServerProcess(
                                    two,
                                    "Ready to accept",
                                    "--replicaof",
                                    "127.0.0.1 " + leader.port(),
                                    "--appendonly",
                                    "yes");
                    TestClient reader = new TestClient(follower.port())) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(reader.text("GET old")).isEqualTo("x"));
                eval(
                        client,
                        "redis.call('SET', 'a', 1) redis.set_repl(redis.REPL_NONE)"
                                + " redis.call('SET', 'b', 2) redis.set_repl(redis.REPL_AOF)"
                                + " redis.call('SET', 'c', 3) redis.set_repl(redis.REPL_ALL)"
                                + " redis.call('SET', 'd', 4) redis.set_repl(redis.REPL_REPLICA)"
                                + " redis.call('SET', 'e', 5)");
                eval(client, "redis.set_repl(redis.REPL_AOF) redis.call('SET', 'f', 6)");
                eval(client, "redis.set_repl(redis.REPL_REPLICA) redis.call('SET', 'g', 7)");
                eval(
                        client,
                        "redis.call('SELECT', 1) redis.set_repl(redis.REPL_AOF)"
                                + " redis.call('INCR', 'h') redis.call('SELECT', 2)"
                                + " redis.call('INCR', 'h') redis.set_repl(redis.REPL_REPLICA)"
                                + " redis.call('SELECT', 3) redis.call('INCR', 'h')");
                client.run("SET last x");
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(reader.text("GET last")).isEqualTo("x"));
                assertThat(client.text("MGET a b c d e f g")).isEqualTo(mine);
                assertThat(reader.text("MGET a b c d e f g"))
                        .isEqualTo("[1, null, null, 4, 5, null, 7]");
                assertThat(reader.info("keyspace", "db1")).isNull();
                assertThat(reader.info("keyspace", "db3")).startsWith("keys=1");
                assertThat(client.text("GET last")).isEqualTo("x");
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(reader.info("replication", "slave_repl_offset"))
                                        .isEqualTo(
                                                client.info("replication", "master_repl_offset")));
                follower.terminate();
                follower.exitStatus();
            }
            leader.terminate();
            leader.exitStatus();
        }
        try (ServerProcess again = leader(one, backlog);
                TestClient client = new TestClient(again.port())) {
            assertThat(client.text("MGET a b c d e f g"))
                    .isEqualTo("[1, null, 3, 4, null, 6, null]");
            assertThat(client.text("GET last")).isEqualTo("x");
            assertThat(client.info("keyspace", "db1")).startsWith("keys=1");
            assertThat(client.info("keyspace", "db2")).startsWith("keys=1");
            assertThat(client.info("keyspace", "db3")).isNull();
        }
        try (ServerProcess alone =
                        new ServerProcess(two, "Ready to accept", "--appendonly", "yes");
                TestClient client = new TestClient(alone.port())) {
            assertThat(client.text("MGET a b c d e f g"))
                    .isEqualTo("[1, null, null, 4, 5, null, 7]");
        }
    }

    @Test
    void aTransactionAroundTheScript_isToldWhole(@TempDir Path one)
            throws IOException, InterruptedException {
        try (ServerProcess leader = leader(one, "0");
                TestClient client = new TestClient(leader.port())) {
            client.run("MULTI");
            client.run("SET a 1");
            String code = "redis.set_repl(redis.REPL_REPLICA) redis.call('SET','b',2)";
            client.raw("*3\r\n$4\r\nEVAL\r\n$" + code.length() + "\r\n" + code + "\r\n$1\r\n0\r\n");
            client.read();
            client.run("SET c 3");
            assertThat(client.text("EXEC")).isEqualTo("[OK, null, OK]");
            leader.terminate();
            leader.exitStatus();
        }
        try (ServerProcess again = leader(one, "0");
                TestClient client = new TestClient(again.port())) {
            assertThat(client.text("MGET a b c")).isEqualTo("[1, null, 3]");
        }
    }
}
