package io.ferrite.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What checked mode finds; without the mode there is nothing to test. */
final class CheckedModeTest {

    private static final long[] SIZES = {
        8, 24, 64, 100, 128, 192, 1000, 8192, 60_000, 262_144, 400_000
    };

    @BeforeAll
    static void onlyInCheckedMode() {
        assumeTrue(Memory.CHECKED);
    }

    private static void assertViolation(String text, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOf(MemoryViolation.class).hasMessageContaining(text);
    }

    @Test
    void everyByteOfABlock_isReachable_andNoneBesides() {
        try (Slab slab = TestMemory.leakChecked()) {
            for (long size : SIZES) {
                long block = slab.take(size, MemoryTag.OTHER);
                long held = Slab.roundUp(size);
                Memory.fill(block, held, (byte) 7);
                Memory.putByte(block + held - 1, 1);
                assertViolation("access to 1 bytes", () -> Memory.getByte(block + held));
                assertViolation("access to 1 bytes", () -> Memory.putByte(block - 1, 1));
                assertViolation("access to 8 bytes", () -> Memory.getLong(block + held - 7));
                assertViolation("access to 8 bytes", () -> Memory.putLong(block - 1, 1));
                assertViolation("access to", () -> Memory.fill(block, held + 1, (byte) 0));
                assertViolation("access to", () -> Memory.copy(block + 1, block, held));
                assertViolation("access to", () -> Memory.toBytes(block, (int) held + 1));
                slab.give(block, size, MemoryTag.OTHER);
            }
        }
    }

    @Test
    void aGivenBlock_isDead_untilItIsTakenAgain() {
        try (Slab slab = TestMemory.leakChecked()) {
            for (long size : SIZES) {
                long block = slab.take(size, MemoryTag.LIST);
                slab.give(block, size, MemoryTag.LIST);
                for (int i = 0; i < 10; i++) {
                    long other = slab.take(size, MemoryTag.LIST);
                    assertThat(other == block && size < 200_000).isFalse();
                    slab.give(other, size, MemoryTag.LIST);
                }
                assertViolation("access to 1 bytes", () -> Memory.getByte(block));
            }
        }
    }

    @Test
    void aBlockGivenTwice_orWithAnotherSizeOrTag_isRefused() {
        try (Slab slab = TestMemory.leakChecked()) {
            for (long size : SIZES) {
                long block = slab.take(size, MemoryTag.SET);
                assertViolation("taken as", () -> slab.give(block, 2 * size, MemoryTag.SET));
                assertViolation("taken as", () -> slab.give(block, size, MemoryTag.HASH));
                assertViolation("give of", () -> slab.give(block + 8, size, MemoryTag.SET));
                assertViolation("give of", () -> slab.give(block + 1, size, MemoryTag.SET));
                slab.give(block, size, MemoryTag.SET);
                assertViolation("give of", () -> slab.give(block, size, MemoryTag.SET));
            }
            assertViolation("no slab has it", () -> slab.give(0, 8, MemoryTag.SET));
            assertViolation("a block of -1 bytes", () -> slab.take(-1, MemoryTag.SET));
        }
    }

    @Test
    void anAddressThatResizeLeft_isDead() {
        try (Slab slab = TestMemory.leakChecked()) {
            for (long size : SIZES) {
                long block = slab.take(size, MemoryTag.SET);
                assertThat(slab.resize(block, size, Slab.roundUp(size), MemoryTag.SET))
                        .isEqualTo(block);
                long moved = slab.resize(block, size, 2 * size, MemoryTag.SET);
                assertViolation("access to 1 bytes", () -> Memory.getByte(block));
                slab.give(moved, 2 * size, MemoryTag.SET);
            }
        }
    }

    @Test
    void freshBlocks_areNotZero_soThatNobodyCountsOnIt() {
        try (Slab slab = TestMemory.leakChecked()) {
            for (long size : SIZES) {
                long block = slab.take(size, MemoryTag.SET);
                assertThat(Memory.getLong(block)).isNotZero();
                slab.give(block, size, MemoryTag.SET);
            }
        }
    }

    @Test
    void addressesThatNobodyHas_areRefused_andForeignOnesPass() {
        for (long wild :
                new long[] {0, 8, 4096, -1, -8, 1L << 62, Long.MIN_VALUE, 0xDEAD_BEEF_0000L}) {
            assertViolation("nobody has mapped", () -> Memory.getLong(wild));
            assertViolation("nobody has mapped", () -> Memory.putByte(wild, 1));
        }
        try (Arena arena = Arena.ofConfined()) {
            long foreign = arena.allocate(100).address();
            Memory.putLong(foreign, 42);
            assertThat(Memory.getLong(foreign)).isEqualTo(42);
        }
    }

    @Test
    void theBlocksOfAClosedSlab_areDead() {
        Slab slab = new Slab();
        long small = slab.take(100, MemoryTag.OTHER);
        long large = slab.take(1 << 20, MemoryTag.OTHER);
        slab.close();
        assertViolation("access to", () -> Memory.getLong(small));
        assertViolation("access to", () -> Memory.getLong(large));
    }

    @Test
    void randomAccesses_passExactlyWhenTheyLieInOneBlock() {
        SplittableRandom random = new SplittableRandom(11);
        try (Slab slab = TestMemory.leakChecked()) {
            long[] blocks = new long[200];
            long[] sizes = new long[blocks.length];
            for (int i = 0; i < blocks.length; i++) {
                sizes[i] = Slab.roundUp(random.nextInt(300));
                blocks[i] = slab.take(sizes[i], MemoryTag.OTHER);
            }
            for (int i = 0; i < 20_000; i++) {
                int at = random.nextInt(blocks.length);
                long from = blocks[at] + random.nextInt((int) sizes[at] + 16) - 8;
                int length = 1 + random.nextInt(40);
                boolean inside = false;
                for (int b = 0; b < blocks.length; b++) {
                    inside |= from >= blocks[b] && from + length <= blocks[b] + sizes[b];
                }
                boolean passed;
                try {
                    Memory.toBytes(from, length);
                    passed = true;
                } catch (MemoryViolation e) {
                    passed = false;
                }
                assertThat(passed).as("%x, %d", from, length).isEqualTo(inside);
            }
            for (int i = 0; i < blocks.length; i++) {
                slab.give(blocks[i], sizes[i], MemoryTag.OTHER);
            }
        }
    }
}
