package io.ferrite.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.ferrite.memory.Args;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.TestMemory;
import java.util.List;

/** Arguments each in a block of its own, so that reading past an end is noticed. */
final class TestArgs implements Args, AutoCloseable {

    private final Slab slab = TestMemory.leakChecked();
    private final long[] addresses;
    private final int[] lengths;

    private TestArgs(List<String> words) {
        addresses = new long[words.size()];
        lengths = new int[words.size()];
        for (int i = 0; i < addresses.length; i++) {
            byte[] bytes = words.get(i).getBytes(ISO_8859_1);
            lengths[i] = bytes.length;
            addresses[i] = slab.take(Math.max(1, bytes.length), MemoryTag.OTHER);
            Memory.copyIn(bytes, 0, addresses[i], bytes.length);
        }
    }

    static TestArgs of(List<String> words) {
        return new TestArgs(words);
    }

    static TestArgs of(String... words) {
        return new TestArgs(List.of(words));
    }

    @Override
    public int count() {
        return addresses.length;
    }

    @Override
    public long address(int i) {
        return addresses[i];
    }

    @Override
    public int length(int i) {
        return lengths[i];
    }

    @Override
    public void close() {
        for (int i = 0; i < addresses.length; i++) {
            slab.give(addresses[i], Math.max(1, lengths[i]), MemoryTag.OTHER);
        }
        slab.close();
    }
}
