package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps of docs/migrating.md, as they stand there: from a running redis-server to Ferrite and
 * back, while clients write values of every type.
 */
final class MigrationTest {

    private static final long SEED = 20261127;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** After these the counter would be in another database than the next one, or nowhere. */
    private static final Set<String> ELSEWHERE = Set.of("SELECT", "SWAPDB", "FLUSHDB", "FLUSHALL");

    @TempDir Path directory;

    /** A client that writes until it is told to stop, and knows what it was told was done. */
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean enough = new AtomicBoolean();
        private final FutureTask<Void> work;
        private volatile long written;

        Load(int port, long seed) {
            Draw draw = new Draw(new SplittableRandom(seed));
            work =
                    new FutureTask<>(() -> {
                        try (RespConnection to = new RespConnection(port)) {
                            write(to, draw);
                        }
                        return null;
                    });
            Thread.ofPlatform().start(work);
        }

        private void write(RespConnection to, Draw draw) throws IOException {
            while (!enough.get()) {
                to.send(List.of(another(draw)));
                to.read();
                to.call("DISCARD");
                Reply reply = to.call("SET", "counter", Long.toString(written + 1));
                if (reply.type() == '-') {
                    assertThat(reply.text()).startsWith("READONLY");
                    return; // the server is a follower now: on to the next one
                }
                written++;
            }
        }

        /** A random command that leaves the counter where it is. */
        private static List<String> another(Draw draw) {
            while (true) {
                List<String> command = draw.oneOf(Groups.chosen()).next(draw);
                if (!ELSEWHERE.contains(command.getFirst())) {
                    return command;
                }
            }
        }

        /** Waits until it has ended; how many values of the counter were confirmed. */
        long end() {
            try {
                work.get();
            } catch (ExecutionException e) {
                throw new AssertionError("the load broke off: " + e.getCause(), e.getCause());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return written;
        }

        @Override
        public void close() {
            enough.set(true);
        }
    }

    private static void inStep(RespConnection leader, RespConnection follower) {
        await(
                "the last write has come",
                () ->
                        info(leader, "master_repl_offset")
                                .equals(info(follower, "slave_repl_offset")));
    }

    private static String info(RespConnection to, String field) throws IOException {
        for (String line : to.call("INFO", "replication").text().split("\r\n")) {
            if (line.startsWith(field + ":")) {
                return line.substring(field.length() + 1);
            }
        }
        return "";
    }

    private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what).atMost(PATIENCE).until(condition);
    }

    @Test
    void thereAndBack_underLoad_withoutLosingAWrite() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        Path own = Files.createDirectories(directory.resolve("ferrite"));
        Path theirs = Files.createDirectories(directory.resolve("redis"));
        try (RealRedis redis = RealRedis.start(theirs, "--repl-diskless-sync-delay", "0");
                InProcessServer ferrite =
                        new InProcessServer(
                                2,
                                settings -> {
                                    settings.put(ServerOptions.DIR, own.toString());
                                    settings.put(ReplicationOptions.REPL_DISKLESS_SYNC_DELAY, 0L);
                                },
                                new InProcessServer.NoFiles());
                RespConnection toRedis = new RespConnection(redis.port());
                RespConnection toFerrite = new RespConnection(ferrite.port())) {
            move(redis.port(), toRedis, ferrite.port(), toFerrite, SEED);
            move(ferrite.port(), toFerrite, redis.port(), toRedis, SEED + 1);
            assertThat(info(toRedis, "role")).isEqualTo("master");
        }
    }

    /** Clients that write to one server write to another afterwards, which followed it before. */
    private static void move(
            int fromPort, RespConnection from, int toPort, RespConnection to, long seed)
            throws IOException {
        long confirmed;
        try (Load load = new Load(fromPort, seed)) {
            await("some writes", () -> load.written > 200);
            to.call("REPLICAOF", "127.0.0.1", Integer.toString(fromPort));
            await("the link is up", () -> info(to, "master_link_status").equals("up"));
            long before = load.written;
            await("it follows under load", () -> load.written > before + 200);
            from.call("CLIENT", "PAUSE", "60000", "WRITE");
            inStep(from, to);
            sameData(from, to);
            to.call("REPLICAOF", "NO", "ONE");
            from.call("REPLICAOF", "127.0.0.1", Integer.toString(toPort));
            from.call("CLIENT", "UNPAUSE");
            confirmed = load.end(); // refused: clients go to the new server
        }
        assertThat(to.call("GET", "counter").text()).isEqualTo(Long.toString(confirmed));
        try (Load load = new Load(toPort, seed + 100)) {
            await("writes at the new place", () -> load.written > 200);
            load.enough.set(true);
            confirmed = load.end();
        }
        await("the old one follows", () -> info(from, "master_link_status").equals("up"));
        inStep(to, from);
        assertThat(from.call("GET", "counter").text()).isEqualTo(Long.toString(confirmed));
        sameData(to, from);
        from.call("REPLICAOF", "NO", "ONE");
    }

    private static void sameData(RespConnection one, RespConnection other) throws IOException {
        for (String database : List.of("0", "1", "2")) {
            one.call("SELECT", database);
            other.call("SELECT", database);
            for (List<String> question : Dataset.questions(one, false)) {
                assertThat(Dataset.ask(other, question))
                        .as(Words.readable(question) + " in database " + database)
                        .isEqualTo(Dataset.ask(one, question));
            }
            assertThat(other.call("DBSIZE")).isEqualTo(one.call("DBSIZE"));
        }
        one.call("SELECT", "0");
        other.call("SELECT", "0");
    }
}
