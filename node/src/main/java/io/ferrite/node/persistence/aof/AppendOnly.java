package io.ferrite.node.persistence.aof;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.log.LogReader;
import io.ferrite.durability.aof.AofDirectory;
import io.ferrite.durability.aof.AofManifest;
import io.ferrite.durability.aof.AofPart;
import io.ferrite.durability.aof.ManifestFault;
import io.ferrite.durability.aof.SyncPolicy;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.ReplyHold;
import io.ferrite.node.Shutdown;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.Log;
import io.ferrite.node.persistence.AppendOnlyPart;
import io.ferrite.node.persistence.BackgroundJobs;
import io.ferrite.resp.ReplyWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The append-only file of a server: whether there is one, what it consists of, what it costs.
 *
 * <pre>
 *   OFF --appendonly yes--> WAITING --first base is in place--> ON
 *    ^                         |                                 |
 *    '------- appendonly no ---+---------------------------------'     a start with it goes to ON
 * </pre>
 *
 * <p>Orders that concern the data's instant run on the home loop under all stripes; files are only
 * touched on threads that may wait. The list of files changes under this object's lock.
 */
public final class AppendOnly implements AppendOnlyPart {

    static final int HOME = 0;

    private final Node node;
    private final Environment environment;
    private final CommandLog log;
    private final AofHost host;
    private final AofWriter writer;
    private final AofRewrite rewrite;
    private final DiskBacklog backlog;

    private volatile AofState state = AofState.OFF;
    private volatile AofDirectory directory;
    private volatile AofManifest manifest = AofManifest.EMPTY;
    private volatile ReplyHold.Condition hold;

    /** Bytes of all files to be loaded but the one that is written to. */
    private volatile long settledBytes;

    /** Bytes of all files when the last rewrite ended: aof_base_size. */
    private volatile long baseBytes;

    public AppendOnly(Node node) {
        this.node = node;
        this.environment = node.environment();
        this.log = node.parts().commandLog();
        this.host = new AofHost(node, this);
        this.writer = new AofWriter(environment, host);
        this.rewrite = new AofRewrite(node, this);
        this.backlog = new DiskBacklog(node, this);
        node.settings().onChange(this::apply, PersistenceOptions.APPENDONLY);
        node.settings()
                .onChange(
                        now -> policyChanged(),
                        PersistenceOptions.APPENDFSYNC,
                        PersistenceOptions.AOF_REPLY_AFTER_WRITE);
        node.shutdown().addStep(this::beforeExit);
    }

    private Settings settings() {
        return node.settings();
    }

    Log log() {
        return node.log();
    }

    AofWriter writer() {
        return writer;
    }

    AofState state() {
        return state;
    }

    /** What of the log is in the files, for followers. */
    public DiskBacklog backlog() {
        return backlog;
    }

    AofHost host() {
        return host;
    }

    public AofRewrite rewrite() {
        return rewrite;
    }

    /** Whether there is to be a file, even if its first base is still being made. */
    public boolean isEnabled() {
        return state != AofState.OFF;
    }

    /** Whether everything that is acknowledged goes to a file that would be loaded. */
    public boolean isOn() {
        return state == AofState.ON;
    }

    /** Up to where the log is on the disk, or -1 while nothing can be said about that. */
    public long synced() {
        return state == AofState.ON ? writer.synced() : -1;
    }

    /** DEBUG AOF-FLUSH-SLEEP. */
    public void sleepBeforeWrites(long micros) {
        host.sleepBeforeWrites(micros);
    }

    SyncPolicy.Mode mode() {
        return switch (settings().get(PersistenceOptions.APPENDFSYNC)) {
            case ALWAYS -> SyncPolicy.Mode.ALWAYS;
            case EVERYSEC -> SyncPolicy.Mode.EVERYSEC;
            case NO -> SyncPolicy.Mode.NO;
        };
    }

    // --- the list of files -----------------------------------------------------------------------

    /** Where the files are; kept while they are written, whatever CONFIG SET dir says. */
    AofDirectory directory() {
        AofDirectory known = directory;
        if (known == null || state == AofState.OFF && !rewrite.isRunning()) {
            Settings s = settings();
            known =
                    AofDirectory.of(
                            environment.disk(),
                            s.get(ServerOptions.DIR),
                            s.get(PersistenceOptions.APPENDDIRNAME),
                            s.get(PersistenceOptions.APPENDFILENAME));
            directory = known;
        }
        return known;
    }

