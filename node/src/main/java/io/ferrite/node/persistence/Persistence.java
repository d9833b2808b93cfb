package io.ferrite.node.persistence;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.base.disk.MissingFileException;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.node.ClientLink;
import io.ferrite.node.Compatibility;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.node.Shutdown;
import io.ferrite.node.config.MemoryOptions;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.config.SavePoint;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.snapshot.SnapshotStream;
import io.ferrite.resp.ReplyWriter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The files of a server: what it loads when it starts, what it writes while it runs and when it
 * ends. Thread-safe where nothing else is said.
 */
public final class Persistence {

    /** The event loop on which time brings saves, and on which a follower's stream is applied. */
    private static final int HOME = 0;

    private static final long TICK_MS = 100;

    /** After a save that failed, the next one by a save point waits so long. */
    private static final long RETRY_SECONDS = 5;

    private final Node node;
    private final BackgroundJobs jobs = new BackgroundJobs();
    private final DiskErrors errors;
    private final Loading loading;
    private final RdbSaver saver;
    private FunctionLibraries libraries = new KeptLibraries();
    private AppendOnlyPart appendOnly = AppendOnlyPart.NONE;
    private boolean started;

    public Persistence(Node node) {
        this.node = node;
        this.errors = new DiskErrors(node.state());
        this.loading = new Loading(node.state());
        this.saver = new RdbSaver(node, this);
        node.settings()
                .onChange(
                        now -> judgeSaves(),
                        PersistenceOptions.SAVE,
                        PersistenceOptions.STOP_WRITES_ON_BGSAVE_ERROR);
    }

    public BackgroundJobs jobs() {
        return jobs;
    }

    public DiskErrors errors() {
        return errors;
    }

    public Loading loading() {
        return loading;
    }

    public RdbSaver saver() {
        return saver;
    }

    /** A loader for one file. */
    public RdbLoader loader() {
        return new RdbLoader(node, loading, libraries);
    }

    public FunctionLibraries libraries() {
        return libraries;
    }

    /** Who keeps function libraries. Before data is loaded. */
    public void use(FunctionLibraries keeper) {
        libraries = keeper;
    }

    /** The append-only file. Before data is loaded. */
    public void use(AppendOnlyPart part) {
        appendOnly = part;
    }

    /** For DEBUG RELOAD and its like. */
    public Reload reload() {
        return new Reload(node);
    }

    // --- what a snapshot says about the whole ----------------------------------------------------

