package io.ferrite.node.snapshot;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;

/** Bytes of a snapshot, until somebody takes them. */
record Block(long address, int length) {

    private static final MemoryTag TAG = MemoryTag.OTHER;

    static Block copyOf(long address, int length) {
        long copy = SharedSlab.take(length, TAG);
        Memory.copy(address, copy, length);
        return new Block(copy, length);
    }

    void give() {
        SharedSlab.give(address, length, TAG);
    }
}
