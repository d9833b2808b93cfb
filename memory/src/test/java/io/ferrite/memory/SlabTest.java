package io.ferrite.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SlabTest {

    /** A block that is out, and the byte that all of it is filled with. */
    private record Block(long address, long size, MemoryTag tag, byte filling) {}

    @Test
    void randomTakesResizesAndGives_keepEveryBlockIntact_andTheCountsExact() {
        for (long seed = 1; seed <= 8; seed++) {
            try (Slab slab = TestMemory.leakChecked()) {
                runAgainstModel(slab, new SplittableRandom(seed), 20_000, "seed " + seed);
            }
        }
    }

    private static void runAgainstModel(
            Slab slab, SplittableRandom random, int steps, String description) {
        List<Block> out = new ArrayList<>();
        long[] bytes = new long[MemoryTag.values().length];
        for (int step = 0; step < steps; step++) {
            boolean growing = step / 2_000 % 2 == 0;
            int action = random.nextInt(10);
            if (out.isEmpty() || action < (growing ? 5 : 3)) {
                MemoryTag tag = MemoryTag.values()[random.nextInt(bytes.length)];
                long size = randomSize(random);
                long address = slab.take(size, tag);
                assertThat(address & 7).isZero();
                if (size > 0 && size % 64 == 0) {
                    assertThat(address & 63).as("alignment of %d", size).isZero();
                }
                out.add(filled(address, size, tag, (byte) random.nextInt()));
                bytes[tag.ordinal()] += Slab.roundUp(size);
            } else if (action < 7) {
                Block block = out.get(random.nextInt(out.size()));
                long size = randomSize(random);
                assertIntact(block, block.size, description);
                long moved = slab.resize(block.address, block.size, size, block.tag);
                Block resized = new Block(moved, size, block.tag, block.filling);
                assertIntact(resized, Math.min(size, block.size), description);
                out.set(out.indexOf(block), filled(moved, size, block.tag, block.filling));
                bytes[block.tag.ordinal()] += Slab.roundUp(size) - Slab.roundUp(block.size);
            } else {
                Block block = swapOut(out, random.nextInt(out.size()));
                assertIntact(block, block.size, description);
                slab.give(block.address, block.size, block.tag);
                bytes[block.tag.ordinal()] -= Slab.roundUp(block.size);
            }
            if (step % 500 == 0) {
                assertCounts(slab, out, bytes, description);
            }
            if (step % 5_000 == 4_999) {
                slab.trim();
            }
        }
        for (Block block : out) {
            assertIntact(block, block.size, description);
            slab.give(block.address, block.size, block.tag);
        }
        assertThat(slab.usedBytes()).as(description).isZero();
        slab.trim();
        assertThat(slab.heldBytes()).as(description).isZero();
    }

    private static long randomSize(SplittableRandom random) {
        return switch (random.nextInt(20)) {
            case 0 -> 0;
            case 1 -> random.nextInt(300_000);
            case 2 -> random.nextInt(20) == 0 ? random.nextInt(4_000_000) : random.nextInt(70_000);
            case 3, 4, 5 -> random.nextInt(10_000);
            default -> random.nextInt(300);
        };
    }

    private static Block swapOut(List<Block> blocks, int index) {
        Block block = blocks.get(index);
        Block last = blocks.removeLast();
        if (index < blocks.size()) {
            blocks.set(index, last);
        }
        return block;
    }

    private static Block filled(long address, long size, MemoryTag tag, byte filling) {
        Memory.fill(address, size, filling);
        return new Block(address, size, tag, filling);
    }

    private static void assertIntact(Block block, long length, String description) {
        if (length == 0) {
            return;
        }
        assertThat(Memory.getByte(block.address)).as(description).isEqualTo(block.filling);
        boolean same =
                length <= 1 || Memory.equal(block.address, block.address + 1, (int) length - 1);
        assertThat(same).as("%s: %s", description, block).isTrue();
    }

    private static void assertCounts(Slab slab, List<Block> out, long[] bytes, String description) {
        long sum = 0;
        for (MemoryTag tag : MemoryTag.values()) {
            assertThat(slab.usedBytes(tag)).as(description).isEqualTo(bytes[tag.ordinal()]);
            long blocks = out.stream().filter(b -> b.tag == tag).count();
            assertThat(slab.blocks(tag)).as(description).isEqualTo(blocks);
            sum += bytes[tag.ordinal()];
        }
        assertThat(slab.usedBytes()).as(description).isEqualTo(sum);
        assertThat(slab.residentEstimate()).isGreaterThanOrEqualTo(sum);
        assertThat(slab.heldBytes()).isGreaterThanOrEqualTo(sum);
    }

    @Test
    void everySize_getsAtMostAnEighthMore_andItsClassGetsItself() {
        for (long size = 0; size < 600_000; size++) {
            long held = Slab.roundUp(size);
            assertThat(held >= size && held >= 8 && held % 8 == 0).as("size %d", size).isTrue();
            assertThat(held - size <= Math.max(8, size / 8)).as("size %d", size).isTrue();
            assertThat(Slab.roundUp(held)).isEqualTo(held);
            if (held <= SizeClass.MAX_BLOCK) {
                assertThat((long) SizeClass.size(SizeClass.of(size))).isEqualTo(held);
            } else {
                assertThat(SizeClass.of(size)).isGreaterThan(SizeClass.LAST);
            }
        }
        assertThat(Slab.roundUp(512L << 20)).isEqualTo(512L << 20);
    }

    @Test
    void noSpan_wastesMoreThanOneSixtyFourthAsItsTail() {
        for (int c = 1; c <= SizeClass.LAST; c++) {
            int span = SizeClass.spanUnits(c) * SizeClass.UNIT;
            assertThat(span % SizeClass.size(c)).as("class %d", c).isLessThanOrEqualTo(span / 64);
        }
    }

    @Test
    void runsOfFreeUnits_areFoundAsASlowSearchFindsThem() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            long half = random.nextLong();
            long more = half | random.nextLong();
            long mask = random.nextLong() & (i % 2 == 0 ? -1 : more);
            int longest = 0;
            for (int length = 1; length <= 64; length++) {
                long starts = 0;
                for (int at = 0; at + length <= 64; at++) {
                    long run = (length == 64 ? -1L : (1L << length) - 1) << at;
                    if ((mask & run) == run) {
                        starts |= 1L << at;
                        longest = length;
                    }
                }
                assertThat(SpanSpace.startsOfRuns(mask, length)).isEqualTo(starts);
            }
            assertThat(SpanSpace.longestRun(mask)).isEqualTo(longest);
        }
    }

    @Test
    void blocksThatAreOut_areToldByTag_whenALeakCheckedSlabCloses() {
        Slab slab = TestMemory.leakChecked();
        slab.take(100, MemoryTag.ZSET);
        slab.take(20, MemoryTag.LIST);
        assertThatThrownBy(slab::close)
                .isInstanceOf(MemoryViolation.class)
                .hasMessage(
                        "not given back: 1 blocks, 24 bytes of LIST; 1 blocks, 104 bytes of ZSET");
    }

    @Test
    void aLargeBlock_keepsItsBytes_asItGrowsAndShrinks() {
        try (Slab slab = TestMemory.leakChecked()) {
            long size = 100;
            long block = slab.take(size, MemoryTag.STRING);
            Memory.fill(block, size, (byte) 1);
            while (size < 64 << 20) {
                long bigger = size * 3;
                block = slab.resize(block, size, bigger, MemoryTag.STRING);
                assertIntact(new Block(block, size, MemoryTag.STRING, (byte) 1), size, "growing");
                Memory.fill(block + size, bigger - size, (byte) 1);
                size = bigger;
            }
            while (size > 100) {
                long smaller = size / 3;
                block = slab.resize(block, size, smaller, MemoryTag.STRING);
                assertIntact(
                        new Block(block, smaller, MemoryTag.STRING, (byte) 1),
                        smaller,
                        "shrinking");
                size = smaller;
            }
            slab.give(block, size, MemoryTag.STRING);
        }
    }
}
