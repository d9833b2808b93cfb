package io.ferrite.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is resident, by the kernel's account: memory comes and goes with the data. */
final class ReleaseTest {

    private static final int COUNT = 400_000;
    private static final int SIZE = 120;

    /** Resident anonymous bytes of the process. */
    private static long resident() {
        try {
            String text =
                    Files.readString(Path.of("/proc/self/smaps_rollup"), StandardCharsets.US_ASCII);
            for (String line : text.split("\n")) {
                if (line.startsWith("Rss:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
            throw new AssertionError(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Long> fill(Slab slab, int count) {
        List<Long> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long block = slab.take(SIZE, MemoryTag.ENTRY);
            Memory.fill(block, SIZE, (byte) i);
            blocks.add(block);
        }
        return blocks;
    }

    @Test
    void resident_isLittleMoreThanUsed_andGoesBackAfterALargeDelete() {
        // Lists of boxed addresses are made first, so that only slab memory changes in between.
        try (Slab slab = TestMemory.leakChecked()) {
            List<Long> blocks = fill(slab, COUNT);
            long used = slab.usedBytes();
            assertThat(used).isEqualTo(COUNT * (long) SIZE);
            if (!Memory.CHECKED) { // red zones cost more
                assertThat(slab.residentEstimate()).isLessThan(used + used / 50 + (256 << 10));
            }
            long full = resident();
            Collections.shuffle(blocks, new Random(5));
            for (long block : blocks) {
                slab.give(block, SIZE, MemoryTag.ENTRY);
            }
            assertThat(slab.usedBytes()).isZero();
            if (!Memory.CHECKED) { // blocks that wait before reuse hold their pages
                assertThat(slab.residentEstimate()).isLessThan(1 << 20);
                assertThat(slab.heldBytes()).isLessThanOrEqualTo(3 * Chunk.SIZE);
            }
            // The Java heap and compiled code have grown a little meanwhile.
            assertThat(full - resident()).isGreaterThan(used / 2);
            slab.trim();
            assertThat(slab.heldBytes()).isZero();
        }
    }

    @Test
    void aRunOfNeighboursDeleted_goesBackToTheSystem_whileTheOthersStay() {
        try (Slab slab = TestMemory.leakChecked()) {
            List<Long> blocks = fill(slab, COUNT);
            long before = slab.residentEstimate();
            for (long block : blocks.subList(COUNT / 4, COUNT)) {
                slab.give(block, SIZE, MemoryTag.ENTRY);
            }
            assertThat(slab.residentEstimate()).isLessThan(before * 35 / 100);
            for (long block : blocks.subList(0, COUNT / 4)) {
                slab.give(block, SIZE, MemoryTag.ENTRY);
            }
        }
    }

    @Test
    void sixteenIdleSlabs_costNextToNothing() {
        try (SlabGroup group = new SlabGroup()) {
            for (int i = 0; i < 16; i++) {
                group.newSlab();
            }
            assertThat(group.heldBytes()).isZero();
            assertThat(group.residentEstimate()).isZero();
        }
    }

    @Test
    void takingAndGivingAtABoundary_asksNothingOfTheSystem() {
        try (Slab slab = TestMemory.leakChecked()) {
            List<Long> blocks = fill(slab, 20_000);
            long held = slab.heldBytes();
            for (int i = 0; i < 20_000; i++) {
                long block = slab.take(4000, MemoryTag.STRING);
                slab.give(block, 4000, MemoryTag.STRING);
                assertThat(slab.heldBytes()).isBetween(held, held + 2L * Chunk.SIZE);
                held = Math.max(held, slab.heldBytes());
            }
            for (long block : blocks) {
                slab.give(block, SIZE, MemoryTag.ENTRY);
            }
        }
    }
}
