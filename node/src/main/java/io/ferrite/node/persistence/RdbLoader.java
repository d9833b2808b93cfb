package io.ferrite.node.persistence;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.durability.rdb.KeyspaceTarget;
import io.ferrite.durability.rdb.RdbCheck;
import io.ferrite.durability.rdb.RdbInput;
import io.ferrite.durability.rdb.RdbLimits;
import io.ferrite.durability.rdb.RdbReader;
import io.ferrite.durability.rdb.RdbRefusal;
import io.ferrite.durability.rdb.RdbSource;
import io.ferrite.engine.EncodingLimits;
import io.ferrite.memory.Memory;
import io.ferrite.node.ExecutionGate;
import io.ferrite.node.Node;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.log.Log;
import io.ferrite.store.Keyspace;
import java.io.EOFException;
import java.io.IOException;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Fills the keyspace from a file in the RDB format: at the start, after a full sync, from the base
 * of an append-only file. Event loops may run meanwhile, clients' commands on data may not.
 */
public final class RdbLoader {

    /**
     * How to load.
     *
     * @param dropExpired whether keys whose time has passed are left out
     * @param replace whether a key that is there gives way to one of the same name
     * @param progressBase how much of the whole was loaded before this file
     * @param holdsAll whether the calling thread holds all stripes
     */
    public record Plan(boolean dropExpired, boolean replace, long progressBase, boolean holdsAll) {

        public Plan(boolean dropExpired, boolean replace, long progressBase) {
            this(dropExpired, replace, progressBase, false);
        }

        Plan holdingAll(boolean holding) {
            return new Plan(dropExpired, replace, progressBase, holding);
        }
    }

    /**
     * What was loaded.
     *
     * @param bytes how many bytes the RDB took; something else may follow in the file
     * @param fields what it says about the whole
     * @param dropped the keys that were dropped, if the data is part of a stream
     */
    public record Result(
            int version,
            long bytes,
            long keys,
            long expired,
            Map<String, byte[]> fields,
            ExpiredKeys dropped) {}

    /** Beyond this, what reads the source is behind those who store. */
    private static final int MOST_HELPERS = 7;

    private final Node node;
    private final Loading loading;
    private final FunctionLibraries libraries;

    RdbLoader(Node node, Loading loading, FunctionLibraries libraries) {
        this.node = node;
        this.loading = loading;
        this.libraries = libraries;
    }

    /**
     * Loads from the file's position on, on the calling thread, which is no event loop.
     *
     * @param unwanted asked again and again; true breaks off with an exception
     * @throws IOException if the file is damaged or cannot be read; what was loaded so far stays.
     *     See {@link #report}
     */
    public Result load(DiskFile file, Plan plan, BooleanSupplier unwanted) throws IOException {
        return load(
                new FileSource(file, plan.progressBase(), unwanted),
                node.engine().keyspace(),
                (code, length) -> libraries.load(Memory.toBytes(code, length), plan.replace()),
                plan,
                unwanted);
    }

    /**
     * As the other {@code load}, from anywhere into any keyspace that the node's gate guards.
     *
     * @param into the node's keyspace, or a twin of it
     * @param functions takes the libraries
     */
    public Result load(
            RdbSource source,
            Keyspace into,
            KeyspaceTarget.FunctionSink functions,
            Plan plan,
            BooleanSupplier unwanted)
            throws IOException {
        long nowMs = node.environment().nowMs();
        KeyspaceTarget keyspace =
                new KeyspaceTarget(
                        into,
                        functions,
                        plan.dropExpired() ? nowMs : Long.MIN_VALUE,
                        plan.replace());
        ExpiredKeys dropped = new ExpiredKeys();
        keyspace.tell((database, key) -> {
            if (keyspace.fields().containsKey("repl-id")) {
                synchronized (dropped) {
                    dropped.add(database, key);
                }
            }
        });
        // Who holds all stripes still has to keep its own threads apart.
        ExecutionGate gate = plan.holdsAll() ? new ExecutionGate(node.gate().count()) : node.gate();
        GatedTarget gated = new GatedTarget(keyspace, into, gate);
        KeyDelay delay = new KeyDelay(node.settings(), PersistenceOptions.KEY_LOAD_DELAY);
        LoadTarget target =
                new LoadTarget(keyspace, gated, node.log(), loading, delay, unwanted, nowMs);
        EncodingLimits now = node.engine().limits();
        RdbLimits limits = new RdbLimits(now.list(), now.set(), now.hash(), now.zset());
        boolean checksummed =
                node.settings().get(PersistenceOptions.RDBCHECKSUM) && !node.skipsChecksums();
        LoadCrew.Maker hands =
                () -> {
                    GatedTarget own = new GatedTarget(keyspace.part(), into, gate);
                    KeyDelay ownDelay =
                            new KeyDelay(node.settings(), PersistenceOptions.KEY_LOAD_DELAY);
                    LoadTarget part =
                            new LoadTarget(
                                    keyspace, own, node.log(), loading, ownDelay, unwanted, nowMs);
                    return new LoadHand(part, own, limits);
                };
        try (RdbInput input = new RdbInput(LoadCrew.BLOCK_BYTES);
                LoadCrew crew =
                        new LoadCrew(
                                node.environment()::worker,
                                Math.min(node.environment().loops(), MOST_HELPERS),
                                hands,
                                keyspace::databaseIndex,
                                delay::isOn,
                                gated::release);
                RdbReader reader =
                        new RdbReader(input.open(source), target, limits, checksummed, crew)) {
            int version = reader.read();
            done(keyspace);
            return new Result(
                    version,
                    input.position(),
                    keyspace.loaded(),
                    keyspace.expired(),
                    keyspace.fields(),
                    dropped);
        } finally {
            gated.release();
        }
    }

