package io.ferrite.engine.generic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import io.ferrite.memory.MemoryTag;
import io.ferrite.store.Keyspace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A huge value leaves at once, whatever makes it leave; its memory follows in bounded steps. */
final class HugeDeletionTest {

    private static final int ELEMENTS = 4_000;

    /** What one step may free: as many elements, and here and there what they stood in. */
    private static final int STEP = 512;

    /** The same of bytes that the operating system takes back, as it takes them slowly. */
    private static final long MOST_DISCARDED = 1 << 20;

    private final CommandFixture redis = CommandFixture.create();
    private final Keyspace keyspace = redis.engine().keyspace();

    @AfterEach
    void close() {
        redis.close();
    }

    @ParameterizedTest
    @CsvSource({
        "hash, DEL k",
        "hash, UNLINK k",
        "hash, SET k v",
        "hash, RENAME small k",
        "hash, COPY small k REPLACE",
        "hash, SUNIONSTORE k members",
        "hash, SORT members STORE k ALPHA",
        "hash, FLUSHDB SYNC",
        "hash, FLUSHALL",
        "hash, EXPIRED",
        "timed hash, DEL k",
        "timed hash, EXPIRED",
        "set, DEL k",
        "set, SET k v",
        "set, RENAME small k",
        "set, FLUSHDB",
        "set, EXPIRED",
        "zset, DEL k",
        "zset, SET k v",
        "zset, RENAME small k",
        "zset, FLUSHDB",
        "zset, EXPIRED",
        "list, DEL k",
        "list, SET k v",
        "list, RENAME small k",
        "list, FLUSHDB",
        "list, EXPIRED",
        "stream, DEL k",
        "stream, SET k v",
        "stream, RENAME small k",
        "stream, FLUSHDB",
        "stream, EXPIRED"
    })
    void whatIsHugeGoesInSteps(String type, String way) {
        redis.run("SET small x");
        redis.run("SADD members x");
        long least = blocks();
        fill(type);
        long full = blocks() - least;
        assertThat(full).as("blocks of the value").isGreaterThan(3 * STEP);

        if (way.equals("EXPIRED")) {
            redis.run("PEXPIRE k 10");
            redis.advance(Duration.ofMillis(11));
            redis.run("EXISTS k").repliesInteger(0);
        } else {
            redis.run(way);
        }

        long before = blocks();
        assertThat(before - least).as("freed at once").isGreaterThan(full - STEP);
        while (keyspace.pendingReleases() > 0) {
            for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
                long discarded = keyspace.slab(stripe).discardedBytes();
                keyspace.releaseSome(stripe, STEP);
                assertThat(keyspace.slab(stripe).discardedBytes() - discarded)
                        .as("bytes given back to the system by a step")
                        .isLessThan(MOST_DISCARDED);
            }
            long now = blocks();
            assertThat(before - now).as("freed by a step").isBetween(0L, 2L * STEP);
            before = now;
        }
        assertThat(before).as("blocks in the end").isLessThanOrEqualTo(least + 8);
    }

    private void fill(String type) {
        switch (type) {
            case "list" -> {
                String element = "e".repeat(4000); // two to a node
                add("RPUSH k", i -> List.of(element));
            }
            case "set" -> add("SADD k", i -> List.of("member" + i));
            case "zset" -> add("ZADD k", i -> List.of("" + i, "member" + i));
            case "stream" -> {
                for (int i = 1; i <= ELEMENTS; i++) {
                    redis.run("XADD k " + i + " field value");
                }
                redis.run("XGROUP CREATE k g 0");
                redis.run("XREADGROUP GROUP g c STREAMS k >");
                for (int i = 0; i < ELEMENTS / 2; i++) {
                    redis.run("XGROUP CREATECONSUMER k g consumer" + i);
                }
            }
            default -> {
                add("HSET k", i -> List.of("field" + i, "value" + i));
                if (type.startsWith("timed")) {
                    for (int i = 0; i < ELEMENTS; i += 2) {
                        redis.run("HEXPIRE k 1000 FIELDS 1 field" + i);
                    }
                }
            }
        }
    }

    private void add(String command, IntFunction<List<String>> element) {
        for (int i = 0; i < ELEMENTS; i += 100) {
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            for (int j = i; j < i + 100; j++) {
                words.addAll(element.apply(j));
            }
            redis.call(words.toArray(String[]::new));
        }
    }

    private long blocks() {
        long sum = 0;
        for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
            for (MemoryTag tag : MemoryTag.values()) {
                sum += keyspace.slab(stripe).blocks(tag);
            }
        }
        return sum;
    }
}
