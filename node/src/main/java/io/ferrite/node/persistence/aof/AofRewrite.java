package io.ferrite.node.persistence.aof;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.durability.aof.AofDirectory;
import io.ferrite.durability.aof.AofManifest;
import io.ferrite.durability.aof.AofPart;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.persistence.BackgroundJobs;
import io.ferrite.node.persistence.SnapshotFile;
import io.ferrite.node.snapshot.SnapshotStream;
import io.ferrite.store.Keyspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Replaces what has been appended by the data that it led to, while the server is written to.
 *
 * <pre>
 *   aside        the next incremental file is made and listed, behind the one in use
 *   all stripes  the snapshot's instant; from this place of the log on the next file is written
 *   aside        the snapshot is written to a file of its own, synced, renamed;
 *                the list names it and the files from that place on; the others are deleted
 * </pre>
 *
 * A crash between any two of these steps leaves a list whose files hold all of the data. Event
 * loops hold still for the second step alone, which takes microseconds.
 */
public final class AofRewrite {

    private static final BackgroundJobs.Kind JOB = BackgroundJobs.Kind.REWRITE;

    /** After so many failures in a row rewrites that begin by themselves are put off. */
    private static final int FAILURES_BORNE = 3;

    private static final int DELAY_MOST_MINUTES = 60;

    /** What became of the wish to rewrite. */
    enum Outcome {
        BEGUN,
        FAILED
    }

    /** One rewrite on its way. */
    private static final class Run {
        private final Consumer<Outcome> told;
        private volatile boolean cancelled;

        /** The file that is written to from the snapshot's instant on, or null if there is none. */
        private DiskFile next;

        private AofPart increment;
        private boolean first;
        private SnapshotStream snapshot;
        private boolean rdb;
        private long position;

        Run(Consumer<Outcome> told) {
            this.told = told;
        }
    }

    private final Node node;
    private final Environment environment;
    private final AppendOnly appendOnly;
    private volatile Run current;
    private volatile long beganMs;
    private volatile long lastSeconds = -1;
    private volatile long lastHandedOver;
    private volatile int rewrites;
    private volatile int failures;
    private volatile boolean failed;
    private int delayMinutes;
    private long notBeforeMs;

    AofRewrite(Node node, AppendOnly appendOnly) {
        this.node = node;
        this.environment = node.environment();
        this.appendOnly = appendOnly;
    }

    // --- figures, any thread ---------------------------------------------------------------------

    boolean isRunning() {
        return current != null;
    }

    long lastHandedOverBytes() {
        return lastHandedOver;
    }

    void info(BiConsumer<String, String> line) {
        long running = isRunning() ? (environment.nowMs() - beganMs) / 1000 : -1;
        line.accept("aof_last_rewrite_time_sec", Long.toString(lastSeconds));
        line.accept("aof_current_rewrite_time_sec", Long.toString(running));
        line.accept("aof_last_bgrewrite_status", failed ? "err" : "ok");
        line.accept("aof_rewrites", Integer.toString(rewrites));
        line.accept("aof_rewrites_consecutive_failures", Integer.toString(failures));
    }

    // --- when ------------------------------------------------------------------------------------

    /** The file has grown enough for a rewrite, perhaps. On the home loop. */
    void beginIfGrown(long size, long base) {
        long percentage = node.settings().get(PersistenceOptions.AUTO_AOF_REWRITE_PERCENTAGE);
        if (percentage == 0
                || size <= node.settings().get(PersistenceOptions.AUTO_AOF_REWRITE_MIN_SIZE)) {
            return;
        }
        long growth = Math.max(0, (size - base) * 100 / Math.max(1, base));
        if (growth >= percentage && !isPutOff()) {
            appendOnly
                    .log()
                    .notice("Starting automatic rewriting of AOF on " + growth + "% growth");
            tryBegin(outcome -> {});
        }
    }

    /** Rewrites that fail again and again leave a small file behind each time. */
    private boolean isPutOff() {
        if (failures < FAILURES_BORNE) {
            delayMinutes = 0;
            notBeforeMs = 0;
            return false;
        }
        long now = environment.nowMs();
        if (notBeforeMs != 0) {
            boolean waits = now < notBeforeMs;
            if (!waits) {
                notBeforeMs = 0;
            }
            return waits;
        }
        delayMinutes = Math.clamp(delayMinutes * 2L, 1, DELAY_MOST_MINUTES);
        notBeforeMs = now + delayMinutes * 60_000L;
        appendOnly
                .log()
                .warning(
                        "Background AOF rewrite has repeatedly failed and triggered the limit,"
                                + " will retry in "
                                + delayMinutes
                                + " minutes");
        return true;
    }

    /** Somebody asked for it: earlier failures put it off no longer. */
    void forgetFailures() {
        failures = 0;
    }

