package io.ferrite.store.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.OffHeap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StreamValueTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20261121L);

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private static String text(ListpackItem item) {
        return new String(item.toBytes(), StandardCharsets.ISO_8859_1);
    }

    /** What a cursor shows, each entry as its id and its texts. */
    private static List<String> shown(StreamCursor cursor) {
        List<String> entries = new ArrayList<>();
        while (cursor.next()) {
            List<String> texts = new ArrayList<>();
            while (cursor.nextField()) {
                texts.add(text(cursor.field()));
                texts.add(text(cursor.value()));
            }
            assertThat(texts).hasSize((int) (2 * cursor.fields()));
            entries.add(new StreamId(cursor.ms(), cursor.seq()) + " " + texts);
        }
        return entries;
    }

    private static List<String> modelled(Collection<Entry> entries) {
        return entries.stream().map(e -> e.id + " " + e.texts).toList();
    }

    private record Entry(StreamId id, List<String> texts) {}

    /** A stream and the model it must equal. */
    private final class Pair {
        private final Random random;
        private final long maxBytes;
        private final long maxEntries;
        private final TreeMap<StreamId, Entry> model = new TreeMap<>(StreamId::compareTo);
        private final StreamId last = new StreamId(1, 0);
        private long root = StreamValue.create(slab);
        private long added;

        Pair(long seed, long maxBytes, long maxEntries) {
            this.random = new Random(seed);
            this.maxBytes = maxBytes;
            this.maxEntries = maxEntries;
        }

        void add() {
            switch (random.nextInt(5)) {
                case 0 -> last.set(last.ms() + random.nextInt(1 << random.nextInt(20)), -1);
                case 1 -> last.set(last.ms() + 1, random.nextInt(9));
                default -> {}
            }
            last.increment();
            List<String> texts = new ArrayList<>();
            int pairs = random.nextInt(8) == 0 ? 1 + random.nextInt(140) : 1 + random.nextInt(3);
            for (int i = 0; i < pairs; i++) {
                texts.add(random.nextInt(6) == 0 ? any() : "field" + i);
                texts.add(any());
            }
            try (TextArgs args = new TextArgs(slab, texts)) {
                assertThat(
                                StreamValue.append(
                                        slab,
                                        root,
                                        last.ms(),
                                        last.seq(),
                                        args,
                                        0,
                                        pairs,
                                        maxBytes,
                                        maxEntries))
                        .isTrue();
            }
            StreamId id = new StreamId().set(last);
            model.put(id, new Entry(id, texts));
            added++;
        }

        private String any() {
            return new String(OffHeap.element(random), StandardCharsets.ISO_8859_1);
        }

        /** One that is there, mostly. */
        private StreamId some() {
            if (model.isEmpty() || random.nextInt(10) == 0) {
                return new StreamId(random.nextInt(1 << 20), random.nextInt(4));
            }
            StreamId low = model.firstKey();
            long span = last.ms() - low.ms() + 1;
            StreamId near = new StreamId(low.ms() + (random.nextLong() >>> 1) % span, 0);
            StreamId found = model.ceilingKey(near);
            return found == null ? model.lastKey() : found;
        }

        void delete() {
            StreamId id = some();
            boolean there = model.remove(id) != null;
            assertThat(StreamValue.exists(root, id.ms(), id.seq())).isEqualTo(there);
            assertThat(StreamValue.delete(slab, root, id.ms(), id.seq())).isEqualTo(there);
            StreamValue.refreshFirst(root);
        }

        void trim() {
            boolean approximate = random.nextBoolean();
            long limit = random.nextInt(3) == 0 ? 1 + random.nextInt(30) : 0;
            StreamTrim trim;
            if (random.nextBoolean()) {
                int left = model.size() - random.nextInt(40);
                trim = StreamTrim.toLength(Math.max(0, left), approximate, limit);
            } else {
                StreamId id = some();
                trim = StreamTrim.toId(id.ms(), id.seq(), approximate, limit);
            }
            long removed = StreamValue.trim(slab, root, trim);
            if (!approximate && limit == 0) {
                long expected =
                        trim.byLength()
                                ? Math.max(0, model.size() - trim.length())
                                : model.headMap(new StreamId(trim.ms(), trim.seq())).size();
                assertThat(removed).isEqualTo(expected);
            }
            if (limit > 0 && approximate) {
                assertThat(removed).isLessThanOrEqualTo(limit);
            }
            for (long i = 0; i < removed; i++) {
                model.pollFirstEntry();
            }
        }

        void compare() {
            IdTree.check(root + StreamValue.BLOCKS);
            assertThat(StreamValue.length(root)).isEqualTo(model.size());
            assertThat(StreamValue.added(root)).isEqualTo(added);
            assertThat(StreamValue.firstId(root, new StreamId()))
                    .hasToString(model.isEmpty() ? "0-0" : model.firstKey().toString());
            StreamCursor cursor = new StreamCursor();
            assertThat(shown(cursor.open(root, true))).isEqualTo(modelled(model.values()));
            assertThat(shown(cursor.open(root, false)))
                    .isEqualTo(modelled(model.descendingMap().values()));
            for (int i = 0; i < 6; i++) {
                StreamId a = some();
                StreamId b = some();
                if (a.compareTo(b) > 0) {
                    StreamId c = a;
                    a = b;
                    b = c;
                }
                var range = model.subMap(a, true, b, true);
                assertThat(shown(cursor.open(root, a.ms(), a.seq(), b.ms(), b.seq(), true)))
                        .isEqualTo(modelled(range.values()));
                assertThat(shown(cursor.open(root, a.ms(), a.seq(), b.ms(), b.seq(), false)))
                        .isEqualTo(modelled(range.descendingMap().values()));
            }
            long bytes = 0;
            IdCursor blocks = new IdCursor();
            for (blocks.first(root + StreamValue.BLOCKS); blocks.isValid(); blocks.next()) {
                long lp = StreamBlock.of(blocks.record());
                assertThat(Listpack.isValid(lp, Listpack.bytes(lp), true)).isTrue();
                StreamBlock.Content content = new StreamBlock.Content();
                assertThat(StreamBlock.validate(lp, blocks.ms(), blocks.seq(), content)).isTrue();
                assertThat(content.live).isEqualTo(StreamBlock.live(lp));
                bytes += StreamBlock.bytesHeld(lp);
            }
            long last = IdTree.edge(root + StreamValue.BLOCKS, true);
            long used = last == IdTree.NONE ? 0 : Listpack.bytes(StreamBlock.of(last));
            long room = Slab.roundUp(used + Math.max(used / 2, 64)) - used;
            assertThat(StreamValue.blockBytes(root)).isBetween(bytes, bytes + room);
            assertThat(StreamValue.memoryBytes(root, 0))
                    .isEqualTo(slab.usedBytes(MemoryTag.STREAM));
        }
    }

    @ParameterizedTest
    @CsvSource({"4096, 100", "0, 0", "200, 10", "0, 1", "1, 0", "4096, 7", "65536, 300"})
    void anyChanges_leaveWhatAModelSays(long maxBytes, long maxEntries) {
        Pair pair = new Pair(SEED + maxBytes, maxBytes, maxEntries);
        for (int phase = 0; phase < 5; phase++) {
            int removals = new int[] {0, 3, 6, 1, 9}[phase];
            for (int i = 0; i < 400; i++) {
                if (pair.random.nextInt(10) >= removals) {
                    pair.add();
                } else {
                    pair.delete();
                }
                if (pair.random.nextInt(60) == 0) {
                    pair.trim();
                }
                if (i % 100 == 0) {
                    pair.compare();
                }
            }
            pair.compare();
        }
        long copy = StreamValue.copyOf(slab, pair.root);
        assertThat(shown(new StreamCursor().open(copy, true)))
                .isEqualTo(modelled(pair.model.values()));
        StreamTail.close(slab, pair.root);
        assertThat(StreamValue.memoryBytes(copy, 0))
                .isEqualTo(StreamValue.memoryBytes(pair.root, 0));
        StreamValue.free(slab, pair.root);
        for (long left = copy; left != 0; ) {
            left = StreamValue.freeSome(slab, left, 3);
        }
    }

    @Test
    void blocks_areThoseOfRedis() {
        long root = StreamValue.create(slab);
        try (TextArgs args = new TextArgs(slab, List.of("a", "1", "bb", "x", "a", "2", "bb", ""))) {
            StreamValue.append(slab, root, 5, 7, args, 0, 2, 4096, 100);
            StreamValue.append(slab, root, 5, 9, args, 4, 2, 4096, 100);
            StreamValue.append(slab, root, 6, 0, args, 0, 1, 4096, 100);
        }
        StreamValue.delete(slab, root, 5, 7);
        long lp = StreamBlock.of(IdTree.edge(root + StreamValue.BLOCKS, false));
        List<String> elements = new ArrayList<>();
        ListpackItem item = new ListpackItem();
        for (int at = Listpack.first(lp); at != Listpack.NONE; at = Listpack.next(lp, at)) {
            Listpack.get(lp, at, item);
            elements.add(text(item));
        }
        assertThat(elements)
                .containsExactly(
                        "2", "1", "2", "a", "bb", "0", //
                        "3", "0", "0", "1", "x", "5", //
                        "2", "0", "2", "2", "", "5", //
                        "0", "1", "-7", "1", "a", "1", "6");
        StreamValue.free(slab, root);
    }

    @Test
    void anEntryThatIsTooLong_isRefused_andNothingChanges() {
        long root = StreamValue.create(slab);
        TextArgs huge = new TextArgs(slab, List.of("f", "v"));
        io.ferrite.memory.Args args =
                new io.ferrite.memory.Args() {
                    @Override
                    public int count() {
                        return 2;
                    }

                    @Override
                    public long address(int i) {
                        return huge.address(i);
                    }

                    @Override
                    public int length(int i) {
                        return (1 << 29) + 1;
                    }
                };
        assertThat(StreamValue.append(slab, root, 1, 1, args, 0, 1, 4096, 100)).isFalse();
        assertThat(StreamValue.length(root)).isZero();
        assertThat(StreamValue.blocks(root)).isZero();
        huge.close();
        StreamValue.free(slab, root);
    }
}