    private void done(KeyspaceTarget keyspace) {
        loading.keys(keyspace.loaded(), keyspace.expired());
        String line =
                "Done loading RDB, keys loaded: "
                        + keyspace.loaded()
                        + ", keys expired: "
                        + keyspace.expired();
        if (keyspace.empty() > 0) {
            line += ", empty keys skipped: " + keyspace.empty();
        }
        node.log().notice(line + ".");
    }

    /** Says in the log, as Redis words it, why a load failed. */
    public static void report(Log log, IOException failure) {
        switch (failure) {
            case RdbRefusal refusal -> report(log, refusal);
            case EOFException cut -> {
                log.warning("Short read or OOM loading DB. Unrecoverable error, aborting now.");
                log.warning("Internal error in RDB reading, " + cut.getMessage());
            }
            default -> log.warning("Error reading the RDB: " + failure.getMessage());
        }
    }

    /** Says in the log what the check tool finds in a file that could not be loaded. */
    void inspect(String path, IOException failure) {
        boolean damaged =
                failure instanceof EOFException
                        || failure instanceof RdbRefusal refusal
                                && refusal.kind() == RdbRefusal.Kind.DAMAGE;
        if (!damaged) {
            return;
        }
        try (DiskFile file = node.environment().disk().open(path, Disk.Mode.READ)) {
            new RdbCheck(node.environment().nowMs(), node.log()::warning)
                    .run(new FileSource(file, 0, () -> false), path);
        } catch (IOException e) {
            node.log().warning("Can't check " + path + ": " + e.getMessage());
        }
        node.log().warning("Terminating server after rdb file reading failure.");
    }

    /** Says in the log why a single value was refused: the client only hears that it was. */
    public static void reportPayload(Log log, IOException failure) {
        log.verbose(
                failure instanceof RdbRefusal refusal
                        ? internal(refusal, refusal.reason())
                        : "Internal error in RDB reading, " + failure.getMessage());
    }

    private static void report(Log log, RdbRefusal refusal) {
        switch (refusal.kind()) {
            case HEADER, DATASET -> log.warning(refusal.reason());
            case CHECKSUM -> {
                log.warning(refusal.reason() + ". Aborting now.");
                log.warning(internal(refusal, "RDB CRC error"));
            }
            case DAMAGE -> {
                log.warning(internal(refusal, refusal.reason()));
                log.warning("Short read or OOM loading DB. Unrecoverable error, aborting now.");
            }
        }
    }

    private static String internal(RdbRefusal refusal, String reason) {
        return "Internal error in RDB reading offset " + refusal.position() + " -> " + reason;
    }

    /** The bytes of a file, from its position on. */
    private final class FileSource implements RdbSource {
        private final DiskFile file;
        private final long base;
        private final BooleanSupplier unwanted;
        private long left;
        private long done;

        FileSource(DiskFile file, long base, BooleanSupplier unwanted) throws IOException {
            this.file = file;
            this.base = base;
            this.unwanted = unwanted;
            this.left = file.size() - file.position();
        }

        @Override
        public int read(long target, int length) throws IOException {
            if (unwanted.getAsBoolean()) {
                throw new IOException("not wanted any more");
            }
            loading.progress(base + done);
            int size = file.read(Memory.buffer(target, length));
            if (size > 0) {
                left -= size;
                done += size;
            }
            return size;
        }

        @Override
        public long remaining() {
            return left; // asked for every string: no call of the system
        }
    }
}
