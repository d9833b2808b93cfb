package io.ferrite.node.persistence;

import io.ferrite.durability.rdb.RdbKeyFacts;
import io.ferrite.durability.rdb.RdbTarget;
import io.ferrite.durability.rdb.RdbValue;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.node.ExecutionGate;
import io.ferrite.store.Keyspace;
import java.io.IOException;

/**
 * Lets a keyspace be filled while event loops run: the stripe of a key is held from the first of
 * its value's blocks until it is stored, and no longer.
 */
final class GatedTarget implements RdbTarget {

    private static final int NONE = -1;

    private final RdbTarget target;
    private final Keyspace keyspace;
    private final ExecutionGate gate;
    private int held = NONE;

    GatedTarget(RdbTarget target, Keyspace keyspace, ExecutionGate gate) {
        this.target = target;
        this.keyspace = keyspace;
        this.gate = gate;
    }

    private void hold(Slice key) {
        int stripe = keyspace.stripeOf(key);
        if (held != stripe) {
            release();
            gate.enterOne(stripe);
            held = stripe;
        }
    }

    /** Also to be called when reading ends, by whatever way. */
    void release() {
        if (held != NONE) {
            gate.leaveOne(held);
            held = NONE;
        }
    }

    @Override
    public Slab slabOf(Slice key) {
        hold(key);
        return target.slabOf(key);
    }

    @Override
    public void put(Slice key, RdbValue value, RdbKeyFacts facts) throws IOException {
        hold(key);
        target.put(key, value, facts);
        release();
    }

    @Override
    public void emptyKeySkipped(Slice key) {
        target.emptyKeySkipped(key);
        release();
    }

    @Override
    public void aux(String name, byte[] value) throws IOException {
        target.aux(name, value);
    }

    @Override
    public void selectDatabase(long index) throws IOException {
        target.selectDatabase(index);
    }

    @Override
    public void expectKeys(long keys, long volatileKeys) throws IOException {
        target.expectKeys(keys, volatileKeys);
    }

    @Override
    public void function(long code, int length) throws IOException {
        target.function(code, length);
    }

    @Override
    public void slotImportSkipped() throws IOException {
        target.slotImportSkipped();
    }

    @Override
    public void moduleDataSkipped(String module) throws IOException {
        target.moduleDataSkipped(module);
    }
}
