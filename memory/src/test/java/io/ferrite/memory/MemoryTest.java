package io.ferrite.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MemoryTest {

    private static final int ROOM = 4096;

    private final SplittableRandom random = new SplittableRandom(17);
    private Slab slab;
    private long one;
    private long other;

    @BeforeEach
    void take() {
        slab = TestMemory.leakChecked();
        one = slab.take(ROOM, MemoryTag.OTHER);
        other = slab.take(ROOM, MemoryTag.OTHER);
        Memory.fill(one, ROOM, (byte) 0);
        Memory.fill(other, ROOM, (byte) 0);
    }

    @AfterEach
    void give() {
        slab.give(one, ROOM, MemoryTag.OTHER);
        slab.give(other, ROOM, MemoryTag.OTHER);
        slab.close();
    }

    /** Lengths around every step that the short ways take. */
    private int randomLength() {
        return random.nextInt(random.nextInt(4) == 0 ? 600 : 70);
    }

    @Test
    void numbers_areLittleEndian_unlessNamedOtherwise_andNeedNoAlignment() {
        for (long a = one; a < one + 16; a++) {
            Memory.putLong(a, 0x0807_0605_0403_0201L);
            assertThat(Memory.toBytes(a, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
            assertThat(Memory.getLongBigEndian(a)).isEqualTo(0x0102_0304_0506_0708L);
            assertThat(Memory.getInt(a + 1)).isEqualTo(0x0504_0302);
            assertThat(Memory.getIntBigEndian(a + 1)).isEqualTo(0x0203_0405);
            assertThat(Memory.getShort(a + 1)).isEqualTo((short) 0x0302);
            assertThat(Memory.getShortBigEndian(a + 1)).isEqualTo((short) 0x0203);
            Memory.putLongBigEndian(a, 0x0807_0605_0403_0201L);
            assertThat(Memory.toBytes(a, 8)).containsExactly(8, 7, 6, 5, 4, 3, 2, 1);
            Memory.putInt(a, -2);
            assertThat(Memory.getUnsignedInt(a)).isEqualTo(0xFFFF_FFFEL);
            Memory.putShort(a, -2);
            assertThat(Memory.getUnsignedShort(a)).isEqualTo(0xFFFE);
            Memory.putByte(a, -2);
            assertThat(Memory.getUnsignedByte(a)).isEqualTo(0xFE);
            Memory.putDouble(a, Math.PI);
            assertThat(Memory.getDouble(a)).isEqualTo(Math.PI);
        }
    }

    @Test
    void copies_moveOverlappingRanges_asIfThroughABuffer() {
        byte[] model = new byte[ROOM];
        random.nextBytes(model);
        Memory.copyIn(model, 0, one, ROOM);
        for (int i = 0; i < 20_000; i++) {
            int length = randomLength();
            int from = random.nextInt(700);
            int to = random.nextInt(700);
            System.arraycopy(model, from, model, to, length);
            Memory.copy(one + from, one + to, length);
            if (i % 100 == 0) {
                assertThat(Memory.toBytes(one, ROOM)).isEqualTo(model);
            }
        }
        assertThat(Memory.toBytes(one, ROOM)).isEqualTo(model);
    }

    @Test
    void comparisons_areThoseOfArrays() {
        for (int i = 0; i < 50_000; i++) {
            byte[] a = new byte[randomLength()];
            byte[] b = random.nextBoolean() ? Arrays.copyOf(a, a.length) : new byte[randomLength()];
            random.nextBytes(a);
            System.arraycopy(a, 0, b, 0, Math.min(a.length, b.length));
            if (b.length > 0 && random.nextBoolean()) {
                b[random.nextInt(b.length)] ^= (byte) (1 << random.nextInt(8));
            }
            long x = one + random.nextInt(8);
            long y = other + random.nextInt(8);
            Memory.copyIn(a, 0, x, a.length);
            Memory.copyIn(b, 0, y, b.length);
            assertThat(Integer.signum(Memory.compare(x, a.length, y, b.length)))
                    .isEqualTo(Integer.signum(Arrays.compareUnsigned(a, b)));
            if (a.length == b.length) {
                assertThat(Memory.equal(x, y, a.length)).isEqualTo(Arrays.equals(a, b));
                assertThat(Memory.equal(x, b, 0, b.length)).isEqualTo(Arrays.equals(a, b));
            }
        }
    }

    @Test
    void fills_reachTheirRangeAndNoFurther() {
        for (int length = 0; length < 300; length++) {
            Memory.fill(one, ROOM, (byte) 1);
            Memory.fill(one + 3, length, (byte) -2);
            byte[] expected = new byte[ROOM];
            Arrays.fill(expected, (byte) 1);
            Arrays.fill(expected, 3, 3 + length, (byte) -2);
            assertThat(Memory.toBytes(one, ROOM)).isEqualTo(expected);
        }
    }

    @Test
    void aBuffer_isTheSameBytes() {
        ByteBuffer buffer = Memory.buffer(one, 16);
        buffer.putLong(0, 42);
        assertThat(Memory.getLongBigEndian(one)).isEqualTo(42);
        assertThat(buffer.remaining()).isEqualTo(16);
    }

    @Test
    void compareAndSet_changesOnlyWhatWasExpected() {
        Memory.putLongRelease(one, 5);
        assertThat(Memory.casLong(one, 4, 6)).isFalse();
        assertThat(Memory.getLongVolatile(one)).isEqualTo(5);
        assertThat(Memory.casLong(one, 5, 6)).isTrue();
        assertThat(Memory.getLongVolatile(one)).isEqualTo(6);
    }

    @Test
    void accessAndAllocation_takeNothingFromTheJavaHeap() {
        byte[] array = new byte[64];
        assertAllocatesNothing(i -> Memory.getLong(one + i % 64));
        assertAllocatesNothing(i -> {
            Memory.putInt(one + i % 64, (int) i);
            Memory.copy(one, other, i % 64);
            Memory.copyIn(array, 0, one, 40);
            Memory.copyOut(one, array, 0, 40);
            Memory.fill(one, i % 64, (byte) i);
            return 0;
        });
        assertAllocatesNothing(i -> Memory.compare(one, 50, other, 50));
        assertAllocatesNothing(i -> Memory.equal(one, other, 50) ? 1 : 0);
        assertAllocatesNothing(i -> Hash.of(one, (int) (i % 50)));
        assertAllocatesNothing(i -> {
            long block = slab.take(i % 200, MemoryTag.ENTRY);
            slab.give(block, i % 200, MemoryTag.ENTRY);
            return block;
        });
    }

    private static void assertAllocatesNothing(LongUnaryOperator action) {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 20_000;
        long least = Long.MAX_VALUE;
        // The first rounds link and compile.
        for (int attempt = 0; attempt < 5; attempt++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            long sum = 0;
            for (int i = 0; i < rounds; i++) {
                sum += action.applyAsLong(i);
            }
            assertThat(sum).isNotEqualTo(1); // so that it is not optimised away
            least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least / rounds).as("bytes for each round").isZero();
    }
}
