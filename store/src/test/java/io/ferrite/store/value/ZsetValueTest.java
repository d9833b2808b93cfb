package io.ferrite.store.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.OffHeap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ZsetValueTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private record Scored(double score, String member) implements Comparable<Scored> {
        @Override
        public int compareTo(Scored other) {
            return score != other.score
                    ? Double.compare(score, other.score)
                    : member.compareTo(other.member);
        }
    }

    /** A sorted set and the model it must equal. */
    private final class Pair {
        private final Random random;
        private final long entries;
        private final int members;
        private final int scores;
        private final Map<String, Double> byMember = new HashMap<>();
        private final TreeSet<Scored> ordered = new TreeSet<>();
        private final ZsetCursor cursor = new ZsetCursor();
        private long root = ZsetValue.create(slab);

        Pair(long seed, long entries, int members, int scores) {
            this.random = new Random(seed);
            this.entries = entries;
            this.members = members;
            this.scores = scores;
        }

        private String member() {
            int n = random.nextInt(members);
            return switch (n % 4) {
                case 0 -> Integer.toString(n - members / 2);
                case 1 -> "m" + n;
                case 2 -> "a member with a longer name, beyond a size class: " + n;
                default -> n % 64 == 3 ? "x".repeat(250 + n % 9) + n : "\u00ff\u0001" + n;
            };
        }

        private double score() {
            return switch (random.nextInt(20)) {
                case 0 -> Double.POSITIVE_INFINITY;
                case 1 -> Double.NEGATIVE_INFINITY;
                case 2 -> random.nextGaussian();
                default -> random.nextInt(scores) - scores / 4;
            };
        }

        void step(int removals) {
            String member = member();
            byte[] bytes = member.getBytes(StandardCharsets.ISO_8859_1);
            try (OffHeap heap = new OffHeap(slab)) {
                long text = heap.put(bytes);
                long place = ZsetValue.find(root, text, bytes.length);
                assertThat(place != ZsetValue.NONE).isEqualTo(byMember.containsKey(member));
                if (place != ZsetValue.NONE) {
                    double old = byMember.get(member);
                    assertThat(ZsetValue.score(root, place)).isEqualTo(old);
                    if (random.nextInt(50) == 0) {
                        assertThat(ZsetValue.rank(root, place))
                                .isEqualTo(ordered.headSet(new Scored(old, member)).size());
                    }
                    ordered.remove(new Scored(old, member));
                    byMember.remove(member);
                }
                if (place == ZsetValue.NONE) {
                    if (random.nextInt(10) >= removals) {
                        double score = score();
                        root = ZsetValue.add(slab, root, text, bytes.length, score, entries, 64);
                        put(score, member);
                    }
                } else if (random.nextInt(10) < removals) {
                    root = ZsetValue.remove(slab, root, place);
                } else {
                    double score = score();
                    root = ZsetValue.setScore(slab, root, place, text, bytes.length, score);
                    put(score, member);
                }
            }
            if (random.nextInt(400) == 0 && !ordered.isEmpty()) {
                removeRange();
            }
        }

        private void put(double score, String member) {
            ordered.add(new Scored(score, member));
            byMember.put(member, score);
        }

        private void removeRange() {
            int from = random.nextInt(ordered.size());
            int count = Math.min(ordered.size() - from, random.nextInt(40));
            List<Scored> all = new ArrayList<>(ordered);
            for (Scored gone : all.subList(from, from + count)) {
                ordered.remove(gone);
                byMember.remove(gone.member);
            }
            root = ZsetValue.removeRange(slab, root, from, count);
        }

        void compare() {
            ZsetValue.check(root);
            assertThat(ZsetValue.count(root)).isEqualTo(ordered.size());
            List<Scored> all = new ArrayList<>(ordered);
            List<Scored> seen = new ArrayList<>();
            for (cursor.open(root, 0, true); cursor.next(); ) {
                seen.add(current());
            }
            assertThat(seen).isEqualTo(all);
            seen.clear();
            for (cursor.open(root, all.size() - 1, false); cursor.next(); ) {
                seen.add(current());
            }
            assertThat(seen).isEqualTo(all.reversed());
            for (int i = 0; i < 5; i++) {
                double score = score();
                boolean inclusive = random.nextBoolean();
                assertThat(ZsetValue.countBelow(root, score, inclusive))
                        .isEqualTo(
                                all.stream()
                                        .filter(s -> inclusive ? s.score <= score : s.score < score)
                                        .count());
                if (!all.isEmpty()) {
                    int rank = random.nextInt(all.size());
                    cursor.open(root, rank, true).next();
                    assertThat(current()).isEqualTo(all.get(rank));
                }
            }
            List<Scored> scanned = new ArrayList<>();
            long at = 0;
            do {
                at =
                        ZsetValue.scan(
                                root,
                                at,
                                (member, score) ->
                                        scanned.add(new Scored(score, text(member.toBytes()))));
            } while (at != 0);
            assertThat(scanned).containsExactlyInAnyOrderElementsOf(all);
        }

        private Scored current() {
            return new Scored(cursor.score(), text(cursor.member().toBytes()));
        }

        private static String text(byte[] bytes) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "128, 60, 10",
        "128, 1000, 100000",
        "16, 2000, 5",
        "0, 3000, 100000",
        "512, 400, 1"
    })
    void anyChanges_leaveWhatAModelSays(long entries, int members, int scores) {
        for (int round = 0; round < 2; round++) {
            Pair pair = new Pair(SEED + round, entries, members, scores);
            for (int phase = 0; phase < 4; phase++) {
                int removals = new int[] {1, 4, 8, 2}[phase];
                for (int i = 0; i < 3 * members; i++) {
                    pair.step(removals);
                    if (i % 2500 == 0) {
                        pair.compare();
                    }
                }
                pair.compare();
            }
            long copy = ZsetValue.copyOf(slab, pair.root);
            ZsetValue.check(copy);
            assertThat(ZsetValue.count(copy)).isEqualTo(pair.ordered.size());
            ZsetValue.free(slab, pair.root);
            long left = copy;
            while (left != 0) {
                left = ZsetValue.freeSome(slab, left, 7);
            }
            assertThat(slab.usedBytes()).isZero();
        }
    }

    @Test
    void ordersOfArrival_keepTheInvariants_andMembersRange() {
        for (int order = 0; order < 3; order++) {
            long root = ZsetValue.create(slab);
            try (OffHeap heap = new OffHeap(slab)) {
                for (int i = 0; i < 5_000; i++) {
                    int n = order == 0 ? i : order == 1 ? 5_000 - i : i * 1879 % 5_003;
                    byte[] member = "%08d".formatted(n).getBytes(StandardCharsets.ISO_8859_1);
                    try (OffHeap one = new OffHeap(slab)) {
                        long text = one.put(member);
                        root = ZsetValue.add(slab, root, text, member.length, 0, 128, 64);
                    }
                }
                ZsetValue.check(root);
                long text = heap.put("00000100".getBytes(StandardCharsets.ISO_8859_1));
                long below = ZsetValue.countBelow(root, text, 8, false);
                assertThat(below).isBetween(99L, 101L);
                assertThat(ZsetValue.countBelow(root, text, 8, true)).isEqualTo(below + 1);
            }
            root = ZsetValue.removeRange(slab, root, 10, 4_000);
            ZsetValue.check(root);
            assertThat(ZsetValue.count(root)).isEqualTo(1000);
            ZsetValue.free(slab, root);
        }
    }
}
