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

    @Test
    void readers_areAnsweredOnce_inOrder() {
        assertThat(table.remember(key("k"), 7)).isTrue();
        assertThat(table.remember(key("k"), 3)).isFalse();
        assertThat(table.remember(key("k"), 7)).isFalse();

        assertThat(table.items()).isEqualTo(2);
        assertThat(table.take(key("k"))).containsExactly(3, 7);
        assertThat(table.take(key("k"))).isNull();
        assertThat(table.items()).isZero();
    }

    @Test
    void theEmptyKey_isAKey() {
        table.remember(key(""), 1);

        assertThat(table.any(5).length()).isZero();
        assertThat(table.take(key(""))).containsExactly(1);
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
                long client = 1 + random.nextInt(20);
                boolean added = !model.containsKey(name);
                model.computeIfAbsent(name, unused -> new TreeSet<>()).add(client);
                assertThat(table.remember(key(name), client)).as("seed %d", seed).isEqualTo(added);
            } else {
                TreeSet<Long> readers = model.remove(name);
                long[] expected =
                        readers == null
                                ? null
                                : readers.stream().mapToLong(Long::longValue).toArray();
                assertThat(table.take(key(name))).as("seed %d", seed).isEqualTo(expected);
            }
            assertThat(table.keys()).isEqualTo(model.size());
        }
        assertThat(table.items()).isEqualTo(model.values().stream().mapToLong(TreeSet::size).sum());
        table.clear();
        assertThat(slab.usedBytes(MemoryTag.TRACKING)).isZero();
    }
}
