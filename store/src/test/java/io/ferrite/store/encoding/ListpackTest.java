package io.ferrite.store.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ListpackTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);
    private static final MemoryTag TAG = MemoryTag.LIST;

    private final Slab slab = new Slab();
    private final ListpackItem item = new ListpackItem();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    @Test
    void bytes_areThoseOfRedis() {
        // RPUSH k 1 -1 300 70000 10000000 5000000000 "" abc, seen with DUMP on redis-server 7.0.15.
        long lp = listpack("1", "-1", "300", "70000", "10000000", "5000000000", "", "abc");
        assertThat(Memory.toBytes(lp, Listpack.bytes(lp)))
                .isEqualTo(
                        bytes(
                                0x30, 0, 0, 0, 8, 0, 1, 1, 0xDF, 0xFF, 2, 0xC1, 0x2C, 2, 0xF2, 0x70,
                                0x11, 1, 4, 0xF3, 0x80, 0x96, 0x98, 0, 5, 0xF4, 0, 0xF2, 5, 0x2A, 1,
                                0, 0, 0, 9, 0x80, 1, 0x83, 'a', 'b', 'c', 4, 0xFF));
        Listpack.free(slab, TAG, lp);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        bytes[0] = (byte) values.length;
        return bytes;
    }

    private long listpack(String... elements) {
        long lp = Listpack.create(slab, TAG);
        try (OffHeap heap = new OffHeap(slab)) {
            for (String element : elements) {
                lp =
                        Listpack.append(
                                slab, TAG, lp, heap.put(OffHeap.ascii(element)), element.length());
            }
        }
        return lp;
    }

    @Test
    void randomChanges_matchAnArrayList() {
        for (int round = 0; round < 60; round++) {
            Random random = new Random(SEED + round);
            List<byte[]> model = new ArrayList<>();
            long lp = Listpack.create(slab, TAG);
            for (int step = 0; step < 200; step++) {
                lp = change(random, lp, model);
                if (step % 10 == 0) {
                    check(lp, model, "seed " + (SEED + round) + " step " + step);
                }
            }
            check(lp, model, "seed " + (SEED + round));
            Listpack.free(slab, TAG, lp);
        }
    }

    private long change(Random random, long lp, List<byte[]> model) {
        byte[] element = OffHeap.element(random);
        int index = model.isEmpty() ? 0 : random.nextInt(model.size());
        int at = Listpack.seek(lp, random.nextBoolean() ? index : index - model.size());
        try (OffHeap heap = new OffHeap(slab)) {
            long a = heap.put(element);
            int what = model.isEmpty() ? random.nextInt(2) : random.nextInt(8);
            switch (what) {
                case 0 -> {
                    model.add(element);
                    return Listpack.append(slab, TAG, lp, a, element.length);
                }
                case 1 -> {
                    model.addFirst(element);
                    return Listpack.prepend(slab, TAG, lp, a, element.length);
                }
                case 2 -> {
                    model.add(index, element);
                    return Listpack.insert(slab, TAG, lp, at, a, element.length);
                }
                case 3 -> {
                    model.add(index + 1, element);
                    return Listpack.insertAfter(slab, TAG, lp, at, a, element.length);
                }
                case 4 -> {
                    model.set(index, element);
                    return Listpack.replace(slab, TAG, lp, at, a, element.length);
                }
                case 5 -> {
                    long value = random.nextLong() >> random.nextInt(64);
                    model.set(index, OffHeap.ascii(Long.toString(value)));
                    return Listpack.replaceInteger(slab, TAG, lp, at, value);
                }
                case 6 -> {
                    model.remove(index);
                    return Listpack.delete(slab, TAG, lp, at);
                }
                default -> {
                    int count = random.nextInt(4);
                    for (int i = 0; i < count && index < model.size(); i++) {
                        model.remove(index);
                    }
                    return Listpack.deleteRange(slab, TAG, lp, index, count);
                }
            }
        }
    }

    private void check(long lp, List<byte[]> model, String what) {
        assertThat(Listpack.isValid(lp, Listpack.bytes(lp), true)).as(what).isTrue();
        assertThat(Listpack.count(lp)).as(what).isEqualTo(model.size());
        int at = Listpack.first(lp);
        for (byte[] expected : model) {
            Listpack.get(lp, at, item);
            assertThat(item.toBytes()).as(what).isEqualTo(expected);
            assertThat(item.textLength()).as(what).isEqualTo(expected.length);
            at = Listpack.next(lp, at);
        }
        assertThat(at).as(what).isEqualTo(Listpack.NONE);
        at = Listpack.last(lp);
        for (int i = model.size() - 1; i >= 0; i--) {
            assertThat(Listpack.seek(lp, i)).as(what).isEqualTo(at);
            assertThat(Listpack.seek(lp, i - model.size())).as(what).isEqualTo(at);
            at = Listpack.previous(lp, at);
        }
        assertThat(at).as(what).isEqualTo(Listpack.NONE);
        assertThat(Listpack.seek(lp, model.size())).isEqualTo(Listpack.NONE);
        assertThat(Listpack.seek(lp, Long.MIN_VALUE)).isEqualTo(Listpack.NONE);
        assertThat(Listpack.seek(lp, Long.MAX_VALUE)).isEqualTo(Listpack.NONE);
        checkFind(lp, model, what);
    }

    private void checkFind(long lp, List<byte[]> model, String what) {
        try (OffHeap heap = new OffHeap(slab)) {
            for (int i = 0; i < Math.min(5, model.size()); i++) {
                byte[] wanted = model.get(i * 7 % model.size());
                long a = heap.put(wanted);
                int expected = 0;
                while (!Arrays.equals(model.get(expected), wanted)) {
                    expected++;
                }
                int at = Listpack.find(lp, Listpack.first(lp), a, wanted.length, 0);
                assertThat(at).as(what).isEqualTo(Listpack.seek(lp, expected));
                assertThat(Listpack.equal(lp, at, a, wanted.length)).as(what).isTrue();
            }
        }
    }

    @Test
    void find_withSkip_looksAtFieldsOnly() {
        long lp = listpack("a", "b", "b", "c", "7", "b");
        try (OffHeap heap = new OffHeap(slab)) {
            long b = heap.put(OffHeap.ascii("b"));
            assertThat(Listpack.find(lp, Listpack.first(lp), b, 1, 1))
                    .isEqualTo(Listpack.seek(lp, 2));
            long c = heap.put(OffHeap.ascii("c"));
            assertThat(Listpack.find(lp, Listpack.first(lp), c, 1, 1)).isEqualTo(Listpack.NONE);
            long seven = heap.put(OffHeap.ascii("7"));
            assertThat(Listpack.find(lp, Listpack.first(lp), seven, 1, 1))
                    .isEqualTo(Listpack.seek(lp, 4));
        }
        Listpack.free(slab, TAG, lp);
    }

    @Test
    void moreThan65534Entries_areCountedByAWalk() {
        long lp = Listpack.create(slab, TAG);
        for (int i = 0; i < 66_000; i++) {
            lp = Listpack.appendInteger(slab, TAG, lp, i & 63);
        }
        assertThat(Listpack.count(lp)).isEqualTo(66_000);
        assertThat(Listpack.seek(lp, -1)).isEqualTo(Listpack.last(lp));
        assertThat(Listpack.isValid(lp, Listpack.bytes(lp), true)).isTrue();
        lp = Listpack.deleteRange(slab, TAG, lp, 100, 60_000);
        assertThat(Listpack.count(lp)).isEqualTo(6_000);
        Listpack.free(slab, TAG, lp);
    }

    @Test
    void aCopyOfARange_andAConcatenation_giveTheWholeBack() {
        long lp = listpack("a", "2", "ccc", "44444", "e");
        int cut = Listpack.seek(lp, 2);
        long head = Listpack.copyEntries(slab, TAG, lp, Listpack.HEADER_BYTES, cut, 2);
        long tail = Listpack.copyEntries(slab, TAG, lp, cut, Listpack.end(lp), 3);
        head = Listpack.appendAll(slab, TAG, head, tail);
        assertThat(Memory.toBytes(head, Listpack.bytes(head)))
                .isEqualTo(Memory.toBytes(lp, Listpack.bytes(lp)));
        Listpack.free(slab, TAG, lp);
        Listpack.free(slab, TAG, head);
        Listpack.free(slab, TAG, tail);
    }

    @Test
    void damagedBytes_areRefused_orSafeToWalk() {
        Random random = new Random(SEED);
        int accepted = 0;
        for (int round = 0; round < 30_000; round++) {
            long lp = listpack("a", "12", "-5000", "300000", "x".repeat(70), "9999999999");
            int length = Listpack.bytes(lp);
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                Memory.putByte(lp + random.nextInt(length), random.nextInt(256));
            }
            long block = slab.take(length, TAG);
            Memory.copy(lp, block, length);
            Memory.putInt(lp, length);
            Listpack.free(slab, TAG, lp);
            if (Listpack.isValid(block, length, true)) {
                accepted++;
                walk(block);
            }
            slab.give(block, length, TAG);
        }
        assertThat(accepted).as("seed %d", SEED).isPositive();
    }

    private void walk(long lp) {
        int count = 0;
        for (int at = Listpack.first(lp); at != Listpack.NONE; at = Listpack.next(lp, at)) {
            Listpack.get(lp, at, item);
            item.toBytes();
            count++;
        }
        for (int at = Listpack.last(lp); at != Listpack.NONE; at = Listpack.previous(lp, at)) {
            count--;
        }
        assertThat(count).isZero();
    }

    @Test
    void picks_areFair_andDifferentWhereAsked() {
        long lp = listpack("a", "1", "b", "2", "c", "3", "d", "4");
        Random random = new Random(SEED);
        int[] seen = new int[200];
        int[] picks = new int[100];
        for (int round = 0; round < 20_000; round++) {
            assertThat(ListpackPicks.different(lp, 2, 2, random, picks)).isEqualTo(2);
            assertThat(picks[0]).isLessThan(picks[1]);
            seen[picks[0]]++;
            seen[picks[1]]++;
        }
        for (int i = 0; i < 4; i++) {
            int at = Listpack.seek(lp, 2 * i);
            assertThat(seen[at]).as("seed %d", SEED).isBetween(9_500, 10_500);
            seen[at] = 0;
        }
        ListpackPicks.repeated(lp, 2, 100, random, picks, new long[100]);
        for (int pick : picks) {
            seen[pick]++;
        }
        assertThat(seen[Listpack.seek(lp, 2)]).isBetween(5, 60);
        assertThat(ListpackPicks.different(lp, 1, 50, random, picks)).isEqualTo(8);
        assertThat(ListpackPicks.one(lp, 2, random)).isPositive();
        Listpack.free(slab, TAG, lp);
    }
}
