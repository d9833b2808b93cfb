package io.ferrite.store.value;

import io.ferrite.memory.Slab;
import io.ferrite.store.ValueOperations;

/** What the keyspace does with hashes. */
public final class HashOperations implements ValueOperations {

    @Override
    public long effort(int encoding, long root) {
        return HashValue.isTable(root) ? HashValue.count(root) : 1;
    }

    @Override
    public long nextExpiry(long root) {
        return HashTimes.next(root);
    }

    @Override
    public long index(long root) {
        return HashValue.isTable(root) ? HashValue.block(root) : 0;
    }

    @Override
    public long release(Slab slab, int encoding, long root, int budget) {
        return HashValue.freeSome(slab, root, budget);
    }

    @Override
    public long copy(Slab slab, int encoding, long root) {
        return HashValue.copyOf(slab, root);
    }

    @Override
    public long bytes(int encoding, long root, int samples) {
        return HashValue.memoryBytes(root, Math.max(0, samples));
    }
}
