package io.ferrite.store.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class IntsetTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);
    private static final MemoryTag TAG = MemoryTag.SET;

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    @Test
    void randomChanges_matchATreeSet() {
        for (int round = 0; round < 100; round++) {
            Random random = new Random(SEED + round);
            TreeSet<Long> model = new TreeSet<>();
            long set = Intset.create(slab, TAG);
            int width = random.nextInt(64);
            for (int step = 0; step < 300; step++) {
                long value = random.nextLong() >> (random.nextInt(10) == 0 ? width : 58);
                if (random.nextInt(3) == 0) {
                    model.remove(value);
                    set = Intset.remove(slab, TAG, set, value);
                } else {
                    model.add(value);
                    set = Intset.add(slab, TAG, set, value);
                }
                assertThat(Intset.contains(set, value)).isEqualTo(model.contains(value));
            }
            check(set, model, "seed " + (SEED + round));
            Intset.free(slab, TAG, set);
        }
    }

    private static void check(long set, TreeSet<Long> model, String what) {
        assertThat(Intset.count(set)).as(what).isEqualTo(model.size());
        int i = 0;
        for (long value : model) {
            assertThat(Intset.get(set, i)).as(what).isEqualTo(value);
            assertThat(Intset.find(set, value)).as(what).isEqualTo(i++);
        }
        if (!model.isEmpty()) {
            assertThat(Intset.isValid(set, Intset.bytes(set), true)).as(what).isTrue();
            assertThat(Intset.min(set)).isEqualTo(model.first());
            assertThat(Intset.max(set)).isEqualTo(model.last());
            assertThat(model).contains(Intset.random(set, new Random(SEED)));
        }
    }

    @Test
    void damagedHeaders_areRefused() {
        long set = Intset.create(slab, TAG);
        for (long v : new long[] {5, -3, 70_000}) {
            set = Intset.add(slab, TAG, set, v);
        }
        long bytes = Intset.bytes(set);
        assertThat(bytes).isEqualTo(8 + 3 * 4);
        assertThat(Intset.isValid(set, bytes, true)).isTrue();
        assertThat(Intset.isValid(set, bytes - 1, true)).isFalse();
        assertThat(Intset.isValid(set, 7, true)).isFalse();
        Memory.putInt(set + 8, 6);
        assertThat(Intset.isValid(set, bytes, true)).isFalse();
        assertThat(Intset.isValid(set, bytes, false)).isTrue();
        Memory.putInt(set, 3);
        assertThat(Intset.isValid(set, bytes, false)).isFalse();
        Memory.putInt(set, 4);
        Memory.putInt(set + 4, -1);
        assertThat(Intset.isValid(set, bytes, false)).isFalse();
        Memory.putInt(set + 4, 3);
        Intset.free(slab, TAG, set);
    }
}
