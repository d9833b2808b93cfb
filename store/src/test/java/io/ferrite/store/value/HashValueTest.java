package io.ferrite.store.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Encoding;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.OffHeap;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HashValueTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240919L);

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

    private long set(long root, String field, String value, PackedLimits limits) {
        try (OffHeap heap = new OffHeap(slab)) {
            long f = heap.put(bytes(field));
            long v = heap.put(bytes(value));
            return HashValue.set(slab, root, f, field.length(), v, value.length(), limits);
        }
    }

    private Map<String, String> fields(long root) {
        Map<String, String> fields = new HashMap<>();
        try (HashCursor cursor = new HashCursor(slab, root)) {
            while (cursor.next()) {
                assertThat(fields.put(text(cursor.field()), text(cursor.value()))).isNull();
            }
        }
        return fields;
    }

    /** A hash and the model it must equal. */
    private final class Pair {
        private final PackedLimits limits;
        private final Random random;
        private final String what;
        private final int names;
        private final Map<String, String> model = new HashMap<>();
        private long root = HashValue.create(slab);

        Pair(long seed, PackedLimits limits, int names) {
            this.random = new Random(seed);
            this.limits = limits;
            this.names = names;
            this.what = "seed " + seed + " " + limits;
        }

        private String word(int n) {
            return switch (n % 6) {
                case 0, 1 -> Integer.toString(n * 37 - 1000);
                case 2 -> Long.toString(n * 0x1234567890L);
                case 3 -> "field-" + n;
                case 4 -> "x".repeat(n % 400) + n;
                default -> n == 5 ? "" : "0" + n;
            };
        }

        void step() {
            String field = word(random.nextInt(names));
            ListpackItem item = new ListpackItem();
            try (OffHeap heap = new OffHeap(slab)) {
                long f = heap.put(bytes(field));
                boolean there = HashValue.get(root, new Slice(f, field.length()), item);
                assertThat(there).as(what).isEqualTo(model.containsKey(field));
                if (there) {
                    assertThat(text(item)).as(what).isEqualTo(model.get(field));
                }
                assertThat(HashValue.contains(root, f, field.length())).isEqualTo(there);
                if (random.nextInt(5) < 3) {
                    String value = word(random.nextInt(1000));
                    model.put(field, value);
                    root = set(root, field, value, limits);
                } else {
                    model.remove(field);
                    root = HashValue.remove(slab, root, f, field.length());
                }
            }
            if (!model.isEmpty() && random.nextInt(20) == 0) {
                ListpackItem value = new ListpackItem();
                HashValue.random(root, random, item, value);
                assertThat(model).as(what).containsEntry(text(item), text(value));
            }
            assertThat(HashValue.count(root)).as(what).isEqualTo(model.size());
        }

        void check() {
            assertThat(fields(root)).as(what).isEqualTo(model);
            long copy = HashValue.copyOf(slab, root);
            assertThat(fields(copy)).as(what).isEqualTo(model);
            long before = slab.usedBytes(MemoryTag.HASH);
            long bytes = HashValue.memoryBytes(copy, 0);
            while (copy != 0) {
                copy = HashValue.freeSome(slab, copy, 10);
            }
            assertThat(before - slab.usedBytes(MemoryTag.HASH)).as(what).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({"512,64", "8,64", "0,0", "100,10000", "512,5"})
    void equalsAModel_inBothForms(long entries, long value) {
        for (int round = 0; round < 12; round++) {
            Pair pair =
                    new Pair(
                            SEED + round,
                            new PackedLimits(entries, value),
                            round % 3 == 0 ? 1500 : 60);
            for (int i = 0; i < 600; i++) {
                pair.step();
            }
            pair.check();
            HashValue.free(slab, pair.root);
        }
    }

    @Test
    void formFollowsWhatIsSet() {
        long root = HashValue.create(slab);
        for (int i = 0; i < 512; i++) {
            root = set(root, "f" + i, "v", PackedLimits.HASH);
        }
        assertThat(HashValue.encoding(root)).isEqualTo(Encoding.LISTPACK);
        root = set(root, "last", "v", PackedLimits.HASH);
        assertThat(HashValue.encoding(root)).isEqualTo(Encoding.HASHTABLE);
        HashValue.free(slab, root);
        root = set(HashValue.create(slab), "f", "x".repeat(65), PackedLimits.HASH);
        assertThat(HashValue.encoding(root)).isEqualTo(Encoding.HASHTABLE);
        HashValue.free(slab, root);
    }

    @Test
    void scanOfALargeHash_tellsOfEachField() {
        long root = HashValue.createTable(slab);
        Set<String> model = new HashSet<>();
        for (int i = 0; i < 5000; i++) {
            model.add("field:" + i);
            root = set(root, "field:" + i, "value:" + i, PackedLimits.HASH);
        }
        Set<String> seen = new HashSet<>();
        ListpackItem item = new ListpackItem();
        long cursor = 0;
        do {
            cursor =
                    HashValue.scan(
                            root,
                            cursor,
                            (field, length, value, valueLength, at) ->
                                    seen.add(text(item.setBytes(field, length))));
        } while (cursor != 0);
        assertThat(seen).isEqualTo(model);
        assertThat(slab.usedBytes(MemoryTag.HASH) / 5000).isLessThan(38);
        HashValue.free(slab, root);
    }
}
