package io.ferrite.store.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.Encoding;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.OffHeap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SetValueTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240918L);

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private long add(long root, String member, SetLimits limits) {
        try (OffHeap heap = new OffHeap(slab)) {
            byte[] bytes = member.getBytes(StandardCharsets.ISO_8859_1);
            return SetValue.add(slab, root, heap.put(bytes), bytes.length, limits);
        }
    }

    private Set<String> members(long root) {
        Set<String> members = new HashSet<>();
        try (SetCursor cursor = new SetCursor(slab, root)) {
            while (cursor.next()) {
                assertThat(members.add(text(cursor.item().toBytes()))).isTrue();
            }
        }
        return members;
    }

    /** A set and the model it must equal. */
    private final class Pair {
        private final SetLimits limits;
        private final Random random;
        private final String what;
        private final int names;
        private final Set<String> model = new HashSet<>();
        private long root = SetValue.createIntset(slab);

        Pair(long seed, SetLimits limits, int names) {
            this.random = new Random(seed);
            this.limits = limits;
            this.names = names;
            this.what = "seed " + seed + " " + limits;
        }

        private String member() {
            int n = random.nextInt(names);
            return switch (n % 7) {
                case 0, 1, 2 -> Integer.toString(n * 37 - 1000);
                case 3 -> Long.toString(n * 0x1234567890L);
                case 4 -> "member-" + n;
                case 5 -> "x".repeat(n % 300) + n;
                default -> n == 6 ? "" : "0" + n;
            };
        }

        void step(boolean onlyIntegers) {
            String member = onlyIntegers ? Integer.toString(random.nextInt(names)) : member();
            byte[] bytes = member.getBytes(StandardCharsets.ISO_8859_1);
            try (OffHeap heap = new OffHeap(slab)) {
                long a = heap.put(bytes);
                assertThat(SetValue.contains(root, a, bytes.length))
                        .as(what)
                        .isEqualTo(model.contains(member));
                if (random.nextInt(5) < 3) {
                    root = SetValue.add(slab, root, a, bytes.length, limits);
                    model.add(member);
                } else {
                    root = SetValue.remove(slab, root, a, bytes.length);
                    model.remove(member);
                }
            }
            if (!model.isEmpty() && random.nextInt(20) == 0) {
                ListpackItem item = new ListpackItem();
                SetValue.random(root, random, item);
                assertThat(model).as(what).contains(text(item.toBytes()));
            }
            assertThat(SetValue.count(root)).as(what).isEqualTo(model.size());
        }

        void check() {
            assertThat(members(root)).as(what).isEqualTo(model);
            long copy = SetValue.copyOf(slab, root);
            assertThat(members(copy)).as(what).isEqualTo(model);
            long before = slab.usedBytes(MemoryTag.SET);
            long bytes = SetValue.memoryBytes(copy, 0);
            int steps = 0;
            while (copy != 0) {
                copy = SetValue.freeSome(slab, copy, 10);
                steps++;
            }
            assertThat(before - slab.usedBytes(MemoryTag.SET)).as(what).isEqualTo(bytes);
            assertThat(steps).isGreaterThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"512,128,64", "8,4,64", "0,0,0", "512,512,8", "4,100,20", "100,2,1000"})
    void equalsAModel_inEveryForm(long integers, long entries, long value) {
        for (int round = 0; round < 12; round++) {
            SetLimits limits = new SetLimits(integers, entries, value);
            Pair pair = new Pair(SEED + round, limits, round % 3 == 0 ? 2000 : 60);
            for (int i = 0; i < 600; i++) {
                pair.step(round % 4 == 1);
            }
            pair.check();
            SetValue.free(slab, pair.root);
        }
    }

    @Test
    void formFollowsWhatIsAdded() {
        SetLimits limits = SetLimits.DEFAULT;
        long root = SetValue.createIntset(slab);
        for (int i = 0; i < 512; i++) {
            root = add(root, Integer.toString(i), limits);
        }
        assertThat(SetValue.encoding(root)).isEqualTo(Encoding.INTSET);
        root = add(root, "512", limits);
        assertThat(SetValue.encoding(root)).isEqualTo(Encoding.HASHTABLE);
        SetValue.free(slab, root);

        root = add(add(SetValue.createIntset(slab), "1", limits), "a", limits);
        assertThat(SetValue.encoding(root)).isEqualTo(Encoding.LISTPACK);
        for (int i = 0; i < 126; i++) {
            root = add(root, "m" + i, limits);
        }
        assertThat(SetValue.encoding(root)).isEqualTo(Encoding.LISTPACK);
        root = add(root, "last", limits);
        assertThat(SetValue.encoding(root)).isEqualTo(Encoding.HASHTABLE);
        SetValue.free(slab, root);

        root = add(SetValue.createListpack(slab), "x".repeat(65), limits);
        assertThat(SetValue.encoding(root)).isEqualTo(Encoding.HASHTABLE);
        SetValue.free(slab, root);
    }

    @Test
    void scanOfALargeSet_tellsOfEachMember() {
        long root = SetValue.createTable(slab);
        Set<String> model = new HashSet<>();
        for (int i = 0; i < 5000; i++) {
            model.add("member:" + i);
            root = add(root, "member:" + i, SetLimits.DEFAULT);
        }
        Set<String> seen = new HashSet<>();
        long cursor = 0;
        do {
            List<String> some = new ArrayList<>();
            cursor =
                    SetValue.scan(
                            root,
                            cursor,
                            (text, length) ->
                                    some.add(
                                            text(
                                                    new ListpackItem()
                                                            .setBytes(text, length)
                                                            .toBytes())));
            seen.addAll(some);
        } while (cursor != 0);
        assertThat(seen).isEqualTo(model);
        long each = slab.usedBytes(MemoryTag.SET) / 5000;
        assertThat(each).isLessThan(30);
        SetValue.free(slab, root);
    }

    @Test
    void everyMemberIsDrawnAboutAsOften() {
        long root = SetValue.createTable(slab);
        int members = 700;
        for (int i = 0; i < members; i++) {
            root = add(root, "n" + i, SetLimits.DEFAULT);
        }
        int[] drawn = new int[members];
        Random random = new Random(SEED);
        ListpackItem item = new ListpackItem();
        int draws = members * 200;
        for (int i = 0; i < draws; i++) {
            SetValue.random(root, random, item);
            drawn[(int) Decimal.parse(item.address() + 1, item.length() - 1)]++;
        }
        double chi = 0;
        for (int count : drawn) {
            chi += (count - 200.0) * (count - 200.0) / 200.0;
        }
        // Six standard deviations of a chi-square of so many degrees of freedom.
        assertThat(chi).isLessThan(members + 6 * Math.sqrt(2.0 * members));
        SetValue.free(slab, root);
    }
}
