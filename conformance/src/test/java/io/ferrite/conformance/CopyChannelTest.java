package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.config.Choices.ProtectedAction;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Full copies by a connection of their own, while the stream flows by another. */
final class CopyChannelTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int KEYS = 3000;

    @TempDir Path directory;

    private InProcessServer server(String name) throws IOException {
        Path own = Files.createDirectories(directory.resolve(name));
        return new InProcessServer(
                2,
                settings -> {
                    settings.put(ServerOptions.DIR, own.toString());
                    settings.put(ServerOptions.ENABLE_DEBUG_COMMAND, ProtectedAction.YES);
                    settings.put(ReplicationOptions.REPL_DISKLESS_SYNC_DELAY, 0L);
                    settings.put(ReplicationOptions.REPL_RDB_CHANNEL, true);
                },
                new InProcessServer.NoFiles());
    }

    private static String info(RespConnection to, String field) throws IOException {
        for (String line : to.call("INFO", "everything").text().split("\r\n")) {
            if (line.startsWith(field + ":")) {
                return line.substring(field.length() + 1);
            }
        }
        return "";
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(String what, Condition condition) {
        Awaitility.await(what).atMost(PATIENCE).until(condition::holds);
    }

    private static void fill(RespConnection leader) throws IOException {
        for (int i = 0; i < KEYS; i++) {
            leader.call("SET", "k" + i, "v".repeat(1000));
        }
        leader.call("CONFIG", "SET", "rdb-key-save-delay", "300"); // microseconds
    }

    /** Writes until it is closed. */
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicReference<IOException> failure = new AtomicReference<>();
        private final Thread thread;

        Load(int port) {
            thread =
                    Thread.ofPlatform()
                            .start(() -> {
                                try (RespConnection c = new RespConnection(port)) {
                                    for (int i = 0; !stop.get(); i++) {
                                        c.call("SELECT", Integer.toString(i % 3));
                                        c.call("APPEND", "k" + i % KEYS, "x".repeat(50));
                                        c.call("INCR", "n");
                                    }
                                } catch (IOException e) {
                                    failure.set(e);
                                }
                            });
        }

        boolean isRunning() {
            return thread.isAlive();
        }

        @Override
        public void close() throws IOException {
            stop.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (failure.get() != null) {
                throw failure.get();
            }
        }
    }

    private static String digest(RespConnection of) throws IOException {
        String digest = of.call("DEBUG", "DIGEST").text();
        assertThat(digest).hasSize(40);
        return digest;
    }

    private static void becomesEqual(RespConnection leader, RespConnection follower) {
        await("the link is up", () -> info(follower, "master_link_status").equals("up"));
        await(
                "it is where its leader is",
                () ->
                        info(leader, "master_repl_offset")
                                        .equals(info(follower, "slave_repl_offset"))
                                && info(leader, "slave0").contains("state=online"));
        await("the data is the same", () -> digest(leader).equals(digest(follower)));
    }

    @Test
    void streamFlowsWhileTheCopyIsOnItsWay_howeverItIsLoaded() throws IOException {
        for (String load : new String[] {"disabled", "swapdb"}) {
            try (InProcessServer m = server("m" + load);
                    InProcessServer r = server("r" + load);
                    RespConnection leader = new RespConnection(m.port());
                    RespConnection follower = new RespConnection(r.port())) {
                fill(leader);
                follower.call("CONFIG", "SET", "repl-diskless-load", load);
                try (Load writes = new Load(m.port())) {
                    follower.call("REPLICAOF", "127.0.0.1", Integer.toString(m.port()));
                    await(
                            "both at once",
                            () -> info(leader, "slave0").contains("state=send_bulk_and_stream"));
                    assertThat(leader.call("CLIENT", "LIST", "TYPE", "REPLICA").text())
                            .contains("flags=SC");
                    await(
                            "the stream is held",
                            () ->
                                    Long.parseLong(info(follower, "replica_full_sync_buffer_peak"))
                                            > 0);
                    assertThat(info(leader, "connected_slaves")).isEqualTo("1");
                    await("it is there", () -> info(leader, "slave0").contains("state=online"));
                    assertThat(writes.isRunning()).isTrue();
                }
                becomesEqual(leader, follower);
                assertThat(info(leader, "sync_full")).isEqualTo("1");
                assertThat(info(follower, "replica_full_sync_buffer_size")).isEqualTo("0");
            }
        }
    }

    @Test
    void bufferThatIsFull_holdsTheLinkBack_andTheCopyIsNotBegunAnew() throws IOException {
        try (InProcessServer m = server("m");
                InProcessServer r = server("r");
                RespConnection leader = new RespConnection(m.port());
                RespConnection follower = new RespConnection(r.port())) {
            fill(leader);
            follower.call("CONFIG", "SET", "replica-full-sync-buffer-limit", "20000");
            try (Load writes = new Load(m.port())) {
                follower.call("REPLICAOF", "127.0.0.1", Integer.toString(m.port()));
                await("it is there", () -> info(leader, "slave0").contains("state=online"));
                assertThat(writes.isRunning()).isTrue();
            }
            becomesEqual(leader, follower);
            assertThat(info(leader, "sync_full")).isEqualTo("1");
        }
    }

    @Test
    void eitherConnectionBreaks_andTheCopyIsBegunAnew() throws IOException {
        for (boolean second : new boolean[] {true, false}) {
            try (InProcessServer m = server("m" + second);
                    InProcessServer r = server("r" + second);
                    RespConnection leader = new RespConnection(m.port());
                    RespConnection follower = new RespConnection(r.port())) {
                fill(leader);
                follower.call("REPLICAOF", "127.0.0.1", Integer.toString(m.port()));
                await(
                        "both at once",
                        () -> info(leader, "slave0").contains("state=send_bulk_and_stream"));
                String list = leader.call("CLIENT", "LIST", "TYPE", "REPLICA").text();
                for (String line : list.split("\n")) {
                    if (line.contains("flags=SC") == second) {
                        String id = line.substring("id=".length(), line.indexOf(' '));
                        leader.call("CLIENT", "KILL", "ID", id);
                        assertThat(leader.call("REPLCONF", "main-ch-client-id", id).text())
                                .contains("Unrecognized");
                    }
                }
                leader.call("CONFIG", "SET", "rdb-key-save-delay", "0");
                becomesEqual(leader, follower);
                assertThat(info(leader, "sync_full")).isEqualTo("2");
            }
        }
    }

    @Test
    void onlyOneEndWants_andTheCopyComesByOneConnection() throws IOException {
        for (boolean leads : new boolean[] {true, false}) {
            try (InProcessServer m = server("m" + leads);
                    InProcessServer r = server("r" + leads);
                    RespConnection leader = new RespConnection(m.port());
                    RespConnection follower = new RespConnection(r.port())) {
                leader.call("SET", "k", "v");
                (leads ? leader : follower).call("CONFIG", "SET", "repl-rdb-channel", "no");
                follower.call("REPLICAOF", "127.0.0.1", Integer.toString(m.port()));
                becomesEqual(leader, follower);
                assertThat(info(leader, "sync_full")).isEqualTo("1");
            }
        }
    }
}
