package io.ferrite.store.value;

import io.ferrite.memory.Slab;
import io.ferrite.store.ValueOperations;

/** What the keyspace does with values of modules: one block each, whatever is in it. */
final class ModuleOperations implements ValueOperations {

    @Override
    public long effort(int encoding, long root) {
        return 1;
    }

    @Override
    public long release(Slab slab, int encoding, long root, int budget) {
        ModuleValue.free(slab, root);
        return 0;
    }

    @Override
    public long copy(Slab slab, int encoding, long root) {
        return ModuleValue.copyOf(slab, root);
    }

    @Override
    public long bytes(int encoding, long root, int samples) {
        return ModuleValue.memoryBytes(root);
    }
}
