package io.ferrite.store.value;

import io.ferrite.memory.Slab;
import io.ferrite.store.ValueOperations;

/** What the keyspace does with sets. */
public final class SetOperations implements ValueOperations {

    @Override
    public long effort(int encoding, long root) {
        return SetValue.isTable(root) ? SetValue.count(root) : 1;
    }

    @Override
    public long index(long root) {
        return SetValue.isTable(root) ? SetValue.block(root) : 0;
    }

    @Override
    public long release(Slab slab, int encoding, long root, int budget) {
        return SetValue.freeSome(slab, root, budget);
    }

    @Override
    public long copy(Slab slab, int encoding, long root) {
        return SetValue.copyOf(slab, root);
    }

    @Override
    public long bytes(int encoding, long root, int samples) {
        return SetValue.memoryBytes(root, Math.max(0, samples));
    }
}
