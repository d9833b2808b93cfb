package io.ferrite.store.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.Encoding;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.OffHeap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hashes whose fields expire, against a map, in both forms. */
final class HashTimesTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20250117L);
    private static final long NEVER = HashValue.NEVER;

    private record Content(String value, long at) {}

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private static String text(ListpackItem item) {
        return new String(item.toBytes(), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private Map<String, Content> contents(long root) {
        Map<String, Content> contents = new HashMap<>();
        long last = 0;
        try (HashCursor cursor = new HashCursor(slab, root)) {
            while (cursor.next()) {
                Content content = new Content(text(cursor.value()), cursor.expireAt());
                assertThat(contents.put(text(cursor.field()), content)).isNull();
                if (!HashValue.isTable(root)) {
                    assertThat(content.at).isGreaterThanOrEqualTo(last);
                    last = content.at;
                }
            }
        }
        return contents;
    }

    private static long next(Map<String, Content> model) {
        return model.values().stream().mapToLong(Content::at).min().orElse(NEVER);
    }

    private final class Pair {
        private final PackedLimits limits;
        private final Random random;
        private final String what;
        private final int names;
        private final Map<String, Content> model = new HashMap<>();
        private long root = HashValue.create(slab);
        private long now = 1000;

        Pair(long seed, PackedLimits limits, int names) {
            this.random = new Random(seed);
            this.limits = limits;
            this.names = names;
            this.what = "seed " + seed + " " + limits;
        }

        private String word(int n) {
            return switch (n % 6) {
                case 0, 1 -> Integer.toString(n * 37 - 1000);
                case 2 -> "field-" + n;
                case 3 -> "x".repeat(n % 600) + n;
                case 4 -> "y".repeat(252 + n % 5);
                default -> n == 5 ? "" : "0" + n;
            };
        }

        void step() {
            String field = word(random.nextInt(names));
            try (OffHeap heap = new OffHeap(slab)) {
                long f = heap.put(bytes(field));
                int length = field.length();
                Content before = model.get(field);
                assertThat(HashTimes.of(root, f, length))
                        .as(what)
                        .isEqualTo(before == null ? HashTimes.ABSENT : before.at);
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> set(heap, field, f, before);
                    case 4, 5, 6 -> time(field, f, before);
                    case 7, 8 -> {
                        model.remove(field);
                        root = HashValue.remove(slab, root, f, length);
                    }
                    default -> expire();
                }
            }
            assertThat(HashValue.count(root)).as(what).isEqualTo(model.size());
            assertThat(HashTimes.next(root)).as(what).isEqualTo(next(model));
        }

        private void set(OffHeap heap, String field, long f, Content before) {
            String value = word(random.nextInt(1000));
            boolean keep = random.nextBoolean();
            long v = heap.put(bytes(value));
            root = HashValue.set(slab, root, f, field.length(), v, value.length(), keep, limits);
            model.put(field, new Content(value, keep && before != null ? before.at : NEVER));
        }

        private void time(String field, long f, Content before) {
            root = HashTimes.prepare(slab, root);
            if (before != null) {
                long at = random.nextInt(4) == 0 ? NEVER : now + random.nextInt(300);
                root = HashTimes.set(slab, root, f, field.length(), at);
                model.put(field, new Content(before.value, at));
            }
        }

        private void expire() {
            now += random.nextInt(30);
            List<String> due = new ArrayList<>();
            model.forEach((name, content) -> addIfDue(due, name, content));
            assertThat(HashTimes.due(root, now)).as(what).isEqualTo(due.size());
            List<String> told = new ArrayList<>();
            int max = 1 + random.nextInt(5);
            root = HashTimes.removeDue(slab, root, now, max, item -> told.add(text(item)));
            assertThat(told).as(what).hasSize(Math.min(max, due.size()));
            assertThat(due).as(what).containsAll(told);
            told.forEach(model::remove);
        }

        private void addIfDue(List<String> due, String name, Content content) {
            if (content.at < now) {
                due.add(name);
            }
        }

        void check() {
            assertThat(contents(root)).as(what).isEqualTo(model);
            long copy = HashValue.copyOf(slab, root);
            assertThat(contents(copy)).as(what).isEqualTo(model);
            long before = slab.usedBytes(MemoryTag.HASH);
            long bytes = HashValue.memoryBytes(copy, 0);
            while (copy != 0) {
                copy = HashValue.freeSome(slab, copy, 10);
            }
            assertThat(before - slab.usedBytes(MemoryTag.HASH)).as(what).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({"512,64", "8,64", "0,0", "100,10000", "512,5", "0,1000"})
    void equalsAModel_inBothForms(long entries, long value) {
        for (int round = 0; round < 12; round++) {
            int names = round % 3 == 0 ? 1500 : 60;
            Pair pair = new Pair(SEED + round, new PackedLimits(entries, value), names);
            int steps = round == 3 ? 6000 : 600;
            for (int i = 0; i < steps; i++) {
                pair.step();
            }
            pair.check();
            HashValue.free(slab, pair.root);
        }
    }

    @Test
    void smallHashThatIsReady_isNamedDifferently() {
        long root = HashTimes.prepare(slab, HashValue.create(slab));
        assertThat(HashValue.encoding(root)).isEqualTo(Encoding.LISTPACK_EX);
        root = HashValue.convert(slab, root);
        assertThat(HashValue.encoding(root)).isEqualTo(Encoding.HASHTABLE);
        HashValue.free(slab, root);
    }
}
