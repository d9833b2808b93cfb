package io.ferrite.node;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.engine.EffectSink;

/** The log of effects as the engine sees it. */
record EffectLog(CommandLog log) implements EffectSink {
    @Override
    public boolean active() {
        return log.isActive();
    }

    @Override
    public long append(int database, long address, int length, int databaseAfter) {
        return log.append(database, address, length, databaseAfter);
    }

    @Override
    public long append(
            int database, long address, int length, int databaseAfter, int[] notForFiles) {
        return log.append(database, address, length, databaseAfter, notForFiles);
    }
}
