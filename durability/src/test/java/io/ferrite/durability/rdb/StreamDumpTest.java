package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.memory.Slab;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamValue;
import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams to DUMP payloads and back, those of a real server among them, and damaged ones. */
final class StreamDumpTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20261121L);

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    /** The root of the stream in a payload, 0 where it is refused. */
    private long restored(byte[] payload) {
        long a = RdbFixture.off(slab, payload);
        RdbValue value = new RdbValue();
        try (RdbInput in = new RdbInput()) {
            if (!DumpPayload.isSound(a, payload.length, true)) {
                return 0;
            }
            DumpPayload.read(in, a, payload.length, slab, RdbLimits.DEFAULT, value);
            return value.kind() == RdbValue.Kind.STREAM ? value.release() : 0;
        } catch (IOException e) {
            return 0;
        } finally {
            value.free();
            RdbFixture.give(slab, a, payload.length);
        }
    }

    private static byte[] dump(long root) throws IOException {
        try (GrowingSink sink = new GrowingSink();
                RdbOutput out = new RdbOutput(sink, true, Integer.MAX_VALUE)) {
            DumpPayload.ofStream(out, root);
            return RdbFixture.bytes(sink);
        }
    }

    /** Fills the key {@code k} of a real server by random commands; answers its dump. */
    private static byte[] drawn(RealRedis redis, Random random) throws IOException {
        redis.call("DEL", "k");
        int entries = random.nextInt(random.nextInt(5) == 0 ? 400 : 30);
        redis.call("XGROUP", "CREATE", "k", "first", "0", "MKSTREAM");
        for (int i = 1; i <= entries; i++) {
            List<Object> command = new ArrayList<>(List.of("XADD", "k", i + "-" + i % 3));
            for (int pairs = 1 + random.nextInt(3); pairs > 0; pairs--) {
                command.add(random.nextInt(5) == 0 ? "other" + random.nextInt(9) : "f" + pairs);
                command.add("v".repeat(random.nextInt(30)) + random.nextInt(1000));
            }
            redis.call(command.toArray());
        }
        for (int i = random.nextInt(12); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 0 -> redis.call("XDEL", "k", (1 + random.nextInt(400)) + "-0");
                case 1 ->
                        redis.call(
                                "XREADGROUP",
                                "GROUP",
                                "first",
                                "c" + random.nextInt(4),
                                "COUNT",
                                1 + random.nextInt(40),
                                "STREAMS",
                                "k",
                                ">");
                case 2 -> redis.call("XACK", "k", "first", "3-0", "6-0", "9-0");
                case 3 -> redis.call("XTRIM", "k", "MAXLEN", random.nextInt(60) + 5);
                case 4 -> {
                    redis.call("XGROUP", "DESTROY", "k", "g" + i);
                    redis.call("XGROUP", "CREATE", "k", "g" + i, random.nextInt(300));
                }
                default -> redis.call("XGROUP", "CREATECONSUMER", "k", "first", "idle");
            }
        }
        return (byte[]) redis.call("DUMP", "k");
    }

    @Test
    void theDumpsOfRedis_areReadAndWrittenByteByByte(@TempDir Path directory) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        try (RealRedis redis = RealRedis.start(directory)) {
            for (int round = 0; round < 150; round++) {
                byte[] theirs = drawn(redis, new Random(SEED + round));
                long root = restored(theirs);
                String what = "seed " + (SEED + round);
                assertThat(root).as(what).isNotZero();
                byte[] ours = dump(root);
                long copy = StreamValue.copyOf(slab, root);
                assertThat(dump(copy)).as(what).isEqualTo(ours);
                StreamValue.free(slab, copy);
                StreamValue.free(slab, root);
                assertThat(ours).as(what).isEqualTo(theirs);
            }
        }
    }

    @Test
    void damagedDumps_areRefused_orGiveAWorkingStream(@TempDir Path directory) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        int accepted = 0;
        try (RealRedis redis = RealRedis.start(directory)) {
            for (int round = 0; round < 60; round++) {
                byte[] theirs = drawn(redis, new Random(SEED + round));
                for (int mutation = 0; mutation < 300; mutation++) {
                    Random random = new Random(SEED + round * 1000L + mutation);
                    accepted += tried(mutated(theirs, random)) ? 1 : 0;
                    assertThat(slab.usedBytes()).as("round %d, %d", round, mutation).isZero();
                }
            }
        }
        assertThat(accepted).isPositive();
    }

    private static byte[] mutated(byte[] payload, Random random) {
        byte[] copy = payload.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            int at = random.nextInt(Math.min(copy.length - 10, 1 + random.nextInt(copy.length)));
            copy[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : copy[at] ^ 1);
        }
        if (random.nextInt(8) == 0) {
            copy[0] = (byte) (random.nextBoolean() ? 15 : 21);
        }
        return RdbFixture.resealed(copy);
    }

    /** Whether a payload is taken; then all that can be done with a value is done. */
    private boolean tried(byte[] payload) throws IOException {
        long root = restored(payload);
        if (root == 0) {
            return false;
        }
        RdbFixture.entries(root);
        StreamValue.free(slab, StreamValue.copyOf(slab, root));
        long again = restored(dump(root));
        assertThat(again).isNotZero();
        StreamValue.free(slab, again);
        for (long group : StreamGroup.sorted(root)) {
            StreamValue.lag(root, group);
            for (long consumer : StreamGroup.consumers(group)) {
                StreamConsumer.remove(slab, group, consumer);
            }
        }
        StreamValue.free(slab, root);
        return true;
    }

    @Test
    void aConsumerThatWasSeenButNotActive_isDumpedAsRedis70ReadsIt() throws IOException {
        long root = StreamValue.create(slab);
        long name = RdbFixture.off(slab, RdbFixture.ascii("g"));
        long group = StreamGroup.create(slab, root, name, 1, 0, 0, 0);
        StreamConsumer.create(slab, group, name, 1, 100, StreamConsumer.NEVER);
        byte[] dumped = dump(root);
        assertThat(dumped[0]).isEqualTo((byte) RdbType.STREAM_LISTPACKS_2);
        assertThat(dumped[dumped.length - 10]).isEqualTo((byte) RdbType.WRITTEN);
        long again = restored(dumped);
        long consumer = StreamConsumer.find(StreamGroup.find(again, name, 1), name, 1);
        assertThat(StreamConsumer.seenMs(consumer)).isEqualTo(100);
        assertThat(StreamConsumer.activeMs(consumer)).isEqualTo(100);
        StreamValue.free(slab, root);
        StreamValue.free(slab, again);
        RdbFixture.give(slab, name, 1);
    }
}
