package io.ferrite.store.encoding;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Bytes for tests: put off-heap, given back together, and drawn at random. */
public final class OffHeap implements AutoCloseable {

    private final Slab slab;
    private final List<long[]> taken = new ArrayList<>();

    public OffHeap(Slab slab) {
        this.slab = slab;
    }

    public long put(byte[] bytes) {
        int size = Math.max(1, bytes.length);
        long a = slab.take(size, MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, a, bytes.length);
        taken.add(new long[] {a, size});
        return a;
    }

    @Override
    public void close() {
        for (long[] block : taken) {
            slab.give(block[0], block[1], MemoryTag.OTHER);
        }
        taken.clear();
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Integers of every width, near-integers, and strings around the limits of the head forms. */
    public static byte[] element(Random random) {
        switch (random.nextInt(10)) {
            case 0, 1, 2:
                return ascii(Long.toString(random.nextLong() >> random.nextInt(64)));
            case 3:
                return ascii("0" + random.nextInt(100));
            case 4:
                return new byte[0];
            case 5:
                return random(random, 60 + random.nextInt(8));
            case 6:
                return random.nextInt(20) == 0
                        ? random(random, 4090 + random.nextInt(10))
                        : ascii("x");
            case 7:
                return random(random, 120 + random.nextInt(12));
            default:
                return random(random, random.nextInt(30));
        }
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
