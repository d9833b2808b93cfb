package io.ferrite.store.value;

import io.ferrite.memory.Slab;
import io.ferrite.store.ValueOperations;

/** What the keyspace does with lists. */
public final class ListOperations implements ValueOperations {

    /** A node with its pages is as much work as so many small blocks. */
    private static final int BLOCKS_OF_NODE = 8;

    @Override
    public long effort(int encoding, long root) {
        return ListValue.nodes(root) * BLOCKS_OF_NODE;
    }

    @Override
    public long release(Slab slab, int encoding, long root, int budget) {
        return ListValue.freeSome(slab, root, budget);
    }

    @Override
    public long copy(Slab slab, int encoding, long root) {
        return ListValue.copyOf(slab, root);
    }

    @Override
    public long bytes(int encoding, long root, int samples) {
        return ListValue.memoryBytes(root, Math.max(0, samples));
    }
}