    /**
     * Begins, unless another job runs. Any thread.
     *
     * @param told on some thread, when it is under way or failed to begin
     * @return false if another job runs
     */
    boolean tryBegin(Consumer<Outcome> told) {
        if (!node.persistence().jobs().tryBegin(JOB)) {
            return false;
        }
        Run run = new Run(told);
        beganMs = environment.nowMs();
        current = run;
        environment.background("aof-rewrite", () -> prepare(run));
        return true;
    }

    /** Gives up a rewrite that is under way. Any thread. */
    void cancel() {
        Run run = current;
        if (run != null && !run.cancelled) {
            appendOnly.log().notice("Killing running AOF rewrite child: " + node.process().pid());
            run.cancelled = true;
        }
    }

    // --- first step, aside -----------------------------------------------------------------------

    private void prepare(Run run) {
        AofDirectory directory = appendOnly.directory();
        try {
            directory.make();
        } catch (IOException e) {
            appendOnly.log().warning(appendOnly.cannotMake(e));
            fail(run);
            return;
        }
        try {
            openNext(run, directory);
        } catch (IOException e) {
            appendOnly.log().warning(e.getMessage());
            fail(run);
            return;
        }
        environment.onLoop(AppendOnly.HOME, () -> fix(run));
    }

    private void openNext(Run run, AofDirectory directory) throws IOException {
        AofState state = appendOnly.state();
        if (state == AofState.OFF) {
            return;
        }
        run.first = state == AofState.WAITING;
        AofManifest manifest = appendOnly.manifest();
        run.increment = manifest.nextIncrement(directory.name());
        String path = run.first ? directory.temporaryIncrement() : directory.path(run.increment);
        String name = run.first ? "temp-" + directory.name() + ".incr" : run.increment.name();
        try {
            run.next = environment.disk().open(path, Disk.Mode.CREATE);
        } catch (IOException e) {
            throw new IOException(
                    "Can't open the append-only file " + name + ": " + e.getMessage(), e);
        }
        if (!run.first) {
            appendOnly.change(list -> list.with(run.increment));
        }
        appendOnly.log().notice("Creating AOF incr file " + name + " on background rewrite");
    }

    // --- second step, all stripes ----------------------------------------------------------------

