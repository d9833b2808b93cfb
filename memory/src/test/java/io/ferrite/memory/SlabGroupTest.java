package io.ferrite.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class SlabGroupTest {

    private record Block(long address, long size) {}

    @Test
    void aBlockGivenThroughAnotherSlab_isCountedAtOnce_andUsedAgainByItsOwner() {
        try (SlabGroup group = TestMemory.leakCheckedGroup()) {
            Slab one = group.newSlab();
            Slab other = group.newSlab();
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                blocks.add(one.take(56, MemoryTag.ENTRY));
            }
            long large = one.take(3 << 20, MemoryTag.STRING);
            assertThat(group.usedBytes()).isEqualTo(5_000 * 56 + (3 << 20));
            for (long block : blocks) {
                other.give(block, 56, MemoryTag.ENTRY);
            }
            other.give(large, 3 << 20, MemoryTag.STRING);
            assertThat(group.usedBytes()).isZero();
            assertThat(one.usedBytes()).isZero();
            assertThat(other.usedBytes()).isZero();
            assertThat(one.blocks(MemoryTag.ENTRY)).isZero();
            long held = one.heldBytes();
            for (int i = 0; i < 5_000; i++) {
                blocks.set(i, one.take(56, MemoryTag.ENTRY));
            }
            assertThat(one.heldBytes()).isEqualTo(held);
            for (long block : blocks) {
                other.give(block, 56, MemoryTag.ENTRY);
            }
            int visits = 1;
            while (one.tidy()) {
                visits++;
            }
            assertThat(visits).isBetween(2, 10);
            one.trim();
            assertThat(one.heldBytes()).isZero();
            assertThat(other.heldBytes()).isZero();
        }
    }

    @Test
    void resizeThroughAnotherSlab_movesTheBlockThere() {
        try (SlabGroup group = TestMemory.leakCheckedGroup()) {
            Slab one = group.newSlab();
            Slab other = group.newSlab();
            for (long size : new long[] {50, 5_000, 100_000, 500_000}) {
                long block = one.take(size, MemoryTag.STRING);
                Memory.fill(block, size, (byte) 3);
                long moved = other.resize(block, size, size * 2, MemoryTag.STRING);
                assertThat(one.usedBytes()).isZero();
                assertThat(other.usedBytes()).isEqualTo(Slab.roundUp(size * 2));
                assertThat(Memory.equal(moved, moved + 1, (int) size - 1)).isTrue();
                assertThat(Memory.getByte(moved)).isEqualTo((byte) 3);
                other.give(moved, size * 2, MemoryTag.STRING);
            }
        }
    }

    @Test
    void threadsThatGiveEachOthersBlocks_loseNone() throws InterruptedException {
        int threads = 3;
        try (SlabGroup group = TestMemory.leakCheckedGroup()) {
            ConcurrentLinkedQueue<Block> exchange = new ConcurrentLinkedQueue<>();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            List<Slab> slabs = new ArrayList<>();
            List<Thread> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Slab slab = group.newSlab();
                slabs.add(slab);
                SplittableRandom random = new SplittableRandom(100 + t);
                Thread thread = new Thread(() -> churn(slab, exchange, random));
                thread.setUncaughtExceptionHandler((_, e) -> failure.set(e));
                running.add(thread);
                thread.start();
            }
            for (Thread thread : running) {
                thread.join();
            }
            assertThat(failure.get()).isNull();
            long left = exchange.stream().mapToLong(b -> Slab.roundUp(b.size)).sum();
            assertThat(group.usedBytes()).isEqualTo(left);
            for (Block block : exchange) {
                slabs.getFirst().give(block.address, block.size, MemoryTag.OTHER);
            }
            assertThat(group.usedBytes()).isZero();
            for (Slab slab : slabs) {
                slab.trim();
                assertThat(slab.heldBytes()).isZero();
            }
        }
    }

    private static void churn(
            Slab slab, ConcurrentLinkedQueue<Block> exchange, SplittableRandom random) {
        ArrayDeque<Block> own = new ArrayDeque<>();
        for (int i = 0; i < 30_000; i++) {
            long size = 8 + random.nextInt(random.nextInt(50) == 0 ? 300_000 : 200);
            long address = slab.take(size, MemoryTag.OTHER);
            Memory.putLong(address, size ^ address);
            (random.nextBoolean() ? exchange : own).add(new Block(address, size));
            Block block = random.nextBoolean() ? exchange.poll() : own.poll();
            if (block != null) {
                assertThat(Memory.getLong(block.address)).isEqualTo(block.size ^ block.address);
                slab.give(block.address, block.size, MemoryTag.OTHER);
            }
        }
        exchange.addAll(own);
    }

    @Test
    void exceeds_isExact_howeverRoughTheSharedSumIs() {
        SplittableRandom random = new SplittableRandom(3);
        try (SlabGroup group = TestMemory.leakCheckedGroup()) {
            List<Slab> slabs = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                slabs.add(group.newSlab());
            }
            ArrayDeque<Block> out = new ArrayDeque<>();
            for (int i = 0; i < 20_000; i++) {
                Slab slab = slabs.get(random.nextInt(8));
                if (random.nextInt(5) < (i < 10_000 ? 3 : 2) || out.isEmpty()) {
                    long size = random.nextInt(5_000);
                    out.add(new Block(slab.take(size, MemoryTag.OTHER), size));
                } else {
                    Block block = out.poll();
                    slab.give(block.address, block.size, MemoryTag.OTHER);
                }
                long used = group.usedBytes();
                long limit = used + random.nextInt(400_000) - 200_000;
                assertThat(group.exceeds(limit)).isEqualTo(used > limit);
                assertThat(group.exceeds(used)).isFalse();
                assertThat(group.usedAtMost()).isBetween(used, used + 8 * 2 * (32 << 10) + 8);
                assertThat(group.exceeds(used - 1)).isTrue();
            }
            for (Block block : out) {
                slabs.getFirst().give(block.address, block.size, MemoryTag.OTHER);
            }
        }
    }

    @Test
    void closingAGroup_tellsALeakInAnyOfItsSlabs() {
        SlabGroup group = TestMemory.leakCheckedGroup();
        group.newSlab().take(8, MemoryTag.STREAM);
        group.newSlab();
        assertThatThrownBy(group::close)
                .isInstanceOf(MemoryViolation.class)
                .hasMessageContaining("1 blocks, 8 bytes of STREAM");
        assertThat(group.usedBytes()).isZero();
    }

    @Test
    void sharedSlab_takesAndGivesFromAnyThread() throws InterruptedException {
        long before = SharedSlab.usedBytes(MemoryTag.CLIENT);
        long[] block = new long[1];
        Thread taker = new Thread(() -> block[0] = SharedSlab.take(1000, MemoryTag.CLIENT));
        taker.start();
        taker.join();
        assertThat(SharedSlab.usedBytes(MemoryTag.CLIENT) - before).isEqualTo(1024);
        SharedSlab.give(block[0], 1000, MemoryTag.CLIENT);
        assertThat(SharedSlab.usedBytes(MemoryTag.CLIENT)).isEqualTo(before);
    }
}
