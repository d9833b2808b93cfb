package io.ferrite.node.persistence;

import io.ferrite.base.disk.DiskFile;
import io.ferrite.memory.Memory;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.snapshot.SnapshotStream;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** Writes a snapshot into an open file; the file's name is the caller's affair. */
public final class SnapshotFile {

    /** So much is synced at once, so that the last sync finds little to do. */
    private static final long SYNC_BYTES = 4 << 20;

    private final Settings settings;

    public SnapshotFile(Settings settings) {
        this.settings = settings;
    }

    /**
     * Writes and syncs; false, with only a part written, when it was not wanted any more. Not on an
     * event loop. The snapshot is over afterwards, in any case.
     *
     * @param incremental whether it is synced piece by piece
     */
    public boolean write(
            DiskFile file, SnapshotStream snapshot, boolean incremental, BooleanSupplier unwanted)
            throws IOException {
        snapshot.produce(new Writer(file, incremental), pace(settings, unwanted));
        if (unwanted.getAsBoolean()) {
            return false;
        }
        file.sync();
        return true;
    }

    /** How fast a snapshot is made: as fast as it goes, unless a test wants it slow. */
    static SnapshotStream.Pace pace(Settings settings, BooleanSupplier unwanted) {
        return new Delayed(new KeyDelay(settings, PersistenceOptions.RDB_KEY_SAVE_DELAY), unwanted);
    }

    /** As {@link #write}, under all stripes, which the caller holds. */
    void writeHoldingAll(DiskFile file, SnapshotStream snapshot) throws IOException {
        snapshot.produceHoldingAll(new Writer(file, false));
        file.sync();
    }

    private static final class Writer implements SnapshotStream.Consumer {
        private final DiskFile file;
        private final boolean incremental;
        private long unsynced;

        Writer(DiskFile file, boolean incremental) {
            this.file = file;
            this.incremental = incremental;
        }

        @Override
        public void take(long address, int length) throws IOException {
            file.write(Memory.buffer(address, length));
            unsynced += length;
            if (incremental && unsynced >= SYNC_BYTES) {
                unsynced = 0;
                file.sync();
            }
        }
    }

    private record Delayed(KeyDelay delay, BooleanSupplier unwanted)
            implements SnapshotStream.Pace {

        @Override
        public boolean isUnwanted() {
            return unwanted.getAsBoolean();
        }

        @Override
        public int stepKeys() {
            return delay.isOn() ? 1 : SnapshotStream.Pace.super.stepKeys();
        }

        @Override
        public void stepped(long keys) {
            delay.after(keys, unwanted);
        }
    }
}