    AofManifest manifest() {
        return manifest;
    }

    /** Puts another list into force: on the disk first. */
    private void store(AofManifest next) throws IOException {
        directory().store(next);
        manifest = next;
    }

    /** Puts what becomes of the list into force: on the disk first. */
    synchronized void change(UnaryOperator<AofManifest> next) throws IOException {
        store(next.apply(manifest));
    }

    /** Reads the list; false if it is damaged, which the log says. */
    boolean readManifest() {
        try {
            manifest = directory().load();
            return true;
        } catch (ManifestFault fault) {
            log().warning(fault.text());
        } catch (IOException e) {
            log().warning(
                            "Fatal error: can't open the AOF manifest file "
                                    + directory().path(directory().manifestName())
                                    + " for reading: "
                                    + e.getMessage());
        }
        return false;
    }

    /** Removes files that nobody needs any more, unless they are to be kept. */
    synchronized void deleteHistory() {
        if (settings().get(PersistenceOptions.AOF_DISABLE_AUTO_GC)) {
            return;
        }
        List<AofPart> old = new ArrayList<>(manifest.history());
        old.removeIf(part -> backlog.needs(part.name()));
        if (old.isEmpty()) {
            return;
        }
        for (AofPart part : old) {
            log().notice("Removing the history file " + part.name() + " in the background");
            delete(directory().path(part));
        }
        try {
            store(manifest.without(old));
        } catch (IOException e) {
            log().warning(e.getMessage()); // a name without a file does no harm
        }
    }

    void delete(String path) {
        try {
            environment.disk().delete(path);
        } catch (IOException e) {
            log().warning("Can't remove " + path + ": " + e.getMessage());
        }
    }

    // --- the start -------------------------------------------------------------------------------

    @Override
    public boolean isToBeLoaded() {
        return settings().get(PersistenceOptions.APPENDONLY);
    }

    @Override
    public boolean hasFiles() {
        return !manifest.isEmpty();
    }

    @Override
    public long bytesToLoad() {
        try {
            return sizeOf(directory().load().parts());
        } catch (IOException | ManifestFault e) {
            return 0; // to be told by the load
        }
    }

    private long sizeOf(List<AofPart> parts) throws IOException {
        long bytes = 0;
        for (AofPart part : parts) {
            bytes += environment.disk().size(directory().path(part));
        }
        return bytes;
    }

    @Override
    public boolean load() {
        if (!readManifest()) {
            return false;
        }
        AofLoader loader = new AofLoader(node, this);
        boolean done = loader.load();
        if (done) {
            loader.restoreStream();
            backlog.restore(loader.index());
        }
        return done;
    }

    @Override
    public boolean open() {
        if (!settings().get(PersistenceOptions.APPENDONLY)) {
            return readManifest();
        }
        try {
            directory().make();
        } catch (IOException e) {
            log().warning(cannotMake(e));
            return false;
        }
        return createBaseIfNone() && openLast();
    }

    String cannotMake(IOException e) {
        return "Can't open or create append-only dir "
                + settings().get(PersistenceOptions.APPENDDIRNAME)
                + ": "
                + e.getMessage();
    }

    private boolean createBaseIfNone() {
        if (hasFiles()) {
            return true;
        }
        AofPart base =
                manifest.nextBase(
                        directory().name(),
                        settings().get(PersistenceOptions.AOF_USE_RDB_PREAMBLE));
        try {
            rewrite.writeBase(base);
        } catch (IOException e) {
            log().warning("Write error writing append only file on disk: " + e.getMessage());
            return false;
        }
        log().notice("Creating AOF base file " + base.name() + " on server start");
        manifest = manifest.rebased(base, null);
        return true;
    }

