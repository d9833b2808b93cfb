package io.ferrite.node.persistence;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.durability.rdb.EntryWriter;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.Log;
import io.ferrite.node.snapshot.SnapshotStream;
import io.ferrite.store.AccessClock;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * Writes the snapshot file, one at a time: SAVE, BGSAVE, save points, the end of the process.
 *
 * <p>The file that is there stays untouched until the new one is complete and synced: it is written
 * under another name, renamed, and the directory is synced.
 */
public final class RdbSaver {

    /** A snapshot on its way to its file. */
    final class Save {
        private final SnapshotStream snapshot;
        private final boolean background;
        private final long changes;
        private final String directory;
        private final String name;
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean cancelled;

        private Save(SnapshotStream snapshot, boolean background) {
            Settings settings = node.settings();
            this.snapshot = snapshot;
            this.background = background;
            this.changes = node.engine().changes();
            this.directory = settings.get(ServerOptions.DIR);
            this.name = settings.get(PersistenceOptions.DBFILENAME);
        }
    }

    private final Node node;
    private final Persistence persistence;
    private final SnapshotFile files;

    private volatile Save current;
    private volatile long changesSaved;
    private volatile long lastSaveSeconds;
    private volatile long lastTrySeconds;
    private volatile long lastDurationSeconds = -1;
    private volatile long startedMs;
    private volatile long saves;
    private volatile long lastHandedOverBytes;
    private volatile boolean failed;

    RdbSaver(Node node, Persistence persistence) {
        this.node = node;
        this.persistence = persistence;
        this.files = new SnapshotFile(node.settings());
        this.lastSaveSeconds = node.environment().nowMs() / 1000;
    }

    private Environment environment() {
        return node.environment();
    }

    private Log log() {
        return node.log();
    }

    private long nowSeconds() {
        return environment().nowMs() / 1000;
    }

    // --- figures, any thread ---------------------------------------------------------------------

    /** Changes since the last snapshot that was written. */
    public long changesSinceSave() {
        return Math.max(0, node.engine().changes() - changesSaved);
    }

    /** What is in memory now is what a file holds, as far as counting goes. */
    public void startCounting() {
        changesSaved = node.engine().changes();
    }

    public boolean isSaving() {
        return current != null;
    }

    /** LASTSAVE. */
    public long lastSaveSeconds() {
        return lastSaveSeconds;
    }

    /** When the last background save was begun. */
    long lastTrySeconds() {
        return lastTrySeconds;
    }

    /** How long the last background save took, -1 before the first. */
    public long lastDurationSeconds() {
        return lastDurationSeconds;
    }

    /** For how long a save has been running, or -1. */
    public long currentDurationSeconds() {
        return current == null ? -1 : (environment().nowMs() - startedMs) / 1000;
    }

    public long saves() {
        return saves;
    }

    /** Whether the last background save failed. */
    public boolean hasFailed() {
        return failed;
    }

    /** The snapshot that is being written, or null. */
    public SnapshotStream snapshot() {
        Save save = current;
        return save == null ? null : save.snapshot;
    }

    /** Bytes that writers had to hand over to the last background save. */
    public long lastHandedOverBytes() {
        return lastHandedOverBytes;
    }

    // --- saving ----------------------------------------------------------------------------------

    /**
     * Fixes the instant of a snapshot. The caller holds all stripes; on a follower, on the home
     * loop.
     *
     * @return null when it cannot begin: another job runs, or too many snapshots
     */
    Save begin(boolean background) {
        if (!persistence.jobs().tryBegin(BackgroundJobs.Kind.SAVE)) {
            return null;
        }
        Save save = null;
        try {
            SnapshotStream snapshot =
                    new SnapshotStream(node.engine().keyspace(), node.gate(), form());
            if (snapshot.begin(
                    persistence.snapshotFields(false), persistence.libraries().codes(), true)) {
                save = new Save(snapshot, background);
            }
        } catch (IOException e) {
            log().warning("A snapshot cannot begin: " + e.getMessage());
        }
        if (save == null) {
            persistence.jobs().end(BackgroundJobs.Kind.SAVE);
            return null;
        }
        startedMs = environment().nowMs();
        if (background) {
            lastTrySeconds = nowSeconds();
            node.stats().snapshots.increment();
        }
        synchronized (this) {
            saves++;
        }
        current = save;
        return save;
    }

    /** What a snapshot for a file looks like, by the parameters of this moment. */
    public SnapshotStream.Form form() {
        Settings settings = node.settings();
        AccessClock clock = node.engine().keyspace().access();
        boolean bounded = persistence.usesAccessTimes();
        return new SnapshotStream.Form(
                EntryWriter.formFor(bounded && !clock.isLfu(), bounded && clock.isLfu()),
                settings.get(PersistenceOptions.RDBCHECKSUM),
                settings.get(PersistenceOptions.RDBCOMPRESSION));
    }

