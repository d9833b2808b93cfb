package io.ferrite.store.stream;

import io.ferrite.memory.Slab;
import io.ferrite.store.ValueOperations;

/** What the keyspace does with streams. */
public final class StreamOperations implements ValueOperations {

    @Override
    public long effort(int encoding, long root) {
        return StreamValue.effort(root);
    }

    @Override
    public long release(Slab slab, int encoding, long root, int budget) {
        return StreamValue.freeSome(slab, root, budget);
    }

    @Override
    public long copy(Slab slab, int encoding, long root) {
        return StreamValue.copyOf(slab, root);
    }

    @Override
    public long bytes(int encoding, long root, int samples) {
        return StreamValue.memoryBytes(root, samples);
    }
}
