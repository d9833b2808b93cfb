package io.ferrite.node.persistence;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.durability.rdb.RdbRefusal;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.node.Node;
import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import java.io.IOException;

/**
 * DEBUG RELOAD and its like: the data goes into files and comes back. Saving and flushing happen in
 * the command's own unit, under all stripes. Loading has a thread of its own, clients are refused
 * meanwhile as at the start; within a transaction it happens in the unit as well.
 */
public final class Reload {

    /** The options of DEBUG RELOAD. */
    public record Options(boolean save, boolean flush, boolean merge) {}

    /** Loads into the keyspace; null when done, else an error line. */
    @FunctionalInterface
    public interface Source {

        /**
         * @param holding whether the calling thread holds all stripes
         */
        String load(boolean holding);
    }

    private final Node node;
    private final Persistence persistence;

    Reload(Node node) {
        this.node = node;
        this.persistence = node.persistence();
    }

    /** Saves, flushes, loads; answers the client, now or when it is done. */
    public void run(ExecutionUnit unit, Options options) {
        if (persistence.loading().isActive()) {
            throw CommandError.of("ERR Data is being loaded already");
        }
        if (options.save() && !persistence.saver().saveHoldingAll()) {
            throw CommandError.of("ERR");
        }
        if (options.flush()) {
            flush();
        }
        run(
                unit,
                persistence.bytesOfSnapshot(),
                holding -> loadRdb(holding, options.flush() || options.merge()),
                "DB reloaded by DEBUG RELOAD");
    }

    /** Empties the keyspace. The caller holds all stripes. */
    public void flush() {
        Keyspace keyspace = node.engine().keyspace();
        node.engine().tracking().allChanged(null);
        for (int i = 0; i < keyspace.databases(); i++) {
            Database database = keyspace.database(i);
            for (int table = 0; table < keyspace.tables(); table++) {
                database.clear(table);
            }
        }
        persistence.libraries().clear();
    }

    /**
     * Loads from a source; answers the client, now or when it is done. The unit holds all stripes.
     *
     * @param bytes about how much there is to load
     * @param line for the log when it is done
     */
    public void run(ExecutionUnit unit, long bytes, Source source, String line) {
        persistence.loading().begin(node.environment().nowMs(), bytes);
        if (unit.isNested()) {
            String error = finish(source, true, line);
            if (error != null) {
                throw CommandError.of(error);
            }
            unit.reply().ok();
            return;
        }
        Session session = unit.session();
        session.set(Session.BLOCKED);
        node.environment()
                .background(
                        "debug-reload",
                        () -> {
                            String error = finish(source, false, line);
                            session.outbox()
                                    .answer(out -> {
                                        if (error == null) {
                                            out.ok();
                                        } else {
                                            out.error(error);
                                        }
                                    });
                        });
    }

    private String finish(Source source, boolean holding, String line) {
        String error = source.load(holding);
        persistence.saver().startCounting();
        persistence.loading().end();
        if (error == null) {
            node.log().warning(line);
        }
        return error;
    }

    private String loadRdb(boolean holding, boolean replace) {
        String failed = "ERR Error trying to load the RDB dump, check server logs";
        RdbLoader.Plan plan =
                new RdbLoader.Plan(node.replication().leads(), replace, 0).holdingAll(holding);
        String path = persistence.rdbPath();
        try (DiskFile file = node.environment().disk().open(path, Disk.Mode.READ)) {
            persistence.loader().load(file, plan, () -> false);
            return null;
        } catch (RdbRefusal refusal) {
            RdbLoader.report(node.log(), refusal);
            boolean damaged =
                    refusal.kind() == RdbRefusal.Kind.DAMAGE
                            || refusal.kind() == RdbRefusal.Kind.CHECKSUM;
            if (damaged) {
                giveUp();
            }
            return failed;
        } catch (java.io.EOFException cut) {
            RdbLoader.report(node.log(), cut);
            giveUp();
            return failed;
        } catch (IOException e) {
            RdbLoader.report(node.log(), e);
            return failed;
        }
    }

    /** A part of a damaged file is no data to serve. */
    private void giveUp() {
        node.log().warning("Terminating server after rdb file reading failure.");
        node.shutdown().exitNow(1);
    }
}