    /** Writes the file; true when it is in place. Not on an event loop. */
    boolean write(Save save) {
        return finish(
                save,
                () -> {
                    String temp = tempPath(save);
                    boolean complete = false;
                    try (DiskFile file = open(save, temp)) {
                        boolean incremental =
                                node.settings().get(PersistenceOptions.RDB_SAVE_INCREMENTAL_FSYNC);
                        complete =
                                files.write(file, save.snapshot, incremental, () -> save.cancelled);
                    } catch (IOException e) {
                        removeTemp(temp);
                        throw unwritten(e);
                    }
                    if (!complete) {
                        removeTemp(temp);
                        return false;
                    }
                    put(save, temp);
                    return true;
                });
    }

    /** Saves while the caller, any thread, holds all stripes and keeps them. */
    boolean saveHoldingAll() {
        Save save = begin(false);
        if (save == null) {
            return false;
        }
        return finish(
                save,
                () -> {
                    String temp = tempPath(save);
                    try (DiskFile file = open(save, temp)) {
                        files.writeHoldingAll(file, save.snapshot);
                    } catch (IOException e) {
                        removeTemp(temp);
                        throw unwritten(e);
                    }
                    put(save, temp);
                    return true;
                });
    }

    private interface Work {
        boolean run() throws IOException;
    }

    private boolean finish(Save save, Work work) {
        boolean done = false;
        boolean unwanted = false;
        try {
            done = work.run();
            unwanted = !done;
        } catch (IOException e) {
            log().warning(String.valueOf(e.getMessage()));
        } finally {
            ended(save, done, unwanted);
        }
        return done;
    }

    private String tempPath(Save save) {
        return Disk.path(save.directory, "temp-" + node.process().pid() + ".rdb");
    }

    private DiskFile open(Save save, String temp) throws IOException {
        try {
            return environment().disk().open(temp, Disk.Mode.CREATE);
        } catch (IOException e) {
            save.snapshot.discard();
            throw new SaveFailure(
                    "Failed opening the temp RDB file "
                            + temp
                            + " (in server root dir "
                            + save.directory
                            + ") for saving: "
                            + e.getMessage(),
                    e);
        }
    }

    private static IOException unwritten(IOException e) {
        return e instanceof SaveFailure
                ? e
                : new SaveFailure("Write error while saving DB to the disk: " + e.getMessage(), e);
    }

    /** A failure with its line for the log. */
    private static final class SaveFailure extends IOException {
        private static final long serialVersionUID = 1;

        SaveFailure(String line, Throwable cause) {
            super(line, cause);
        }
    }

    private void removeTemp(String temp) {
        long began = environment().nowMs();
        try {
            environment().disk().delete(temp);
        } catch (IOException e) {
            log().warning("The temp RDB file " + temp + " is left behind: " + e.getMessage());
        }
        node.latencyEvent("rdb-unlink-temp-file", environment().nowMs() - began);
    }

    /** The process ends now: removes the file of the save that runs, if one does. */
    public void removeUnfinished() {
        Save save = current;
        if (save != null) {
            removeTemp(tempPath(save));
        }
    }

    private void put(Save save, String temp) throws IOException {
        Disk disk = environment().disk();
        String path = Disk.path(save.directory, save.name);
        try {
            disk.rename(temp, path);
        } catch (IOException e) {
            removeTemp(temp);
            throw new IOException(
                    "Error moving temp DB file "
                            + temp
                            + " on the final destination "
                            + save.name
                            + " (in server root dir "
                            + save.directory
                            + "): "
                            + e.getMessage(),
                    e);
        }
        try {
            disk.syncDirectory(save.directory);
        } catch (IOException e) {
            throw new IOException(
                    "Failed to fsync directory while saving DB: " + e.getMessage(), e);
        }
    }

    private void ended(Save save, boolean done, boolean unwanted) {
        lastHandedOverBytes = save.snapshot.handedOverBytes();
        if (done) {
            log().notice("DB saved on disk");
            changesSaved = save.changes;
            lastSaveSeconds = nowSeconds();
        }
        if (save.background) {
            lastDurationSeconds = (environment().nowMs() - startedMs) / 1000;
            if (done) {
                log().notice("Background saving terminated with success");
            } else if (unwanted) {
                log().warning("Background saving was called off");
            } else {
                log().warning("Background saving error");
            }
        }
        if (done) {
            failed = false;
        } else if (save.background && !unwanted) {
            failed = true;
        }
        current = null;
        persistence.jobs().end(BackgroundJobs.Kind.SAVE);
        persistence.judgeSaves();
        save.ended.countDown();
    }

    /** Calls off the save that runs, if one does; returns at once. Any thread. */
    public void cancel() {
        Save save = current;
        if (save != null) {
            save.cancelled = true;
        }
    }

    /** Waits until the save that runs, if one does, has ended. Not on an event loop. */
    void awaitEnd() {
        Save save = current;
        if (save == null) {
            return;
        }
        try {
            save.ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
