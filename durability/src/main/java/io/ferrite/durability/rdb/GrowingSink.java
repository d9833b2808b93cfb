package io.ferrite.durability.rdb;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;

/** Keeps what is written in one block that grows. */
public final class GrowingSink implements RdbSink, AutoCloseable {

    private static final MemoryTag TAG = MemoryTag.OTHER;
    private static final int FIRST = 4096;

    private long block;
    private long capacity;
    private long length;

    @Override
    public void write(long address, int added) {
        if (length + added > capacity) {
            long wanted = Math.max(Math.max(FIRST, capacity * 2), length + added);
            block =
                    capacity == 0
                            ? SharedSlab.take(wanted, TAG)
                            : SharedSlab.resize(block, capacity, wanted, TAG);
            capacity = wanted;
        }
        Memory.copy(address, block + length, added);
        length += added;
    }

    public long address() {
        return block;
    }

    public long length() {
        return length;
    }

    public void clear() {
        length = 0;
    }

    @Override
    public void close() {
        if (capacity > 0) {
            SharedSlab.give(block, capacity, TAG);
            capacity = 0;
            length = 0;
        }
    }
}
