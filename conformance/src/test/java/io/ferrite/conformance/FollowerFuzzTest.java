package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random commands run on a server of ours that a real redis-server follows: what the follower was
 * told must have led to the same data. {@code ferrite.fuzz.seconds}, {@code ferrite.fuzz.seed} and
 * {@code ferrite.fuzz.groups} as in {@link DifferentialFuzzTest}.
 */
final class FollowerFuzzTest {
    /** What runs when no seed is asked for: a red run is then everybody's, not one machine's. */
    private static final long USUAL_SEED = 20261121;

    private static final int BATCH = 30;
    private static final String WAIT_MS = "10000";

    @TempDir Path directory;

    private RespConnection leader;
    private RespConnection follower;
    private final List<String> history = new ArrayList<>();

    @Test
    void realFollower_hasTheSameData() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        long seed = Long.getLong("ferrite.fuzz.seed", USUAL_SEED);
        long seconds = Long.getLong("ferrite.fuzz.seconds", 20) / 2;
        System.out.println("ferrite.fuzz.seed=" + seed);
        Draw draw = new Draw(new SplittableRandom(seed));
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        try (InProcessServer ferrite = new InProcessServer(1);
                RealRedis redis =
                        RealRedis.start(
                                directory,
                                "--replicaof",
                                "127.0.0.1",
                                Integer.toString(ferrite.port()));
                RespConnection toFerrite = new RespConnection(ferrite.port());
                RespConnection toRedis = new RespConnection(redis.port())) {
            leader = toFerrite;
            follower = toRedis;
            int batches = 0;
            while (System.nanoTime() < end) {
                runBatch(draw);
                compareData(seed);
                batches++;
            }
            System.out.println(batches * BATCH + " commands followed");
        }
    }

    private void runBatch(Draw draw) throws IOException {
        List<CommandGroup> groups = new ArrayList<>(Groups.chosen());
        groups.add(new NewerStringGroup());
        List<List<String>> batch = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            batch.add(draw.oneOf(groups).next(draw));
        }
        leader.send(batch);
        history.clear();
        for (List<String> command : batch) {
            history.add(Words.readable(command) + "  ->  " + leader.read());
        }
    }

    private void compareData(long seed) throws IOException {
        leader.call("DISCARD");
        leader.call("SET", "marker", Integer.toString(history.hashCode()));
        Reply followers = leader.call("WAIT", "1", WAIT_MS);
        assertThat(followers.toString()).as("followers that have it all").isEqualTo(":\"1\"");
        leader.call("DEL", "marker");
        leader.call("WAIT", "1", WAIT_MS);
        for (String database : List.of("0", "1", "2")) {
            leader.call("SELECT", database);
            follower.call("SELECT", database);
            for (List<String> question : Dataset.questions(leader, false)) {
                Reply expected = Dataset.ask(leader, question);
                Reply actual = Dataset.ask(follower, question);
                assertThat(actual)
                        .as(
                                "seed %d: the follower's answer to %s in database %s after%n%s",
                                seed,
                                Words.readable(question),
                                database,
                                String.join("\n", history))
                        .isEqualTo(expected);
            }
        }
        leader.call("SELECT", "0");
    }
}
