package io.ferrite.store.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpiryHeapTest {

    /** Elements of 16 bytes: time and place. */
    private static final PlaceKeeper KEEPER =
            new PlaceKeeper(MemoryTag.EXPIRY) {
                @Override
                public void setPlace(long element, int place) {
                    Memory.putInt(element + 8, place);
                }
            };

    private final Slab slab = new Slab();
    private final List<Long> elements = new ArrayList<>();

    @AfterEach
    void nothingLeaks() {
        elements.forEach(element -> slab.give(element, 16, MemoryTag.OTHER));
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private long element(long at) {
        long element = slab.take(16, MemoryTag.OTHER);
        Memory.putLong(element, at);
        return element;
    }

    private long nextOfModel() {
        return elements.stream().mapToLong(Memory::getLong).min().orElse(ExpiryHeap.NEVER);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 300, 3000})
    void nextIsTheEarliest_whateverComesGoesAndChanges(int most) {
        Random random = new Random(most);
        long heap = ExpiryHeap.create(slab, KEEPER);
        for (int step = 0; step < 6 * most + 200; step++) {
            boolean shrinking = step / most % 2 == 1;
            if (elements.isEmpty() || random.nextInt(3) < (shrinking ? 1 : 2)) {
                long element = element(random.nextInt(10_000));
                elements.add(element);
                ExpiryHeap.add(slab, heap, Memory.getLong(element), element, KEEPER);
            } else {
                int index = random.nextInt(elements.size());
                long element = elements.get(index);
                int place = Memory.getInt(element + 8);
                assertThat(ExpiryHeap.element(heap, place)).isEqualTo(element);
                if (random.nextBoolean()) {
                    ExpiryHeap.remove(slab, heap, place, KEEPER);
                    slab.give(element, 16, MemoryTag.OTHER);
                    elements.set(index, elements.getLast());
                    elements.removeLast();
                } else {
                    Memory.putLong(element, random.nextInt(10_000));
                    ExpiryHeap.change(heap, place, Memory.getLong(element), KEEPER);
                }
            }
            assertThat(ExpiryHeap.size(heap)).isEqualTo(elements.size());
            if (step % 64 == 0) {
                assertThat(ExpiryHeap.nextAt(heap)).isEqualTo(nextOfModel());
                long due = elements.stream().filter(e -> Memory.getLong(e) < 5000).count();
                assertThat(ExpiryHeap.countDue(heap, 5000)).isEqualTo((int) due);
                if (due > 0) {
                    assertThat(Memory.getLong(ExpiryHeap.due(heap, 5000))).isLessThan(5000);
                }
                assertThat(ExpiryHeap.bytes(heap)).isEqualTo(slab.usedBytes(MemoryTag.EXPIRY));
            }
        }
        while (!ExpiryHeap.release(slab, heap, 200, KEEPER)) {
            assertThat(slab.usedBytes(MemoryTag.EXPIRY)).isPositive();
        }
    }

    @Test
    void emptyHeap_expiresNever() {
        long heap = ExpiryHeap.create(slab, KEEPER);
        assertThat(ExpiryHeap.nextAt(heap)).isEqualTo(ExpiryHeap.NEVER);
        assertThat(ExpiryHeap.countDue(heap, ExpiryHeap.NEVER)).isZero();
        ExpiryHeap.free(slab, heap, KEEPER);
    }
}
