package io.ferrite.store.stream;

import io.ferrite.memory.Args;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.OffHeap;
import java.util.List;

/** Arguments for tests, each character one byte. */
final class TextArgs implements Args, AutoCloseable {

    private final OffHeap heap;
    private final long[] addresses;
    private final int[] lengths;

    TextArgs(Slab slab, List<String> texts) {
        heap = new OffHeap(slab);
        addresses = new long[texts.size()];
        lengths = new int[texts.size()];
        for (int i = 0; i < addresses.length; i++) {
            byte[] bytes = OffHeap.ascii(texts.get(i));
            addresses[i] = heap.put(bytes);
            lengths[i] = bytes.length;
        }
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
        heap.close();
    }
}
