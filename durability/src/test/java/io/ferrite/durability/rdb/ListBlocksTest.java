package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.memory.Slab;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;
import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where a list's blocks begin and end, seen in DUMP: the same changes made here and there, with
 * blocks bounded by count, where Redis 7.0 and 7.2 agree.
 */
final class ListBlocksTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);

    private final Slab slab = new Slab();
    private final GrowingSink sink = new GrowingSink();
    private ListSettings settings;
    private long root;

    @AfterEach
    void nothingLeaks() {
        sink.close();
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private byte[] dump() throws IOException {
        sink.clear();
        try (RdbOutput out = new RdbOutput(sink, true, Integer.MAX_VALUE)) {
            DumpPayload.ofList(out, root);
        }
        return RdbFixture.bytes(sink);
    }

    @Test
    void blocks_areThoseOfRedis_afterAnyChanges(@TempDir Path directory) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        int compared = 0;
        try (RealRedis redis = RealRedis.start(directory)) {
            for (int round = 0; round < 30; round++) {
                Random random = new Random(SEED + round);
                settings =
                        new ListSettings(
                                1 + random.nextInt(8),
                                random.nextInt(4),
                                ListSettings.MAX_PLAIN_THRESHOLD);
                redis.call("CONFIG", "SET", "list-max-listpack-size", settings.fill());
                redis.call("CONFIG", "SET", "list-compress-depth", settings.compressDepth());
                redis.call("DEL", "k");
                root = ListValue.create(slab);
                for (int step = 0; step < 250; step++) {
                    change(redis, random);
                    if (ListValue.length(root) > 0) {
                        assertThat(dump())
                                .as("seed %d step %d %s", SEED + round, step, settings)
                                .isEqualTo((byte[]) redis.call("DUMP", "k"));
                        compared++;
                    }
                }
                ListValue.free(slab, root);
            }
        }
        assertThat(compared).isGreaterThan(1000);
    }

    private static String word(Random random) {
        return random.nextInt(3) == 0
                ? Integer.toString(random.nextInt(100))
                : ("w" + random.nextInt(20)).repeat(1 + random.nextInt(20));
    }

    private void change(RealRedis redis, Random random) throws IOException {
        String word = word(random);
        long length = ListValue.length(root);
        long index = length == 0 ? 0 : random.nextInt((int) length);
        long a = RdbFixture.off(slab, RdbFixture.ascii(word));
        int what = length == 0 ? random.nextInt(4) : random.nextInt(14);
        switch (what) {
            case 0, 1, 2, 3 -> {
                redis.call(what < 2 ? "LPUSH" : "RPUSH", "k", word);
                grow(word);
                root = ListValue.push(slab, root, what < 2, a, word.length(), settings);
            }
            case 4, 5, 6, 7 -> insert(redis, a, word, random.nextBoolean(), index);
            case 8 -> {
                redis.call("LSET", "k", index, word);
                grow(word);
                root = ListValue.set(slab, root, index, a, word.length(), settings);
            }
            case 9, 10 -> {
                redis.call(what == 9 ? "LPOP" : "RPOP", "k");
                root = ListValue.pop(slab, root, what == 9);
            }
            case 11, 12 -> {
                long count = random.nextInt(3) - 1;
                redis.call("LREM", "k", count, word);
                root = ListValue.remove(slab, root, count, a, word.length());
            }
            default -> {
                long keep = Math.max(1, length - 4);
                redis.call("LTRIM", "k", 2, 2 + keep - 1);
                root = ListValue.deleteRange(slab, root, 2 + keep, length);
                root = ListValue.deleteRange(slab, root, 0, 2);
            }
        }
        RdbFixture.give(slab, a, word.length());
        if (ListValue.length(root) == 0) {
            ListValue.free(slab, root);
            root = ListValue.create(slab);
        } else {
            root = ListValue.afterRemoving(slab, root, settings);
        }
    }

    private void insert(RealRedis redis, long a, String word, boolean after, long index)
            throws IOException {
        byte[] pivot = (byte[]) redis.call("LINDEX", "k", index);
        long p = RdbFixture.off(slab, pivot);
        redis.call("LINSERT", "k", after ? "AFTER" : "BEFORE", pivot, word);
        grow(word);
        long at = ListValue.indexOf(slab, root, p, pivot.length);
        root = ListValue.insert(slab, root, at, after, a, word.length(), settings);
        RdbFixture.give(slab, p, pivot.length);
    }

    private void grow(String word) {
        root = ListValue.beforeAdding(slab, root, word.length(), 1, settings);
    }
}
