package io.ferrite.store.value;

import io.ferrite.memory.Slab;
import io.ferrite.store.ValueOperations;

/** What the keyspace does with lists. */
public final class ListOperations implements ValueOperations {

    @Override
    public long effort(int encoding, long root) {
        return ListValue.nodes(root);
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