    private boolean openLast() {
        AofManifest found = manifest;
        boolean creating = found.current() == null;
        if (creating) {
            found = found.with(found.nextIncrement(directory().name()));
        }
        AofPart last = found.current();
        DiskFile file;
        long size;
        try {
            file = environment.disk().open(directory().path(last), Disk.Mode.APPEND);
            size = file.size();
        } catch (IOException e) {
            log().warning("Can't open the append-only file " + last.name() + ": " + e.getMessage());
            return false;
        }
        try {
            store(found);
            settledBytes = sizeOf(found.parts()) - size;
            baseBytes = found.base() == null ? 0 : sizeOf(List.of(found.base()));
        } catch (IOException e) {
            log().warning(e.getMessage());
            return false;
        }
        log().notice(
                        (creating ? "Creating" : "Opening")
                                + " AOF incr file "
                                + last.name()
                                + " on server start");
        node.gate().enter(node.gate().all());
        try {
            begin(file, last.name(), size, new byte[0]);
        } finally {
            node.gate().leave(node.gate().all());
        }
        state = AofState.ON;
        environment.background("aof-history", this::readHistory);
        return true;
    }

    /** What is left of former files may still be of use to followers. */
    private void readHistory() {
        backlog.readHistory(manifest.history());
        deleteHistory();
    }

    /** Everything logged from now on goes to a file. All stripes are held. */
    void begin(DiskFile file, String name, long size, byte[] head) {
        node.replication().keepLog();
        LogReader reader = log.openFileReader(log.end(), writer::wake);
        hold = node.replyHold().open(repliesWait() ? log.end() : Long.MAX_VALUE);
        backlog.begin(reader.offset());
        writer.start(reader, file, name, size, head);
    }

    // --- switched on and off ---------------------------------------------------------------------

    private void apply(Settings now) {
        boolean wanted = now.get(PersistenceOptions.APPENDONLY);
        if (wanted && state == AofState.OFF) {
            enable();
        } else if (!wanted && state != AofState.OFF) {
            disable();
        }
    }

    /** The data goes into a new base, and what is written meanwhile into a file behind it. */
    private void enable() {
        state = AofState.WAITING;
        host.forgetErrors();
        BackgroundJobs jobs = node.persistence().jobs();
        if (jobs.isActive(BackgroundJobs.Kind.REWRITE)) {
            log().notice(
                            "AOF was enabled but there is already an AOF rewriting in background."
                                    + " Stopping background AOF and starting a rewrite now.");
            rewrite.cancel();
        }
        if (!rewrite.tryBegin(outcome -> {})) {
            log().notice(
                            "AOF was enabled but there is already another background operation. An"
                                    + " AOF background was scheduled to start when possible.");
            jobs.schedule(BackgroundJobs.Kind.REWRITE, true);
        }
    }

    private void disable() {
        state = AofState.OFF;
        backlog.clear();
        node.persistence().jobs().schedule(BackgroundJobs.Kind.REWRITE, false);
        rewrite.cancel();
        end(() -> {});
        node.replication().localSynced();
    }

    /** Nothing goes to the file any more but what is logged already. */
    void end(Runnable done) {
        ReplyHold.Condition demanded = hold;
        hold = null;
        writer.stop(
                log.end(),
                () -> {
                    if (demanded != null) {
                        demanded.close();
                    }
                    host.forgetErrors();
                    environment.onLoop(HOME, node.replication()::logMayEnd);
                    done.run();
                });
    }

    /**
     * The data is about to be replaced as a whole, by a leader's: what is in the files is not
     * written on. {@link #resume} begins anew.
     */
    public void suspend() {
        if (state != AofState.OFF) {
            disable();
            suspended = true;
        }
    }

    private volatile boolean suspended;

    /** The data is there: it goes into a new base. */
    public void resume() {
        if (suspended && settings().get(PersistenceOptions.APPENDONLY)) {
            enable();
        }
        suspended = false;
    }

    /**
     * The base that a rewrite made is in place, and with it the files behind it.
     *
     * @param position where in the log it stands for everything before
     */
    void rebased(long base, long position) {
        host.rebased(position);
        settledBytes = base;
        baseBytes = base + (state == AofState.OFF ? 0 : writer.size());
        if (state == AofState.WAITING) {
            state = AofState.ON;
            node.replication().localSynced();
        }
    }

    /** The file written to is another one from now on. */
    void switched(long lastSize) {
        if (rewrite.isRunning()) {
            settledBytes += lastSize;
        }
    }

    // --- replies ---------------------------------------------------------------------------------

    private void policyChanged() {
        raise();
        writer.wake();
    }

    /**
     * Lets replies leave whose writes are as safe as is demanded: with {@code always} on the disk.
     * Otherwise, unless aof-reply-after-write demands it, none waits, and the file is a few
     * milliseconds behind.
     */
    void raise() {
        ReplyHold.Condition demanded = hold;
        if (demanded != null && !host.isFailing()) {
            demanded.raise(safeUpTo());
        }
    }

