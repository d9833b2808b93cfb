package io.ferrite.node.persistence;

import io.ferrite.durability.rdb.RdbInput;
import io.ferrite.durability.rdb.RdbLimits;
import io.ferrite.durability.rdb.RdbReader;
import java.io.IOException;

/** Makes entries of stretches of an RDB, with a reader of its own. */
final class LoadHand implements LoadCrew.Hand {

    private final LoadTarget target;
    private final GatedTarget gated;
    private final RdbInput input = new RdbInput(0);
    private final RdbReader reader;

    LoadHand(LoadTarget target, GatedTarget gated, RdbLimits limits) {
        this.target = target;
        this.gated = gated;
        this.reader = new RdbReader(input, target, limits, false);
    }

    @Override
    public void read(long address, int length, long position, int database, boolean valkey)
            throws IOException {
        target.selectDatabase(database);
        input.openMemory(address, length, position);
        reader.readKeys(valkey);
    }

    @Override
    public void release() {
        gated.release();
    }

    @Override
    public void close() {
        reader.close();
        input.close();
    }
}
