package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.node.config.Choices;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real redis-server and a server of ours, one following the other: clients write values of every
 * type while the link breaks again and again, too long for the backlog or not. In the end both have
 * the same data. {@code ferrite.fuzz.seconds} and {@code ferrite.fuzz.seed} as in {@link
 * DifferentialFuzzTest}.
 */
final class InteropUnderLoadTest {

    private static final long USUAL_SEED = 20261127;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WRITERS = 3;
    private static final int BATCH = 20;

    @TempDir Path directory;

    private final AtomicBoolean enough = new AtomicBoolean();

    @ParameterizedTest(name = "ferrite leads: {0}")
    @ValueSource(booleans = {true, false})
    void whoFollows_hasTheSameData_howeverOftenTheLinkBreaks(boolean ferriteLeads)
            throws Exception {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        long seed = Long.getLong("ferrite.fuzz.seed", USUAL_SEED);
        long seconds = Long.getLong("ferrite.fuzz.seconds", 20) / 4;
        System.out.println("ferrite.fuzz.seed=" + seed);
        Path own = Files.createDirectories(directory.resolve("ferrite"));
        Path theirs = Files.createDirectories(directory.resolve("redis"));
        try (RealRedis redis = RealRedis.start(theirs, "--repl-diskless-sync-delay", "0");
                InProcessServer ferrite =
                        new InProcessServer(
                                2,
                                settings -> {
                                    settings.put(ServerOptions.DIR, own.toString());
                                    settings.put(ReplicationOptions.REPL_DISKLESS_SYNC_DELAY, 0L);
                                    settings.put(
                                            ServerOptions.ENABLE_DEBUG_COMMAND,
                                            Choices.ProtectedAction.YES);
                                },
                                new InProcessServer.NoFiles());
                RespConnection toRedis = new RespConnection(redis.port());
                RespConnection toFerrite = new RespConnection(ferrite.port())) {
            RespConnection leader = ferriteLeads ? toFerrite : toRedis;
            RespConnection follower = ferriteLeads ? toRedis : toFerrite;
            int port = ferriteLeads ? ferrite.port() : redis.port();
            leader.call("CONFIG", "SET", "repl-backlog-size", "16kb");
            List<FutureTask<Long>> writers = startWriters(port, seed);
            follower.call("REPLICAOF", "127.0.0.1", Integer.toString(port));
            breakLinks(leader, follower, new SplittableRandom(seed), seconds);
            enough.set(true);
            long written = 0;
            for (FutureTask<Long> writer : writers) {
                written += end(writer);
            }
            compare(leader, follower);
            System.out.println(
                    written
                            + " commands, full copies: "
                            + info(leader, "stats", "sync_full")
                            + ", partial: "
                            + info(leader, "stats", "sync_partial_ok"));
        }
    }

    private List<FutureTask<Long>> startWriters(int port, long seed) {
        List<FutureTask<Long>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Draw draw = new Draw(new SplittableRandom(seed + i));
            FutureTask<Long> writer = new FutureTask<>(() -> write(port, draw));
            Thread.ofPlatform().start(writer);
            writers.add(writer);
        }
        return writers;
    }

    private long write(int port, Draw draw) throws IOException {
        long written = 0;
        try (RespConnection to = new RespConnection(port)) {
            while (!enough.get()) {
                List<List<String>> batch = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    batch.add(draw.oneOf(Groups.chosen()).next(draw));
                }
                to.send(batch);
                for (int i = 0; i < BATCH; i++) {
                    to.read();
                }
                to.call("DISCARD");
                written += BATCH;
            }
        }
        return written;
    }

    private static long end(FutureTask<Long> writer) throws InterruptedException {
        try {
            return writer.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the load broke off: " + e.getCause(), e.getCause());
        }
    }

    /** From either end, and for as long as some writes take. */
    private static void breakLinks(
            RespConnection leader, RespConnection follower, SplittableRandom random, long seconds)
            throws IOException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        do {
            await(
                    "the link is up",
                    () -> info(follower, "replication", "master_link_status").equals("up"));
            long before = offset(leader);
            int bytes = random.nextInt(100_000);
            await("some writes", () -> offset(leader) > before + bytes);
            if (random.nextBoolean()) {
                leader.call("CLIENT", "KILL", "TYPE", "replica");
            } else {
                follower.call("CLIENT", "KILL", "TYPE", "master");
            }
        } while (System.nanoTime() < end);
    }

    private static void compare(RespConnection leader, RespConnection follower) throws IOException {
        leader.call("CLIENT", "PAUSE", "600000", "WRITE"); // nothing expires meanwhile
        await(
                "the last write has come",
                () ->
                        info(follower, "replication", "master_link_status").equals("up")
                                && info(follower, "replication", "slave_repl_offset")
                                        .equals(info(leader, "replication", "master_repl_offset")));
        for (String database : List.of("0", "1", "2")) {
            leader.call("SELECT", database);
            follower.call("SELECT", database);
            for (List<String> question : Dataset.questions(leader, false)) {
                assertThat(Dataset.ask(follower, question))
                        .as(Words.readable(question) + " in database " + database)
                        .isEqualTo(Dataset.ask(leader, question));
            }
            assertThat(follower.call("DBSIZE")).isEqualTo(leader.call("DBSIZE"));
        }
        assertThat(follower.call("DEBUG", "DIGEST")).isEqualTo(leader.call("DEBUG", "DIGEST"));
    }

    private static long offset(RespConnection of) throws IOException {
        return Long.parseLong(info(of, "replication", "master_repl_offset"));
    }

    private static String info(RespConnection to, String section, String field) throws IOException {
        for (String line : to.call("INFO", section).text().split("\r\n")) {
            if (line.startsWith(field + ":")) {
                return line.substring(field.length() + 1);
            }
        }
        return "";
    }

    private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what).atMost(PATIENCE).until(condition);
    }
}