    /**
     * An event loop ends its turn, before it tells of what it logged: it writes that itself if
     * replies wait for the file and nothing else has to be waited for.
     */
    public void turnEnds() {
        if (state != AofState.OFF && repliesWait()) {
            writer.writeHere();
        }
    }

    /** Whether replies wait for the file. */
    boolean repliesWait() {
        return mode() == SyncPolicy.Mode.ALWAYS
                || settings().get(PersistenceOptions.AOF_REPLY_AFTER_WRITE);
    }

    private long safeUpTo() {
        if (!repliesWait()) {
            return Long.MAX_VALUE;
        }
        boolean synced = mode() == SyncPolicy.Mode.ALWAYS && !host.suppressed();
        return synced ? writer.synced() : writer.written();
    }

    // --- time ------------------------------------------------------------------------------------

    @Override
    public void tick() {
        BackgroundJobs jobs = node.persistence().jobs();
        if (!jobs.isIdle()) {
            return;
        }
        if (jobs.isScheduled(BackgroundJobs.Kind.REWRITE)) {
            rewrite.tryBegin(outcome -> {});
        } else if (state == AofState.ON) {
            expireHistory();
            rewrite.beginIfGrown(currentBytes(), baseBytes);
        }
    }

    /** Files that were kept for followers go when they are not needed any more. */
    private void expireHistory() {
        List<AofPart> kept = manifest.history();
        if (!kept.isEmpty() && !kept.stream().allMatch(part -> backlog.needs(part.name()))) {
            environment.background("aof-history", this::deleteHistory);
        }
    }

    // --- the end ---------------------------------------------------------------------------------

    private String beforeExit(Shutdown.Wish wish) {
        if (state == AofState.OFF) {
            return null;
        }
        if (rewrite.isRunning()) {
            if (state == AofState.WAITING && !wish.force()) {
                return "Writing initial AOF, can't exit.";
            }
            log().warning(
                            state == AofState.WAITING
                                    ? "Writing initial AOF. Exit anyway."
                                    : "There is a child rewriting the AOF. Killing it!");
            rewrite.cancel();
        }
        log().notice("Calling fsync() on the AOF file.");
        flush();
        return null;
    }

    /** Waits until everything logged so far is on the disk. Not on an event loop. */
    void flush() {
        CountDownLatch done = new CountDownLatch(1);
        writer.flush(log.end(), done::countDown);
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** DEBUG LOADAOF: the data is what the files say. {@code told} hears what to reply. */
    public void reload(Consumer<Consumer<ReplyWriter>> told) {
        environment.background("aof-reload", () -> new AofReload(node, this).run(told));
    }

    // --- INFO ------------------------------------------------------------------------------------

    long currentBytes() {
        return settledBytes + writer.size();
    }

    @Override
    public void info(BiConsumer<String, String> line) {
        BackgroundJobs jobs = node.persistence().jobs();
        boolean scheduled = jobs.isScheduled(BackgroundJobs.Kind.REWRITE);
        line.accept("aof_enabled", bit(state != AofState.OFF));
        line.accept("aof_rewrite_in_progress", bit(jobs.isActive(BackgroundJobs.Kind.REWRITE)));
        line.accept("aof_rewrite_scheduled", bit(scheduled));
        rewrite.info(line);
        line.accept("aof_last_write_status", host.isFailing() ? "err" : "ok");
        line.accept("aof_last_cow_size", Long.toString(rewrite.lastHandedOverBytes()));
        if (state == AofState.OFF) {
            return;
        }
        line.accept("aof_current_size", Long.toString(currentBytes()));
        line.accept("aof_base_size", Long.toString(baseBytes));
        line.accept("aof_pending_rewrite", bit(scheduled));
        line.accept("aof_buffer_length", Long.toString(bufferBytes()));
        line.accept("aof_pending_bio_fsync", Integer.toString(writer.pendingSyncs()));
        line.accept("aof_delayed_fsync", Long.toString(writer.delayedSyncs()));
    }

    /** Bytes that are logged and not written. */
    public long bufferBytes() {
        return state == AofState.OFF ? 0 : Math.max(0, log.end() - writer.written());
    }

    private static String bit(boolean yes) {
        return yes ? "1" : "0";
    }
}
