package io.ferrite.store.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.OffHeap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ListValueTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    /** A list and the model it must equal. */
    private final class Pair {
        private final ListSettings settings;
        private final Random random;
        private final String what;
        private final List<byte[]> model = new ArrayList<>();
        private final ListCursor cursor = new ListCursor();
        private long root = ListValue.create(slab);

        Pair(long seed, ListSettings settings) {
            this.random = new Random(seed);
            this.settings = settings;
            this.what = "seed " + seed + " " + settings;
        }

        void step() {
            byte[] element = random.nextInt(3) == 0 ? small() : OffHeap.element(random);
            try (OffHeap heap = new OffHeap(slab)) {
                change(heap.put(element), element);
            }
        }

        private byte[] small() {
            return OffHeap.ascii("v" + random.nextInt(4));
        }

        private void change(long a, byte[] element) {
            int index = model.isEmpty() ? 0 : random.nextInt(model.size());
            int what = model.isEmpty() ? random.nextInt(4) : random.nextInt(16);
            switch (what) {
                case 0, 1, 2, 3, 4, 5 -> push(what % 2 == 0, a, element);
                case 6, 7, 8 -> insert(index, random.nextBoolean(), a, element);
                case 9, 10 -> {
                    root = ListValue.beforeAdding(slab, root, element.length, 1, settings);
                    root = ListValue.set(slab, root, index, a, element.length, settings);
                    model.set(index, element);
                }
                case 11, 12 -> pop(random.nextBoolean());
                case 13 -> deleteRange(index, 1 + random.nextInt(6));
                case 14 -> remove(random.nextInt(5) - 2);
                default -> {
                    if (random.nextInt(20) == 0) {
                        deleteRange(0, random.nextInt(model.size()));
                    }
                }
            }
        }

        void pushOne(boolean first) {
            byte[] element = random.nextInt(3) == 0 ? small() : OffHeap.element(random);
            try (OffHeap heap = new OffHeap(slab)) {
                push(first, heap.put(element), element);
            }
        }

        /** What blocks hold beyond their listpacks is at most a half of those, and a little. */
        void checkRoom() {
            if (ListValue.isListpack(root)) {
                return;
            }
            for (long n = ListValue.firstNode(root); n != 0; n = ListNode.after(n)) {
                long held = ListNode.memoryBytes(n) - ListNode.BYTES;
                if (!ListNode.isPlain(n) && !ListNode.isCompressed(n)) {
                    long most = Slab.roundUp(ListNode.bytes(n) + ListNode.bytes(n) / 2 + 256);
                    assertThat(held).as(what).isLessThanOrEqualTo(most);
                }
            }
        }

        private void push(boolean first, long a, byte[] element) {
            root = ListValue.beforeAdding(slab, root, element.length, 1, settings);
            root = ListValue.push(slab, root, first, a, element.length, settings);
            model.add(first ? 0 : model.size(), element);
        }

        private void insert(int index, boolean after, long a, byte[] element) {
            root = ListValue.beforeAdding(slab, root, element.length, 1, settings);
            root = ListValue.insert(slab, root, index, after, a, element.length, settings);
            model.add(after ? index + 1 : index, element);
        }

        private void pop(boolean first) {
            ListpackItem item = new ListpackItem();
            ListValue.peek(root, first, item);
            byte[] expected = first ? model.removeFirst() : model.removeLast();
            assertThat(item.toBytes()).as(what).isEqualTo(expected);
            root = ListValue.pop(slab, root, first);
            shrunk();
        }

        private void deleteRange(int index, int count) {
            int to = Math.min(model.size(), index + count);
            model.subList(index, to).clear();
            root = ListValue.deleteRange(slab, root, index, count);
            shrunk();
        }

        private void remove(int count) {
            byte[] text = small();
            int limit = count == 0 ? Integer.MAX_VALUE : Math.abs(count);
            for (int i = 0, left = limit; i < model.size() && left > 0; ) {
                int at = count >= 0 ? i : model.size() - 1 - i;
                if (Arrays.equals(model.get(at), text)) {
                    model.remove(at);
                    left--;
                } else {
                    i++;
                }
            }
            try (OffHeap heap = new OffHeap(slab)) {
                root = ListValue.remove(slab, root, count, heap.put(text), text.length);
            }
            shrunk();
        }

        private void shrunk() {
            if (!model.isEmpty()) {
                root = ListValue.afterRemoving(slab, root, settings);
            }
        }

        void check() {
            check(root);
            if (random.nextInt(4) == 0 && !model.isEmpty()) {
                long copy = ListValue.copyOf(slab, root);
                check(copy);
                for (long left = copy; left != 0; ) {
                    left = ListValue.freeSome(slab, left, 2);
                }
            }
        }

        private void check(long list) {
            assertThat(ListValue.length(list)).as(what).isEqualTo(model.size());
            cursor.open(slab, list, 0, true);
            for (int i = 0; i < model.size(); i++) {
                assertThat(cursor.next()).as(what).isTrue();
                assertThat(cursor.index()).as(what).isEqualTo(i);
                assertThat(cursor.item().toBytes()).as(what).isEqualTo(model.get(i));
            }
            assertThat(cursor.next()).as(what).isFalse();
            cursor.open(slab, list, model.size() - 1, false);
            for (int i = model.size() - 1; i >= 0; i--) {
                assertThat(cursor.next()).as(what).isTrue();
                assertThat(cursor.item().toBytes()).as(what).isEqualTo(model.get(i));
            }
            assertThat(cursor.next()).as(what).isFalse();
            for (int i = 0; i < 5 && !model.isEmpty(); i++) {
                int index = random.nextInt(model.size());
                cursor.open(slab, list, index, random.nextBoolean());
                assertThat(cursor.next()).as(what).isTrue();
                assertThat(cursor.item().toBytes()).as(what).isEqualTo(model.get(index));
            }
            cursor.open(slab, list, model.size(), true);
            assertThat(cursor.next()).isFalse();
            cursor.close();
            if (!ListValue.isListpack(list)) {
                checkNodes(list);
            }
        }

        private void checkNodes(long list) {
            long nodes = ListValue.nodes(list);
            long seen = 0;
            long elements = 0;
            long memory = ChunkedList.BYTES;
            for (long n = ListValue.firstNode(list); n != 0; n = ListNode.after(n)) {
                boolean outer =
                        seen < settings.compressDepth()
                                || nodes - 1 - seen < settings.compressDepth();
                if (outer || settings.compressDepth() == 0) {
                    assertThat(ListNode.isCompressed(n)).as(what).isFalse();
                }
                assertThat(ListNode.count(n)).as(what).isPositive();
                if (!ListNode.isPlain(n) && !ListNode.isCompressed(n)) {
                    assertThat(Listpack.count(ListNode.blob(n))).isEqualTo(ListNode.count(n));
                    assertThat(Listpack.isValid(ListNode.blob(n), ListNode.bytes(n), true))
                            .isTrue();
                }
                elements += ListNode.count(n);
                memory += ListNode.memoryBytes(n);
                seen++;
            }
            assertThat(seen).as(what).isEqualTo(nodes);
            assertThat(elements).as(what).isEqualTo(model.size());
            assertThat(ListValue.memoryBytes(list, 0)).as(what).isEqualTo(memory);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-2, 0, 1000000", "-1, 0, 1000000", "1, 0, 1000000", "3, 0, 1000000", "0, 2, 1000000",
        "4, 1, 1000000", "4, 3, 100", "-1, 1, 64", "7, 2, 4000", "128, 0, 1000000"
    })
    void randomChanges_matchAnArrayList(int fill, int depth, int plain) {
        for (int round = 0; round < 12; round++) {
            Pair pair = new Pair(SEED + round, new ListSettings(fill, depth, plain));
            for (int step = 0; step < 300; step++) {
                pair.step();
                if (step % 25 == 0) {
                    pair.check();
                }
            }
            pair.check();
            ListValue.free(slab, pair.root);
        }
    }

    /** Both ends of lists with few nodes of many elements, in long runs: queues and stacks. */
    @ParameterizedTest
    @CsvSource({"-2, 0", "-5, 0", "-3, 1", "200, 0"})
    void ends_matchAnArrayList_andUnusedRoomIsBounded(int fill, int depth) {
        ListSettings settings = new ListSettings(fill, depth, 1_000_000);
        for (int round = 0; round < 6; round++) {
            Pair pair = new Pair(SEED + round, settings);
            Random random = new Random(SEED + round);
            for (int run = 0; run < 60; run++) {
                boolean pushes = random.nextInt(5) < 3;
                boolean first = random.nextInt(4) != 0;
                boolean alternates = random.nextInt(3) == 0;
                for (int left = random.nextInt(400); left > 0; left--) {
                    if (alternates ? left % 2 == 0 : pushes) {
                        pair.pushOne(first);
                    } else if (!pair.model.isEmpty()) {
                        pair.pop(alternates != first);
                    }
                }
                pair.check();
                pair.checkRoom();
            }
            ListValue.free(slab, pair.root);
        }
    }

    @Test
    void anElementBeforeABigBlockThatWasLoaded() {
        ListSettings settings = new ListSettings(100, 0, 10_000_000);
        byte[] text = new byte[100_000];
        new Random(SEED).nextBytes(text);
        try (OffHeap heap = new OffHeap(slab)) {
            long a = heap.put(text);
            long root = ListValue.createChunked(slab, settings);
            long lp = Listpack.create(slab, MemoryTag.LIST);
            for (int i = 0; i < 20; i++) {
                lp = Listpack.append(slab, MemoryTag.LIST, lp, a, text.length - i);
            }
            ListValue.appendListpack(slab, root, lp);
            // In the middle of what is too big to take it: the block is split.
            root = ListValue.insert(slab, root, 10, false, a, 5, settings);
            root = ListValue.insert(slab, root, 5, true, a, 6, settings);
            for (int i = 0; i < 7; i++) {
                root = ListValue.pop(slab, root, true);
            }
            ListpackItem item = new ListpackItem();
            ListValue.peek(root, true, item);
            assertThat(item.length()).isEqualTo(text.length - 6);
            assertThat(ListValue.memoryBytes(root, 0)).isEqualTo(slab.usedBytes(MemoryTag.LIST));
            ListValue.free(slab, root);
        }
    }

    @Test
    void aListGrowsLarge_andBecomesSmallAgainBelowHalf() {
        ListSettings settings = new ListSettings(4, 0, 1000);
        try (OffHeap heap = new OffHeap(slab)) {
            long a = heap.put(OffHeap.ascii("a"));
            long root = ListValue.create(slab);
            for (int i = 0; i < 5; i++) {
                assertThat(ListValue.isListpack(root)).isTrue();
                root = ListValue.beforeAdding(slab, root, 1, 1, settings);
                root = ListValue.push(slab, root, false, a, 1, settings);
            }
            assertThat(ListValue.isListpack(root)).isFalse();
            assertThat(ListValue.nodes(root)).isEqualTo(2);
            for (int i = 0; i < 2; i++) {
                root = ListValue.pop(slab, root, false);
                root = ListValue.afterRemoving(slab, root, settings);
                assertThat(ListValue.isListpack(root)).isFalse();
            }
            root = ListValue.pop(slab, root, false);
            root = ListValue.afterRemoving(slab, root, settings);
            assertThat(ListValue.isListpack(root)).isTrue();
            assertThat(ListValue.length(root)).isEqualTo(2);
            ListValue.free(slab, root);
        }
    }

    @Test
    void innerBlocks_areCompressed_whenAsked() {
        ListSettings settings = new ListSettings(-1, 1, 1_000_000);
        try (OffHeap heap = new OffHeap(slab)) {
            byte[] text = OffHeap.ascii("the same again and again ".repeat(4));
            long a = heap.put(text);
            long root = ListValue.create(slab);
            for (int i = 0; i < 1000; i++) {
                root = ListValue.beforeAdding(slab, root, text.length, 1, settings);
                root = ListValue.push(slab, root, true, a, text.length, settings);
            }
            long nodes = ListValue.nodes(root);
            assertThat(nodes).isGreaterThan(20);
            assertThat(slab.usedBytes(MemoryTag.LIST)).isLessThan(2 * 4096 + nodes * 300);
            assertThat(ListValue.indexOf(slab, root, a, text.length - 1)).isEqualTo(-1);
            assertThat(ListValue.memoryBytes(root, 0)).isEqualTo(slab.usedBytes(MemoryTag.LIST));
            ListValue.free(slab, root);
        }
    }
}
