package io.ferrite.store.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.OffHeap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was frozen stays as it was. */
final class ZsetFreezeTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20261128L);

    private final Slab slab = new Slab();
    private final Random random = new Random(SEED);
    private long root = ZsetValue.createLarge(slab);

    @AfterEach
    void nothingLeaks() {
        free(root);
        assertThat(slab.usedBytes()).as("seed " + SEED).isZero();
        slab.close();
    }

    private void free(long what) {
        for (long left = what; left != 0; ) {
            left = ZsetValue.freeSome(slab, left, 7);
        }
    }

    private void put(int number, double score) {
        byte[] member = ("member:" + number).getBytes(StandardCharsets.ISO_8859_1);
        try (OffHeap heap = new OffHeap(slab)) {
            long text = heap.put(member);
            long place = ZsetValue.find(root, text, member.length);
            root =
                    place == ZsetValue.NONE
                            ? ZsetValue.add(slab, root, text, member.length, score, 0, 0)
                            : ZsetValue.setScore(slab, root, place, text, member.length, score);
        }
    }

    private void remove(int number) {
        byte[] member = ("member:" + number).getBytes(StandardCharsets.ISO_8859_1);
        try (OffHeap heap = new OffHeap(slab)) {
            long place = ZsetValue.find(root, heap.put(member), member.length);
            if (place != ZsetValue.NONE) {
                root = ZsetValue.remove(slab, root, place);
            }
        }
    }

    private void change(int members) {
        switch (random.nextInt(4)) {
            case 0, 1 -> put(random.nextInt(members), random.nextInt(members));
            case 2 -> remove(random.nextInt(members));
            default -> {
                if (random.nextInt(50) == 0 && ZsetValue.count(root) > 20) {
                    long from = random.nextLong(ZsetValue.count(root) - 10);
                    root = ZsetValue.removeRange(slab, root, from, 10);
                } else { // where it stays in its leaf
                    put(random.nextInt(members), random.nextDouble(members));
                }
            }
        }
    }

    private static List<String> contents(long of, boolean forward) {
        List<String> all = new ArrayList<>();
        ZsetCursor cursor = new ZsetCursor();
        cursor.open(of, forward ? 0 : ZsetValue.count(of) - 1, forward);
        while (cursor.next()) {
            String member = new String(cursor.member().toBytes(), StandardCharsets.ISO_8859_1);
            all.add(member + " " + cursor.score());
        }
        return forward ? all : all.reversed();
    }

    @Test
    void whateverChanges_theFrozenStatesDoNot() {
        for (int members : new int[] {5, 100, 3_000}) {
            for (int i = 0; i < 2 * members; i++) {
                put(random.nextInt(members), random.nextInt(members));
            }
            List<Long> frozen = new ArrayList<>();
            List<List<String>> expected = new ArrayList<>();
            for (int i = 0; i < 6 * members; i++) {
                if (i % members == 0 && frozen.size() < 4) {
                    frozen.add(ZsetValue.freeze(slab, root));
                    expected.add(contents(root, true));
                }
                change(members);
                if (i % (2 * members) == members) {
                    int which = random.nextInt(frozen.size());
                    assertThat(contents(frozen.get(which), true)).isEqualTo(expected.get(which));
                    free(ZsetValue.thaw(slab, frozen.remove(which)));
                    expected.remove(which);
                }
            }
            ZsetValue.check(root);
            for (int i = 0; i < frozen.size(); i++) {
                assertThat(ZsetValue.count(frozen.get(i))).isEqualTo(expected.get(i).size());
                assertThat(contents(frozen.get(i), i % 2 == 0)).isEqualTo(expected.get(i));
            }
            frozen.forEach(one -> free(ZsetValue.thaw(slab, one)));
            ZsetValue.check(root);
        }
    }

    @Test
    void aSetThatIsRemoved_isThereUntilItThaws() {
        for (int i = 0; i < 1_000; i++) {
            put(i, i);
        }
        List<String> before = contents(root, true);
        long first = ZsetValue.freeze(slab, root);
        for (int i = 0; i < 200; i++) {
            change(1_000);
        }
        long second = ZsetValue.freeze(slab, root);
        assertThat(ZsetValue.freeSome(slab, root, 10)).isZero();
        assertThat(ZsetValue.thaw(slab, second)).isZero();
        assertThat(contents(first, true)).isEqualTo(before);
        free(ZsetValue.thaw(slab, first));
        assertThat(slab.usedBytes()).isZero();
        root = 0;
    }

    /** A node on each level and its neighbour, whatever the size of the set. */
    @Test
    void oneWrite_copiesTheNodesOnItsWay() {
        for (int i = 0; i < 30_000; i++) {
            put(i, i);
        }
        long frozen = ZsetValue.freeze(slab, root);
        for (int i = 0; i < 500; i++) {
            long before = slab.usedBytes();
            put(random.nextInt(60_000), random.nextInt(30_000));
            assertThat(slab.usedBytes() - before).isLessThan(12L << 10);
        }
        free(ZsetValue.thaw(slab, frozen));
    }
}