    /**
     * The fields at the beginning of a snapshot of this moment. The caller holds all stripes; on a
     * follower, on the home loop.
     *
     * @param appendOnlyBase whether it is the base of an append-only file
     */
    public Map<String, String> snapshotFields(boolean appendOnlyBase) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("redis-ver", Compatibility.REDIS_VERSION);
        fields.put("redis-bits", "64");
        fields.put("ctime", Long.toString(node.environment().nowMs() / 1000));
        fields.put("used-mem", Long.toString(node.usedMemory()));
        fields.putAll(node.replication().snapshotFields());
        fields.put("aof-base", appendOnlyBase ? "1" : "0");
        return fields;
    }

    /** How fast snapshots are made. */
    public SnapshotStream.Pace pace(BooleanSupplier unwanted) {
        return SnapshotFile.pace(node.settings(), unwanted);
    }

    /** Whether a policy of eviction looks at when or how often keys were used. */
    boolean usesAccessTimes() {
        String policy = node.settings().render(MemoryOptions.MAXMEMORY_POLICY);
        return policy.endsWith("lru") || policy.endsWith("lfu");
    }

    // --- the start -------------------------------------------------------------------------------

    /** How many bytes are to be loaded: 0 when there is nothing. */
    public long bytesToLoad() {
        if (appendOnly.isToBeLoaded()) {
            return appendOnly.bytesToLoad();
        }
        return bytesOfSnapshot();
    }

    /** The size of the snapshot file, 0 if there is none. */
    long bytesOfSnapshot() {
        try {
            return node.environment().disk().size(rdbPath());
        } catch (IOException none) {
            return 0;
        }
    }

    /** The path of the snapshot file. */
    String rdbPath() {
        Settings settings = node.settings();
        return Disk.path(
                settings.get(ServerOptions.DIR), settings.get(PersistenceOptions.DBFILENAME));
    }

    /**
     * Loads the data of the last run: from the append-only file if that is on, else from the
     * snapshot. Not on an event loop; clients that data matters to are refused meanwhile.
     *
     * @param whileLong runs when there is so much that clients want to be told of it
     * @return false when what is there cannot be loaded: the log says why, the process must end
     */
    public boolean load(Runnable whileLong) {
        long begin = node.environment().nanos();
        long bytes = bytesToLoad();
        loading.begin(node.environment().nowMs(), bytes);
        if (bytes > node.settings().get(PersistenceOptions.LOADING_PROCESS_EVENTS_INTERVAL_BYTES)) {
            whileLong.run();
        }
        boolean done;
        if (appendOnly.isToBeLoaded()) {
            done = appendOnly.load();
            if (done && appendOnly.hasFiles()) {
                node.log().notice("DB loaded from append only file: " + since(begin) + " seconds");
            }
        } else {
            done = loadRdb(begin);
        }
        saver.startCounting();
        done = done && appendOnly.open();
        if (done) {
            loading.end();
        }
        return done;
    }

    private String since(long beginNanos) {
        double seconds = (node.environment().nanos() - beginNanos) / 1e9;
        return String.format(Locale.ROOT, "%.3f", seconds);
    }

    private boolean loadRdb(long begin) {
        String path = rdbPath();
        try (DiskFile file = node.environment().disk().open(path, Disk.Mode.READ)) {
            boolean leads = !node.replication().isToFollow();
            RdbLoader.Plan plan = new RdbLoader.Plan(leads, false, 0);
            RdbLoader.Result result = loader().load(file, plan, () -> false);
            node.log().notice("DB loaded from disk: " + since(begin) + " seconds");
            if (!result.dropped().areTooMany()) {
                restore(result.fields());
                node.replication().expiredWhileLoading(result.dropped().keys());
            }
            return true;
        } catch (MissingFileException none) {
            return true;
        } catch (IOException e) {
            RdbLoader.report(node.log(), e);
            loader().inspect(path, e);
            node.log().warning("Fatal error loading the DB, check server logs. Exiting.");
            return false;
        }
    }

    /** The data is part of a stream: this server can go on with it. */
    public void restore(Map<String, byte[]> fields) {
        String id = text(fields.get("repl-id"));
        long offset = number(text(fields.get("repl-offset")), -1);
        long database = number(text(fields.get("repl-stream-db")), -1);
        if (id.length() == 40 && offset >= 0 && database >= 0) {
            node.replication().restore(id, offset, (int) database);
        }
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static long number(String text, long otherwise) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    // --- time ------------------------------------------------------------------------------------

    /** Saves by save points from now on. */
    public void start() {
        if (!started) {
            started = true;
            node.shutdown().addStep(this::beforeExit);
            node.engine().onFlushAll(this::allFlushed);
        }
        node.environment().after(HOME, TICK_MS, this::tick);
    }

    private void tick() {
        if (node.state().is(ServerState.SHUTTING_DOWN)) {
            return;
        }
        if (!loading.isActive() && !node.isCronPaused()) {
            appendOnly.tick();
            if (jobs.isIdle()) {
                saveIfDue();
            }
        }
        node.environment().after(HOME, TICK_MS, this::tick);
    }

    private void saveIfDue() {
        long now = node.environment().nowMs() / 1000;
        boolean mayTry = !saver.hasFailed() || now - saver.lastTrySeconds() > RETRY_SECONDS;
        if (!mayTry) {
            return;
        }
        long changes = saver.changesSinceSave();
        for (SavePoint point : node.settings().get(PersistenceOptions.SAVE)) {
            if (changes >= point.changes() && now - saver.lastSaveSeconds() > point.seconds()) {
                node.log()
                        .notice(
                                point.changes()
                                        + " changes in "
                                        + point.seconds()
                                        + " seconds. Saving...");
                beginBackgroundSave();
                return;
            }
        }
        if (jobs.isScheduled(BackgroundJobs.Kind.SAVE)) {
            beginBackgroundSave();
        }
    }

    /** Begins a background save, on the home loop; false if it cannot begin now. */
    private boolean beginBackgroundSave() {
        RdbSaver.Save save = beginHere(true);
        if (save == null) {
            return false;
        }
        node.log().notice("Background saving started by pid " + node.process().pid());
        node.environment().background("rdb-save", () -> saver.write(save));
        return true;
    }

    private RdbSaver.Save beginHere(boolean background) {
        long all = node.gate().all();
        node.gate().enter(all);
        try {
            return saver.begin(background);
        } finally {
            node.gate().leave(all);
        }
    }

    // --- commands --------------------------------------------------------------------------------

    /** Begins a background save; {@code done} hears on the home loop whether it did. Any thread. */
    void saveInBackground(Consumer<Boolean> done) {
        node.environment().onLoop(HOME, () -> done.accept(beginBackgroundSave()));
    }

    /**
     * Saves; {@code done} hears on some thread what became of it: null when it could not begin. Any
     * thread.
     */
    void save(Consumer<Boolean> done) {
        node.environment()
                .onLoop(
                        HOME,
                        () -> {
                            RdbSaver.Save save = beginHere(false);
                            if (save == null) {
                                done.accept(null);
                                return;
                            }
                            node.environment()
                                    .background("rdb-save", () -> done.accept(saver.write(save)));
                        });
    }

    /**
     * FLUSHALL ran in this unit, which holds all stripes. A save that runs is called off, as what
     * it saves is gone; with save points the empty data is saved at once. Answers whether the
     * client is answered later, when that is done.
     */
    private boolean allFlushed(ExecutionUnit unit) {
        boolean saves = !node.settings().get(PersistenceOptions.SAVE).isEmpty();
        saver.cancel();
        if (!saves || !started) {
            return false;
        }
        Session session = unit.session();
        boolean waits =
                !unit.isNested() && !session.has(Session.LEADER) && ClientLink.of(session) != null;
        if (waits) {
            session.set(Session.BLOCKED);
        }
        node.environment()
                .background(
                        "rdb-save",
                        () -> {
                            saver.awaitEnd();
                            save(done -> {
                                if (waits) {
                                    session.outbox().answer(ReplyWriter::ok);
                                }
                            });
                        });
        return waits;
    }

    /** Writes are refused while saves fail, if there are to be any and it is so wished. */
    void judgeSaves() {
        Settings settings = node.settings();
        errors.saving(
                saver.hasFailed()
                        && settings.get(PersistenceOptions.STOP_WRITES_ON_BGSAVE_ERROR)
                        && !settings.get(PersistenceOptions.SAVE).isEmpty());
    }

    // --- the end ---------------------------------------------------------------------------------

    /**
     * What has to be written before the process ends; a line that says why it must not, or null.
     */
    private String beforeExit(Shutdown.Wish wish) {
        if (saver.isSaving()) {
            node.log().warning("There is a child saving an .rdb. Killing it!");
            saver.cancel();
            saver.awaitEnd();
        }
        boolean configured = !node.settings().get(PersistenceOptions.SAVE).isEmpty();
        if (loading.isActive() || !wish.save() && (wish.noSave() || !configured)) {
            return null;
        }
        node.log().notice("Saving the final RDB snapshot before exiting.");
        CompletableFuture<RdbSaver.Save> begun = new CompletableFuture<>();
        node.environment().onLoop(HOME, () -> begun.complete(beginHere(false)));
        try {
            RdbSaver.Save save = begun.get();
            if (save != null && saver.write(save)) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        return "Error trying to save the DB, " + (wish.force() ? "Exit anyway." : "can't exit.");
    }

    // --- INFO ------------------------------------------------------------------------------------

    /** The lines of INFO that the append-only file has to say. */
    public void appendOnlyInfo(BiConsumer<String, String> line) {
        appendOnly.info(line);
    }
}
