package io.ferrite.store.value;

import io.ferrite.memory.Slab;
import io.ferrite.store.ValueOperations;

/** What the keyspace does with sorted sets. */
public final class ZsetOperations implements ValueOperations {

    @Override
    public long effort(int encoding, long root) {
        return ZsetValue.blocks(root);
    }

    @Override
    public long index(long root) {
        return ZsetValue.isListpack(root) ? 0 : ZsetValue.index(ZsetValue.head(root));
    }

    @Override
    public long release(Slab slab, int encoding, long root, int budget) {
        return ZsetValue.freeSome(slab, root, budget);
    }

    @Override
    public long freeze(Slab slab, long root) {
        return ZsetValue.freeze(slab, root);
    }

    @Override
    public long thaw(Slab slab, long frozen) {
        return ZsetValue.thaw(slab, frozen);
    }

    @Override
    public long copy(Slab slab, int encoding, long root) {
        return ZsetValue.copyOf(slab, root);
    }

    @Override
    public long bytes(int encoding, long root, int samples) {
        return ZsetValue.memoryBytes(root);
    }
}
