package io.ferrite.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The seed differs in each run; the bounds are wide enough for every seed and narrow enough to
 * tell.
 */
final class HashTest {

    private static final int ROOM = 512;

    private Slab slab;
    private long block;

    @BeforeEach
    void take() {
        slab = TestMemory.leakChecked();
        block = slab.take(ROOM, MemoryTag.OTHER);
    }

    @AfterEach
    void give() {
        slab.give(block, ROOM, MemoryTag.OTHER);
        slab.close();
    }

    @Test
    void bytesOnAndOffHeap_haveTheSameHash_whereverTheyLie() {
        SplittableRandom random = new SplittableRandom(1);
        byte[] bytes = new byte[400];
        for (int length = 0; length <= 300; length++) {
            random.nextBytes(bytes);
            int offset = random.nextInt(50);
            Memory.copyIn(bytes, offset, block + length % 8, length);
            long hash = Hash.of(bytes, offset, length);
            assertThat(Hash.of(block + length % 8, length)).as("length %d", length).isEqualTo(hash);
        }
        assertThat(Hash.of(bytes)).isEqualTo(Hash.of(bytes, 0, bytes.length));
    }

    @Test
    void zeros_ofEveryLength_haveDifferentHashes() {
        Set<Long> seen = new HashSet<>();
        for (int length = 0; length <= 400; length++) {
            assertThat(seen.add(Hash.of(new byte[length]))).as("length %d", length).isTrue();
        }
    }

    @Test
    void aChangedByteAnywhere_changesTheHash() {
        SplittableRandom random = new SplittableRandom(2);
        for (int length = 1; length <= 80; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            Set<Long> seen = new HashSet<>();
            seen.add(Hash.of(bytes));
            for (int i = 0; i < length; i++) {
                for (int bit = 0; bit < 8; bit++) {
                    bytes[i] ^= (byte) (1 << bit);
                    assertThat(seen.add(Hash.of(bytes))).as("%d of %d", i, length).isTrue();
                    bytes[i] ^= (byte) (1 << bit);
                }
            }
        }
    }

    @Test
    void everyBitOfTheInput_flipsEachBitOfTheHashHalfOfTheTime() {
        SplittableRandom random = new SplittableRandom(3);
        int rounds = 4_000;
        for (int length : new int[] {1, 3, 4, 7, 8, 13, 16, 17, 33, 64}) {
            byte[] bytes = new byte[length];
            for (int input = 0; input < 8 * length; input += 1 + length / 8) {
                int[] flips = new int[64];
                for (int i = 0; i < rounds; i++) {
                    random.nextBytes(bytes);
                    long before = Hash.of(bytes);
                    bytes[input >> 3] ^= (byte) (1 << (input & 7));
                    long changed = before ^ Hash.of(bytes);
                    for (int bit = 0; bit < 64; bit++) {
                        flips[bit] += (int) (changed >>> bit & 1);
                    }
                }
                for (int bit = 0; bit < 64; bit++) {
                    // Short inputs have few values: 256 pairs for one byte.
                    double slack = length == 1 ? 0.25 : 0.06;
                    assertThat(flips[bit] / (double) rounds)
                            .as("length %d, input bit %d, hash bit %d", length, input, bit)
                            .isBetween(0.5 - slack, 0.5 + slack);
                }
            }
        }
    }

    @Test
    void sequentialKeys_fallEvenlyIntoBuckets_byAnyOfTheBits() {
        assertEven("key:%d", i -> "key:" + i);
        assertEven("key:%012d", i -> "key:" + (1_000_000_000_000L + i));
        assertEven("user:%d:name", i -> "user:" + i + ":name");
        assertEven("decimal", Integer::toString);
        assertEven("long", i -> "a-prefix-that-is-longer-than-a-step-of-sixteen:" + i);
    }

    private static void assertEven(String name, IntFunction<String> key) {
        int keys = 1 << 17;
        int buckets = 1 << 10;
        int[][] counts = new int[4][buckets];
        Set<Long> all = new HashSet<>();
        for (int i = 0; i < keys; i++) {
            long hash = Hash.of(key.apply(i).getBytes(StandardCharsets.US_ASCII));
            all.add(hash);
            counts[0][(int) hash & buckets - 1]++;
            counts[1][(int) (hash >>> 16) & buckets - 1]++;
            counts[2][(int) (hash >>> 32) & buckets - 1]++;
            counts[3][(int) (hash >>> 54)]++;
        }
        assertThat(all).as(name).hasSize(keys);
        for (int[] count : counts) {
            double expected = keys / (double) buckets;
            double chiSquare = 0;
            for (int c : count) {
                chiSquare += (c - expected) * (c - expected) / expected;
            }
            // 1023 degrees of freedom: mean 1023, deviation 45. Six deviations either way.
            assertThat(chiSquare).as(name).isBetween(1023 - 6 * 45.3, 1023 + 6 * 45.3);
        }
    }
}
