package io.ferrite.store.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index against a {@link HashMap}, with good hashes and with bad ones. */
final class HashIndexFuzzTest {

    private static final long GOOD = -1L;
    private static final long FEW_TAGS = 0xFFFF_FFFF_0F00_FFFFL;
    private static final long DEEP = 0xFFF8_0000_FFFF_FFFFL;

    private Slab slab;
    private NumberLayout layout;
    private long root;
    private long probe;
    private final Map<Long, Long> model = new HashMap<>();

    private void open(long kept) {
        slab = new Slab();
        layout = new NumberLayout(kept);
        root = HashIndex.create(slab, layout);
        probe = slab.take(8, MemoryTag.OTHER);
    }

    private void close() {
        Set<Long> told = new HashSet<>();
        boolean done = false;
        while (!done) {
            done = HashIndex.release(slab, root, 100, layout, element -> give(told, element));
        }
        assertThat(told).isEqualTo(new HashSet<>(model.values()));
        slab.give(probe, 8, MemoryTag.OTHER);
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private void give(Set<Long> told, long element) {
        assertThat(told.add(element)).isTrue();
        slab.give(element, 8, MemoryTag.OTHER);
    }

    private long find(long key) {
        Memory.putLong(probe, key);
        return HashIndex.find(root, layout.hashOf(key), probe, 8, layout);
    }

    private long element(long key) {
        long element = slab.take(8, MemoryTag.OTHER);
        Memory.putLong(element, key);
        return element;
    }

    private void add(long key) {
        if (find(key) != HashIndex.NONE) {
            return;
        }
        long element = element(key);
        HashIndex.insert(slab, root, layout.hashOf(key), element, layout);
        model.put(key, element);
    }

    private void remove(long key) {
        Long element = model.remove(key);
        assertThat(find(key)).isEqualTo(element == null ? HashIndex.NONE : element);
        if (element != null) {
            assertThat(HashIndex.remove(slab, root, layout.hashOf(key), element, layout)).isTrue();
            assertThat(HashIndex.remove(slab, root, layout.hashOf(key), element, layout)).isFalse();
            slab.give(element, 8, MemoryTag.OTHER);
        }
    }

    private void replace(long key) {
        Long old = model.get(key);
        if (old != null) {
            long element = element(key);
            assertThat(HashIndex.replace(root, layout.hashOf(key), old, element)).isTrue();
            slab.give(old, 8, MemoryTag.OTHER);
            model.put(key, element);
        }
    }

    private void compare() {
        assertThat(HashIndex.count(root)).isEqualTo(model.size());
        Set<Long> walked = new HashSet<>();
        for (long at = HashIndex.next(root, HashIndex.START);
                at != HashIndex.END;
                at = HashIndex.next(root, at)) {
            assertThat(walked.add(HashIndex.at(root, at))).isTrue();
        }
        assertThat(walked).isEqualTo(new HashSet<>(model.values()));
        model.forEach((key, element) -> assertThat(find(key)).isEqualTo(element));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void agreesWithAHashMap_howeverGoodTheHash(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        open(seed % 3 == 0 ? GOOD : seed % 3 == 1 ? FEW_TAGS : DEEP);
        int waves = 6;
        for (int wave = 0; wave < waves; wave++) {
            int range = 1 << random.nextInt(2, 14);
            int bias = random.nextInt(1, 10);
            for (int step = 0; step < 12_000; step++) {
                long key = random.nextInt(range);
                int drawn = random.nextInt(11);
                if (drawn == 10) {
                    replace(key);
                } else if (drawn < bias) {
                    add(key);
                } else {
                    remove(key);
                }
            }
            compare();
        }
        for (long key : new ArrayList<>(model.keySet())) {
            if (random.nextInt(20) != 0) {
                remove(key);
            }
        }
        compare();
        close();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void aScanTellsOfWhatStays_whateverComesAndGoes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        open(seed % 2 == 0 ? GOOD : FEW_TAGS);
        int size = 1 << random.nextInt(1, seed % 2 == 0 ? 15 : 12);
        for (int i = 0; i < size; i++) {
            add(random.nextLong());
        }
        for (int round = 0; round < 4; round++) {
            Set<Long> staying = new HashSet<>(model.keySet());
            Set<Long> told = new HashSet<>();
            boolean growing = random.nextBoolean();
            int change = random.nextInt(1, 60);
            long cursor = 0;
            long calls = 0;
            do {
                cursor = HashIndex.scan(root, cursor, at -> told.add(Memory.getLong(at)));
                assertThat(cursor).isNotNegative();
                if (random.nextInt(200) == 0) {
                    growing = !growing;
                }
                for (int i = random.nextInt(change); i > 0; i--) {
                    if (growing && model.size() < (seed % 2 == 0 ? 40_000 : 4_000)) {
                        add(random.nextLong());
                    } else {
                        removeSome(random, staying);
                    }
                }
                calls++;
            } while (cursor != 0 && calls < 100_000);
            assertThat(cursor).isZero();
            staying.removeAll(told);
            assertThat(staying).as("never told of, seed %d", seed).isEmpty();
        }
        compare();
        close();
    }

    private void removeSome(SplittableRandom random, Set<Long> staying) {
        long at = HashIndex.random(root, random);
        if (at != HashIndex.NONE) {
            long key = Memory.getLong(at);
            staying.remove(key);
            remove(key);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 100, 5_000})
    void everyElementIsDrawnAsOftenAsTheOther(int size) {
        open(GOOD);
        for (long i = 0; i < size; i++) {
            add(i);
        }
        SplittableRandom random = new SplittableRandom(size);
        Map<Long, Integer> drawn = new HashMap<>();
        int each = size > 1000 ? 40 : 400;
        for (int i = 0; i < each * size; i++) {
            drawn.merge(Memory.getLong(HashIndex.random(root, random)), 1, Integer::sum);
        }
        assertThat(drawn).hasSize(size);
        double chi = 0;
        for (int times : drawn.values()) {
            chi += (double) (times - each) * (times - each) / each;
        }
        // Chi square of size - 1 degrees: five standard deviations.
        assertThat(chi).isLessThan(size + 5 * Math.sqrt(2.0 * size) + 1);
        close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 10_000, 100_000})
    void anElementCostsAtMostTwelveBytes_whileGrowing(int size) {
        open(GOOD);
        List<Double> costs = new ArrayList<>();
        for (long i = 0; i < size; i++) {
            add(i);
            if (i > 100 && i % 97 == 0) {
                costs.add((double) HashIndex.bytes(root) / model.size());
            }
        }
        assertThat(HashIndex.bytes(root) + 8L * (size + 1)).isEqualTo(slab.usedBytes());
        assertThat(costs.stream().mapToDouble(x -> x).max().orElseThrow()).isLessThan(12.2);
        assertThat(costs.stream().mapToDouble(x -> x).average().orElseThrow()).isLessThan(10.7);
        close();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1, 65_535, 0x3FFF_FFFFL << 16})
    void anyCursorIsLegal(long cursor) {
        open(GOOD);
        for (long i = 0; i < 3_000; i++) {
            add(i);
        }
        long at = cursor;
        int calls = 0;
        do {
            at = HashIndex.scan(root, at, element -> {});
            calls++;
        } while (at != 0 && calls < 100_000);
        assertThat(at).isZero();
        close();
    }
}
