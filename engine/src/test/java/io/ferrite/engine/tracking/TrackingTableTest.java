package io.ferrite.engine.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class TrackingTableTest {

    private final Slab slab = new Slab();
    private final TrackingTable table = new TrackingTable(slab);
    private final long scratch = slab.take(256, MemoryTag.OTHER);

    private Slice key(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Memory.copyIn(bytes, 0, scratch, bytes.length);
        return new Slice(scratch, bytes.length);
    }

    /** Clients below 64 have the slot of their number. */
    private boolean remember(String name, long client) {
        return table.remember(key(name), client < TrackingTable.SLOTS ? (int) client : -1, client);
    }

    private long[] take(String name) {
        TrackingTable.Readers readers = table.take(key(name));
        if (readers == null) {
            return null;
        }
        assertThat(readers.otherKey()).isNull();
        LongStream bySlot =
                LongStream.range(0, TrackingTable.SLOTS)
                        .filter(slot -> (readers.slots() & 1L << slot) != 0);
        return LongStream.concat(bySlot, LongStream.of(readers.clients())).toArray();
    }

    @Test
    void clientsThatLeft_areForgotten() {
        remember("a", 5);
        remember("a", 6);
        remember("b", 5);

        table.forgetSlots(1L << 5);
        assertThat(table.hasForgotten()).isTrue();
        remember("c", 5);

        assertThat(table.hasForgotten()).isFalse();
        assertThat(take("a")).containsExactly(6);
        assertThat(take("b")).isEmpty();
        assertThat(take("c")).containsExactly(5);
        assertThat(table.items()).isZero();
    }

    @Test
    void readers_areAnsweredOnce_inOrder() {
        assertThat(remember("k", 107)).isTrue();
        assertThat(remember("k", 103)).isFalse();
        assertThat(remember("k", 63)).isFalse();
        assertThat(remember("k", 107)).isFalse();
        assertThat(remember("k", 63)).isFalse();

        assertThat(table.items()).isEqualTo(3);
        assertThat(take("k")).containsExactly(63, 103, 107);
        assertThat(take("k")).isNull();
        assertThat(table.items()).isZero();
    }

    @Test
    void theEmptyKey_isAKey() {
        remember("", 1);

        assertThat(table.any(5).length()).isZero();
        assertThat(take("")).containsExactly(1);
        assertThat(table.any(5)).isNull();
    }

    @Test
    void whatever_isRememberedAndTaken_agreesWithAMap() {
        long seed = Long.getLong("ferrite.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<String, TreeSet<Long>> model = new HashMap<>();
        for (int step = 0; step < 60_000; step++) {
            // Grows, then shrinks, so that the table is resized both ways.
            String name = "key:" + random.nextInt(step < 30_000 ? 3000 : 300);
            if (random.nextInt(10) < (step < 30_000 ? 8 : 3)) {
                long client = 50 + random.nextInt(30);
                boolean added = !model.containsKey(name);
                model.computeIfAbsent(name, unused -> new TreeSet<>()).add(client);
                assertThat(remember(name, client)).as("seed %d", seed).isEqualTo(added);
            } else {
                TreeSet<Long> readers = model.remove(name);
                long[] expected =
                        readers == null
                                ? null
                                : readers.stream().mapToLong(Long::longValue).toArray();
                assertThat(take(name)).as("seed %d", seed).isEqualTo(expected);
            }
            assertThat(table.keys()).isEqualTo(model.size());
        }
        assertThat(table.items()).isEqualTo(model.values().stream().mapToLong(TreeSet::size).sum());
        table.clear();
        assertThat(slab.usedBytes(MemoryTag.TRACKING)).isZero();
    }
}