    private void fix(Run run) {
        if (run.cancelled) {
            environment.background("aof-rewrite", () -> fail(run));
            return;
        }
        node.gate().enter(node.gate().all());
        boolean begun;
        try {
            begun = fixHoldingAll(run);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e); // nothing is written to anywhere yet
        } finally {
            node.gate().leave(node.gate().all());
        }
        if (!begun) {
            appendOnly.log().warning("Can't rewrite append only file: too many snapshots");
            environment.background("aof-rewrite", () -> fail(run));
            return;
        }
        rewrites++;
        node.stats().snapshots.increment();
        appendOnly
                .log()
                .notice(
                        "Background append only file rewriting started by pid "
                                + node.process().pid());
        run.told.accept(Outcome.BEGUN);
        environment.background("aof-rewrite", () -> write(run));
    }

    private boolean fixHoldingAll(Run run) throws IOException {
        run.rdb = node.settings().get(PersistenceOptions.AOF_USE_RDB_PREAMBLE);
        run.snapshot = begin(run.rdb);
        if (run.snapshot == null) {
            return false;
        }
        CommandLog log = node.parts().commandLog();
        run.position = log.end();
        if (run.next != null) {
            byte[] head = head();
            if (run.first) {
                appendOnly.begin(run.next, run.increment.name(), 0, head);
            } else {
                appendOnly.writer().switchAt(run.position, run.next, run.increment.name(), head);
            }
            run.next = null;
        }
        return true;
    }

    /** Begins a snapshot of this moment; null if there are too many. All stripes are held. */
    private SnapshotStream begin(boolean rdb) throws IOException {
        boolean timed = node.settings().get(PersistenceOptions.AOF_TIMESTAMP_ENABLED);
        Keyspace keyspace = node.engine().keyspace();
        SnapshotStream snapshot =
                rdb
                        ? new SnapshotStream(
                                keyspace, node.gate(), node.persistence().saver().form())
                        : SnapshotStream.ofCommands(
                                keyspace,
                                node.gate(),
                                timed ? environment.nowMs() / 1000 : SnapshotStream.NO_TIME);
        return snapshot.begin(
                        node.persistence().snapshotFields(true),
                        node.persistence().libraries().codes(),
                        true)
                ? snapshot
                : null;
    }

    /**
     * What the next file begins with. A leader's own log says by itself which database it is in; of
     * a stream that comes from elsewhere not a byte may be added.
     */
    private byte[] head() {
        if (node.replication().leads()) {
            node.parts().commandLog().forgetDatabase();
            return new byte[0];
        }
        String database = Integer.toString(Math.max(0, node.replication().streamDatabase()));
        return ("*2\r\n$6\r\nSELECT\r\n$" + database.length() + "\r\n" + database + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    // --- third step, aside -----------------------------------------------------------------------

    private void write(Run run) {
        try {
            String temporary = temporaryBase();
            if (!writeSnapshot(run.snapshot, temporary, run)) {
                appendOnly.delete(temporary);
                fail(run);
                return;
            }
            appendOnly.log().notice("Background AOF rewrite terminated with success");
            put(run, temporary);
            appendOnly.deleteHistory(); // who sees that the rewrite has ended sees no old files
            appendOnly.log().notice("Background AOF rewrite finished successfully");
            ended(run, true);
        } catch (IOException e) {
            appendOnly.log().warning(String.valueOf(e.getMessage()));
            fail(run);
        }
    }

    private String temporaryBase() {
        return Disk.path(
                node.settings().get(ServerOptions.DIR),
                "temp-rewriteaof-bg-" + node.process().pid() + ".aof");
    }

    /** False when it is not wanted any more. */
    private boolean writeSnapshot(SnapshotStream snapshot, String path, Run run)
            throws IOException {
        DiskFile file;
        try {
            file = environment.disk().open(path, Disk.Mode.CREATE);
        } catch (IOException e) {
            snapshot.discard();
            throw new IOException("Opening the temp file for AOF rewrite: " + e.getMessage(), e);
        }
        try (file) {
            return new SnapshotFile(node.settings())
                    .write(
                            file,
                            snapshot,
                            node.settings().get(PersistenceOptions.AOF_REWRITE_INCREMENTAL_FSYNC),
                            () -> run != null && run.cancelled);
        } catch (IOException e) {
            appendOnly.delete(path);
            throw new IOException(
                    "Write error writing append only file on disk: " + e.getMessage(), e);
        }
    }

    private void put(Run run, String temporary) throws IOException {
        lastHandedOver = run.snapshot.handedOverBytes();
        AofDirectory directory = appendOnly.directory();
        AofManifest manifest = appendOnly.manifest();
        AofPart base = manifest.nextBase(directory.name(), run.rdb);
        rename(temporary, directory.path(base), "base", base.name());
        if (run.first) {
            rename(
                    directory.temporaryIncrement(),
                    directory.path(run.increment),
                    "incr",
                    run.increment.name());
        }
        appendOnly.change(
                list -> (run.first ? list.with(run.increment) : list).rebased(base, run.increment));
        appendOnly.rebased(environment.disk().size(directory.path(base)), run.position);
    }

    private void rename(String from, String to, String what, String name) throws IOException {
        try {
            environment.disk().rename(from, to);
        } catch (IOException e) {
            throw new IOException(
                    "Error trying to rename the temporary AOF "
                            + what
                            + " file "
                            + from
                            + " into "
                            + to
                            + ": "
                            + e.getMessage(),
                    e);
        }
        appendOnly
                .log()
                .notice(
                        "Successfully renamed the temporary AOF "
                                + what
                                + " file "
                                + from
                                + " into "
                                + name);
    }

    /** Writes a base of the data as it is, for a start without files. Not on an event loop. */
    void writeBase(AofPart base) throws IOException {
        SnapshotStream snapshot;
        node.gate().enter(node.gate().all());
        try {
            snapshot = begin(base.name().endsWith(".rdb"));
        } finally {
            node.gate().leave(node.gate().all());
        }
        if (snapshot == null) {
            throw new IOException("too many snapshots");
        }
        String temporary = temporaryBase();
        writeSnapshot(snapshot, temporary, null);
        environment.disk().rename(temporary, appendOnly.directory().path(base));
    }

    // --- the end ---------------------------------------------------------------------------------

    private void fail(Run run) {
        if (run.next != null) {
            try {
                run.next.close();
            } catch (IOException e) {
                appendOnly.log().warning(e.getMessage()); // nothing was written to it
            }
        }
        if (!run.cancelled) {
            appendOnly.log().warning("Background AOF rewrite terminated with error");
        }
        if (run.first) {
            dropFirst(run);
            return;
        }
        ended(run, false);
    }

    /** What was appended before there was a base is of no use without one. */
    private void dropFirst(Run run) {
        String path = appendOnly.directory().temporaryIncrement();
        appendOnly.log().notice("Removing the temp incr aof file " + path + " in the background");
        boolean again = appendOnly.state() == AofState.WAITING;
        Runnable dropped =
                () -> {
                    appendOnly.delete(path);
                    ended(run, false);
                    if (again && appendOnly.state() == AofState.WAITING) {
                        node.persistence().jobs().schedule(JOB, true);
                    }
                };
        if (again && run.snapshot != null) {
            appendOnly.end(dropped);
        } else {
            dropped.run();
        }
    }

    private void ended(Run run, boolean done) {
        lastSeconds = (environment.nowMs() - beganMs) / 1000;
        if (!run.cancelled) {
            failed = !done;
            failures = done ? 0 : failures + 1;
        }
        current = null;
        node.persistence().jobs().end(JOB);
        if (run.snapshot == null) {
            run.told.accept(Outcome.FAILED);
        }
    }
}
