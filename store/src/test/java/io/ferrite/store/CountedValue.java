package io.ferrite.store;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * A stand-in for a collection: a block with a number, and a count of elements that it claims to
 * have, so that freeing it takes several steps.
 */
final class CountedValue implements ValueOperations {

    private static final int BYTES = 16;

    static long create(Slab slab, long number, long elements) {
        long root = slab.take(BYTES, MemoryTag.LIST);
        Memory.putLong(root, number);
        Memory.putLong(root + 8, elements);
        return root;
    }

    @Override
    public long effort(int encoding, long root) {
        return Memory.getLong(root + 8);
    }

    @Override
    public long release(Slab slab, int encoding, long root, int budget) {
        long left = Memory.getLong(root + 8) - budget;
        if (left > 0) {
            Memory.putLong(root + 8, left);
            return root;
        }
        slab.give(root, BYTES, MemoryTag.LIST);
        return 0;
    }

    @Override
    public long copy(Slab slab, int encoding, long root) {
        return create(slab, Memory.getLong(root), Memory.getLong(root + 8));
    }

    @Override
    public long bytes(int encoding, long root, int samples) {
        return BYTES;
    }
}
