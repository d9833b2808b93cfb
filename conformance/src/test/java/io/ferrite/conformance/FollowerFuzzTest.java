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
 * Random commands run on a server of ours that a real redis-server and another one of ours follow,
 * while others wait for elements: what the followers were told must have led to the same data.
 * {@code ferrite.fuzz.seconds}, {@code ferrite.fuzz.seed} and {@code ferrite.fuzz.groups} as in
 * {@link DifferentialFuzzTest}.
 */
final class FollowerFuzzTest {
    /** What runs when no seed is asked for: a red run is then everybody's, not one machine's. */
    private static final long USUAL_SEED = 20261121;

    private static final int BATCH = 100;
    private static final String WAIT_MS = "60000";
    private static final String WAIT_SECONDS = "0.03";

    @TempDir Path directory;

    private RespConnection leader;
    private List<RespConnection> waiters = List.of();
    private long served;
    private final List<String> history = new ArrayList<>();

    @Test
    void followersOfBothKinds_haveTheSameData() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        long seed = Long.getLong("ferrite.fuzz.seed", USUAL_SEED);
        long seconds = Long.getLong("ferrite.fuzz.seconds", 20) / 2;
        System.out.println("ferrite.fuzz.seed=" + seed);
        Draw draw = new Draw(new SplittableRandom(seed));
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        try (InProcessServer ferrite = new InProcessServer(2);
                InProcessServer copy = new InProcessServer(1);
                RealRedis redis =
                        RealRedis.start(
                                directory,
                                "--replicaof",
                                "127.0.0.1",
                                Integer.toString(ferrite.port()));
                RespConnection toFerrite = new RespConnection(ferrite.port());
                RespConnection toCopy = new RespConnection(copy.port());
                RespConnection toRedis = new RespConnection(redis.port());
                RespConnection one = new RespConnection(ferrite.port());
                RespConnection two = new RespConnection(ferrite.port());
                RespConnection three = new RespConnection(ferrite.port())) {
            leader = toFerrite;
            waiters = List.of(one, two, three);
            toCopy.call("REPLICAOF", "127.0.0.1", Integer.toString(ferrite.port()));
            int batches = 0;
            while (System.nanoTime() < end) {
                runBatch(draw);
                compareData(seed, List.of(toRedis, toCopy));
                batches++;
            }
            System.out.println(
                    batches * BATCH + " commands followed, and " + served + " that had waited");
        }
    }

    private void runBatch(Draw draw) throws IOException {
        List<CommandGroup> groups = new ArrayList<>(Groups.chosen());
        groups.add(new NewerStringGroup());
        groups.add(new NewerCollectionGroup());
        history.clear();
        for (RespConnection waiter : waiters) {
            List<String> command =
                    draw.oneIn(4)
                            ? WaitingCommands.newer(draw, WAIT_SECONDS)
                            : WaitingCommands.next(draw, WAIT_SECONDS);
            waiter.send(List.of(command));
            history.add("(one waits) " + Words.readable(command));
        }
        List<List<String>> batch = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            batch.add(draw.oneOf(groups).next(draw));
        }
        leader.send(batch);
        for (List<String> command : batch) {
            history.add(Words.readable(command) + "  ->  " + leader.read());
        }
        leader.call("DISCARD");
        for (RespConnection waiter : waiters) {
            Reply reply = waiter.read();
            served += reply.isAggregate() ? 1 : 0;
            history.add("(one had waited)  ->  " + reply);
        }
    }

    private void compareData(long seed, List<RespConnection> followers) throws IOException {
        leader.call("SET", "marker", Integer.toString(history.hashCode()));
        Reply behind = leader.call("WAIT", "2", WAIT_MS);
        assertThat(behind.toString()).as("followers that have it all").isEqualTo(":\"2\"");
        leader.call("DEL", "marker");
        leader.call("WAIT", "2", WAIT_MS);
        for (String database : List.of("0", "1", "2")) {
            leader.call("SELECT", database);
            for (RespConnection follower : followers) {
                follower.call("SELECT", database);
            }
            List<List<String>> questions = Dataset.questions(leader, false);
            List<Reply> expected = Dataset.askAll(leader, questions);
            for (RespConnection follower : followers) {
                List<Reply> actual = Dataset.askAll(follower, questions);
                for (int i = 0; i < questions.size(); i++) {
                    assertThat(actual.get(i))
                            .as(
                                    "seed %d: follower %d's answer to %s in database %s after%n%s",
                                    seed,
                                    followers.indexOf(follower),
                                    Words.readable(questions.get(i)),
                                    database,
                                    String.join("\n", history))
                            .isEqualTo(expected.get(i));
                }
            }
        }
        leader.call("SELECT", "0");
    }
}
