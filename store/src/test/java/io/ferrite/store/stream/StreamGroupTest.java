package io.ferrite.store.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.OffHeap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StreamGroupTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20261121L);

    private final Slab slab = new Slab();
    private final OffHeap heap = new OffHeap(slab);

    @AfterEach
    void nothingLeaks() {
        heap.close();
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private long group(long stream, String name) {
        byte[] bytes = OffHeap.ascii(name);
        try (OffHeap one = new OffHeap(slab)) {
            long text = one.put(bytes);
            long group = StreamGroup.find(stream, text, bytes.length);
            return group != StreamGroup.NONE
                    ? group
                    : StreamGroup.create(slab, stream, text, bytes.length, 3, 4, 5);
        }
    }

    private long consumer(long group, String name) {
        byte[] bytes = OffHeap.ascii(name);
        try (OffHeap one = new OffHeap(slab)) {
            long text = one.put(bytes);
            long consumer = StreamConsumer.find(group, text, bytes.length);
            return consumer != StreamConsumer.NONE
                    ? consumer
                    : StreamConsumer.create(slab, group, text, bytes.length, 11, 12);
        }
    }

    private static String name(long consumer) {
        return new String(
                Memory.toBytes(StreamConsumer.name(consumer), StreamConsumer.nameLength(consumer)),
                StandardCharsets.ISO_8859_1);
    }

    /** All that a group holds, as text. */
    private static String described(long group) {
        StringBuilder out = new StringBuilder();
        IdCursor cursor = new IdCursor();
        for (cursor.first(StreamGroup.pending(group)); cursor.isValid(); cursor.next()) {
            long record = cursor.record();
            out.append(new StreamId(cursor.ms(), cursor.seq())).append(' ');
            out.append(name(StreamPending.consumer(record))).append(' ');
            out.append(StreamPending.deliveredMs(record)).append(' ');
            out.append(StreamPending.deliveries(record)).append('\n');
        }
        for (long consumer : StreamGroup.consumers(group)) {
            out.append(name(consumer)).append(StreamConsumer.seenMs(consumer)).append(':');
            for (cursor.first(StreamConsumer.pending(consumer)); cursor.isValid(); cursor.next()) {
                out.append(' ').append(new StreamId(cursor.ms(), cursor.seq()));
            }
            out.append('\n');
        }
        return out.toString();
    }

    @Test
    void names_comeInTheirOrder() {
        long stream = StreamValue.create(slab);
        for (String name : List.of("b", "", "a", "ab", "c\u00ff", "c", "a")) {
            group(stream, name);
        }
        List<String> names = new ArrayList<>();
        for (long group : StreamGroup.sorted(stream)) {
            names.add(
                    new String(
                            Memory.toBytes(StreamGroup.name(group), StreamGroup.nameLength(group)),
                            StandardCharsets.ISO_8859_1));
        }
        assertThat(names).containsExactly("", "a", "ab", "b", "c", "c\u00ff");
        StreamValue.free(slab, stream);
    }

    @Test
    void pendingEntries_areWhereAModelSays() {
        Random random = new Random(SEED);
        long stream = StreamValue.create(slab);
        long group = group(stream, "g");
        Map<Integer, String> owners = new TreeMap<>();
        for (int i = 0; i < 30_000; i++) {
            int n = random.nextInt(3_000);
            String owner = "consumer" + random.nextInt(12);
            long record = StreamPending.find(group, n, 1);
            assertThat(record != StreamPending.NONE).isEqualTo(owners.containsKey(n));
            if (random.nextInt(2_000) == 0) {
                StreamConsumer.remove(slab, group, consumer(group, owner));
                owners.values().removeIf(owner::equals);
            } else if (record == StreamPending.NONE) {
                StreamPending.add(slab, group, consumer(group, owner), n, 1, i, 1);
                owners.put(n, owner);
            } else if (random.nextInt(3) == 0) {
                assertThat(StreamPending.remove(slab, group, n, 1)).isTrue();
                owners.remove(n);
            } else {
                StreamPending.assign(slab, record, consumer(group, owner));
                owners.put(n, owner);
            }
        }
        IdTree.check(StreamGroup.pending(group));
        assertThat(StreamPending.count(group)).isEqualTo(owners.size());
        long sum = 0;
        for (long consumer : StreamGroup.consumers(group)) {
            IdTree.check(StreamConsumer.pending(consumer));
            IdCursor cursor = new IdCursor();
            for (cursor.first(StreamConsumer.pending(consumer)); cursor.isValid(); cursor.next()) {
                assertThat(owners.get((int) cursor.ms())).isEqualTo(name(consumer));
                sum++;
            }
        }
        assertThat(sum).isEqualTo(owners.size());
        long copy = StreamValue.copyOf(slab, stream);
        assertThat(described(group(copy, "g"))).isEqualTo(described(group));
        StreamValue.free(slab, stream);
        for (long left = copy; left != 0; ) {
            left = StreamValue.freeSome(slab, left, 5);
        }
    }

    @Test
    void aDetachedGroup_isGivenBackByItself_stepByStep() {
        long stream = StreamValue.create(slab);
        for (int i = 0; i < 3; i++) {
            long group = group(stream, "group" + i);
            for (int c = 0; c < 200; c++) {
                long consumer = consumer(group, "consumer" + c);
                for (int n = 0; n < (c < 3 ? 500 : 2); n++) {
                    StreamPending.add(slab, group, consumer, 1000L * c + n, 0, 1, 1);
                }
            }
        }
        long before = slab.usedBytes();
        long bytes = StreamValue.memoryBytes(stream, 0);
        assertThat(bytes).isEqualTo(before);
        long rest = StreamGroup.detach(slab, stream, group(stream, "group1"));
        assertThat(StreamGroup.count(stream)).isEqualTo(2);
        int steps = 0;
        for (long left = rest; left != 0; steps++) {
            left = StreamValue.freeSome(slab, left, 8);
        }
        assertThat(steps).isGreaterThan(20);
        assertThat(slab.usedBytes()).isEqualTo(StreamValue.memoryBytes(stream, 0));
        StreamValue.free(slab, stream);
    }

    /** Consumers are alike here: which of them a sample meets depends on the hash's seed. */
    @Test
    void sizeOfASample_isNearTheWhole() {
        long stream = StreamValue.create(slab);
        for (int i = 0; i < 2; i++) {
            long group = group(stream, "group" + i);
            for (int c = 0; c < 200; c++) {
                long consumer = consumer(group, "consumer" + c);
                for (int n = 0; n < 20; n++) {
                    StreamPending.add(slab, group, consumer, 1000L * c + n, 0, 1, 1);
                }
            }
        }
        long bytes = StreamValue.memoryBytes(stream, 0);
        assertThat(StreamValue.memoryBytes(stream, 5)).isBetween(bytes / 2, bytes * 2);
        StreamValue.free(slab, stream);
    }
}
