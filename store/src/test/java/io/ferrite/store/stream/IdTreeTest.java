package io.ferrite.store.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IdTreeTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20261121L);

    private final Slab slab = new Slab();
    private long tree;

    @BeforeEach
    void makeHandle() {
        tree = slab.take(IdTree.HANDLE_BYTES, MemoryTag.OTHER);
    }

    @AfterEach
    void nothingLeaks() {
        slab.give(tree, IdTree.HANDLE_BYTES, MemoryTag.OTHER);
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    /** An id as a number that orders as it does; small ones, and a few beyond the sign. */
    private static long ms(long n) {
        return n % 5 == 4 ? n | Long.MIN_VALUE : n;
    }

    private static StreamId id(long n) {
        return new StreamId(ms(n / 4), n % 4 == 3 ? -n : n % 4);
    }

    private void insert(TreeMap<StreamId, Long> model, StreamId id, long value) {
        long record = IdTree.insert(slab, tree, id.ms(), id.seq());
        Memory.putLong(record + IdTree.PAYLOAD, value);
        model.put(id, value);
    }

    private void compare(TreeMap<StreamId, Long> model, Random random, int range) {
        IdTree.check(tree);
        assertThat(IdTree.count(tree)).isEqualTo(model.size());
        IdCursor cursor = new IdCursor().first(tree);
        for (Map.Entry<StreamId, Long> entry : model.entrySet()) {
            assertThat(cursor.ms()).isEqualTo(entry.getKey().ms());
            assertThat(cursor.seq()).isEqualTo(entry.getKey().seq());
            assertThat(Memory.getLong(cursor.record() + IdTree.PAYLOAD))
                    .isEqualTo(entry.getValue());
            cursor.next();
        }
        assertThat(cursor.isValid()).isFalse();
        cursor.last(tree);
        for (StreamId id : model.descendingKeySet()) {
            assertThat(id.compareTo(cursor.ms(), cursor.seq())).isZero();
            cursor.previous();
        }
        assertThat(cursor.isValid()).isFalse();
        for (int i = 0; i < 40; i++) {
            StreamId id = id(random.nextInt(range));
            isAt(cursor.atLeast(tree, id.ms(), id.seq()), model.ceilingKey(id));
            isAt(cursor.atMost(tree, id.ms(), id.seq()), model.floorKey(id));
        }
    }

    private static void isAt(IdCursor cursor, StreamId id) {
        assertThat(cursor.isValid()).isEqualTo(id != null);
        if (id != null) {
            assertThat(id.compareTo(cursor.ms(), cursor.seq())).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"24, 60", "24, 3000", "40, 9000", "120, 20000", "500, 400"})
    void anyChanges_leaveWhatAModelSays(int recordBytes, int range) {
        Random random = new Random(SEED + range);
        IdTree.create(tree, recordBytes);
        TreeMap<StreamId, Long> model = new TreeMap<>(StreamId::compareTo);
        for (int phase = 0; phase < 6; phase++) {
            int removals = new int[] {1, 5, 9, 2, 5, 10}[phase];
            for (int i = 0; i < 2 * range; i++) {
                StreamId id = id(random.nextInt(range));
                boolean there = IdTree.find(tree, id.ms(), id.seq()) != IdTree.NONE;
                assertThat(there).isEqualTo(model.containsKey(id));
                if (random.nextInt(10) < removals) {
                    assertThat(IdTree.remove(slab, tree, id.ms(), id.seq())).isEqualTo(there);
                    model.remove(id);
                } else if (!there) {
                    insert(model, id, i);
                }
                if (i % 5000 == 0) {
                    compare(model, random, range);
                }
            }
            compare(model, random, range);
        }
        IdTree.release(slab, tree, Integer.MAX_VALUE, null);
    }

    @Test
    void idsInOrder_fillTheLeaves_andLeaveFromTheFront() {
        IdTree.create(tree, 24);
        TreeMap<StreamId, Long> model = new TreeMap<>(StreamId::compareTo);
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            insert(model, new StreamId(i, 0), i);
        }
        compare(model, random, 100);
        assertThat(IdTree.bytes(tree)).isLessThan(20_000 * 27);
        for (int i = 0; i < 19_990; i++) {
            assertThat(IdTree.remove(slab, tree, i, 0)).isTrue();
            model.remove(new StreamId(i, 0));
            if (i % 3_000 == 0) {
                compare(model, random, 100);
            }
        }
        compare(model, random, 100);
        assertThat(IdTree.nodes(tree)).isEqualTo(1);
        IdTree.release(slab, tree, Integer.MAX_VALUE, null);
    }

    @Test
    void release_goesStepByStep_andTellsOfEveryRecord() {
        IdTree.create(tree, 24);
        TreeMap<StreamId, Long> model = new TreeMap<>(StreamId::compareTo);
        for (int i = 0; i < 5_000; i++) {
            insert(model, new StreamId(i * 7919L % 5_003, 1), i);
        }
        long[] sum = new long[1];
        int steps = 0;
        while (IdTree.root(tree) != 0) {
            int left =
                    IdTree.release(
                            slab,
                            tree,
                            10,
                            record -> sum[0] += Memory.getLong(record + IdTree.PAYLOAD));
            assertThat(left).isLessThan(10);
            steps++;
        }
        assertThat(sum[0]).isEqualTo(4_999L * 5_000 / 2);
        assertThat(steps).isGreaterThan(400);
    }
}
