package io.ferrite.node.replication;

import io.ferrite.base.disk.Disk;
import io.ferrite.coordination.replication.Level;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.config.Choices.DisklessLoad;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.persistence.Loading;
import io.ferrite.node.persistence.RdbLoader;
import io.ferrite.store.Keyspace;
import java.io.IOException;
import java.util.Map;

/**
 * How a leader's copy becomes this server's data. Two ways:
 *
 * <pre>
 *   stored    link ─▶ file ─▶ the old data is given up ─▶ file ─▶ keyspace
 *   straight  link ─▶ a twin of the keyspace ─▶ which takes the old data's place, in one instant
 * </pre>
 *
 * <p>Straight, the old data lasts until the copy is whole: a link that breaks costs nothing. It is
 * served meanwhile if it is an earlier state of the same history. On the home loop, but for what
 * says otherwise.
 */
final class CopyIntake {

    /** The link that the copy comes by. */
    interface Owner {

        /** Presents no more of the leader's bytes until {@link #resumeLink}. */
        void pauseLink();

        void resumeLink();

        /** What comes in cannot be used. */
        void refused(String reason);

        /** The data is the leader's; its stream begins in this database. */
        void loaded(int database);

        void loadFailed(String reason);

        /** A load that was given up has let go of the keyspace. */
        void loadEnded();
    }

    private final Node node;
    private final Environment environment;
    private final Replication replication;
    private final WholeData data;
    private final Owner owner;

    private ReceivedCopy stored;
    private StraightCopy straight;

    /** A stored copy fills the keyspace, wanted or not. */
    private boolean filling;

    CopyIntake(Node node, Replication replication, WholeData data, Owner owner) {
        this.node = node;
        this.environment = node.environment();
        this.replication = replication;
        this.data = data;
        this.owner = owner;
    }

    /**
     * A copy begins.
     *
     * @param total its bytes, 0 if that is not known
     * @param history the leader's history, null if it has none
     * @return whether it is loaded as it comes
     */
    boolean begin(long total, String history) {
        Keyspace keyspace = node.engine().keyspace();
        DisklessLoad how = node.settings().get(ReplicationOptions.REPL_DISKLESS_LOAD);
        boolean straightAway =
                how == DisklessLoad.SWAPDB
                        || how == DisklessLoad.ON_EMPTY_DB && WholeData.isEmpty(keyspace);
        if (straightAway) {
            Loading loading = node.persistence().loading();
            if (how == DisklessLoad.SWAPDB && replication.history().id().equals(history)) {
                loading.beginAside(environment.nowMs(), total);
            } else {
                loading.begin(environment.nowMs(), total);
            }
            straight = new StraightCopy(keyspace.twin());
            straight.start();
        } else {
            store();
        }
        return straightAway;
    }

    private void store() {
        String name = "temp-" + environment.nowMs() / 1000 + "." + node.process().pid() + ".rdb";
        try {
            stored = new ReceivedCopy(environment.disk(), Disk.path(replication.directory(), name));
        } catch (IOException e) {
            stored = null;
            replication.note(
                    Level.WARNING,
                    "Opening the temp file needed for MASTER <-> REPLICA synchronization: "
                            + e.getMessage());
        }
    }

    void content(long address, int length) {
        if (straight != null) {
            straight.pipe.write(address, length);
            straight.holdLinkIfFull();
        } else if (stored != null) {
            stored.write(address, length);
        }
    }

    void content(byte[] bytes, int length) {
        if (straight != null) {
            straight.pipe.write(bytes, length);
            straight.holdLinkIfFull();
        } else if (stored != null) {
            stored.write(bytes, length);
        }
    }

    /** Why the copy cannot be taken any further, or null. */
    String failure() {
        if (straight != null) {
            return null; // told when it is seen
        }
        return stored == null ? "no file to receive the copy in" : stored.failure();
    }

    /** The copy is of no use any more. */
    void abandon() {
        if (straight != null) {
            straight.pipe.abandon();
            straight = null;
            node.persistence().loading().end();
            replication.note(
                    Level.WARNING,
                    "Failed trying to load the MASTER synchronization DB from socket, check server"
                            + " logs.");
        }
        if (stored != null) {
            stored.abandon();
            if (!filling) {
                stored.close();
            }
            stored = null;
        }
    }

    /** The whole copy is here: it becomes the data. */
    void complete() {
        if (straight != null) {
            straight.pipe.end();
            straight.complete = true;
            straight.takeOverIfReady();
        } else {
            load(stored);
        }
    }

    /** Whether a load, wanted or not, fills the keyspace. */
    boolean isFilling() {
        return filling;
    }

    /** Others build on the old data no more. */
    private void letGoOfOldData() {
        node.persistence().saver().cancel(); // it would be in the way of what comes
        node.appendOnly().suspend();
        replication.dropFollowers();
        node.parts().commandLog().freeBacklog();
    }

    // --- by way of a file ------------------------------------------------------------------------

    private void load(ReceivedCopy received) {
        owner.pauseLink();
        filling = true;
        node.persistence().loading().begin(environment.nowMs(), received.size());
        letGoOfOldData();
        replication.note(Level.NOTICE, "MASTER <-> REPLICA sync: Flushing old data");
        environment.background("repl-load", () -> fill(received));
    }

    private void fill(ReceivedCopy received) {
        Map<String, byte[]> fields = null;
        String failure = null;
        try {
            data.empty();
            replication.note(Level.NOTICE, "MASTER <-> REPLICA sync: Loading DB in memory");
            fields = received.load(node.persistence().loader());
        } catch (IOException e) {
            RdbLoader.report(node.log(), e);
            failure = String.valueOf(e.getMessage());
            data.empty();
        }
        if (failure == null && !received.isUnwanted()) {
            SyncFiles.keepReceived(node, received);
        }
        received.close();
        Map<String, byte[]> loaded = fields;
        String reason = failure;
        environment.onLoop(Replication.HOME, () -> filled(received, loaded, reason));
    }

    private void filled(ReceivedCopy received, Map<String, byte[]> fields, String failure) {
        filling = false;
        node.persistence().loading().end();
        if (received.isUnwanted()) {
            owner.loadEnded();
        } else {
            stored = null;
            if (failure != null) {
                owner.loadFailed(failure);
            } else {
                owner.loaded(ReceivedCopy.streamDatabase(fields));
            }
        }
        node.appendOnly().resume();
    }

    // --- as it comes -----------------------------------------------------------------------------

    /** A copy that is loaded into a twin of the keyspace while it comes. */
    private final class StraightCopy {
        private final Keyspace twin;
        private final BytePipe pipe = new BytePipe(this::roomAgain);
        private final WholeData.Libraries libraries = new WholeData.Libraries();
        private boolean complete;
        private boolean oldDataGone;

        /** What it says about the whole, once it is read to its end. */
        private Map<String, byte[]> fields;

        StraightCopy(Keyspace twin) {
            this.twin = twin;
        }

        void start() {
            replication.note(Level.NOTICE, "MASTER <-> REPLICA sync: Loading DB in memory");
            environment.background("repl-load", this::read);
        }

        void holdLinkIfFull() {
            if (pipe.isFull()) {
                owner.pauseLink();
            }
        }

        /** On the loading thread. */
        private void roomAgain() {
            environment.onLoop(
                    Replication.HOME,
                    () -> {
                        if (straight == this && !complete) {
                            owner.resumeLink();
                        }
                    });
        }

        private void read() {
            Map<String, byte[]> read = null;
            String failure = null;
            try {
                RdbLoader.Plan plan = new RdbLoader.Plan(false, false, 0);
                read =
                        node.persistence()
                                .loader()
                                .load(pipe, twin, libraries::add, plan, pipe::isAbandoned)
                                .fields();
            } catch (IOException e) {
                if (!pipe.isAbandoned()) {
                    RdbLoader.report(node.log(), e);
                }
                failure = String.valueOf(e.getMessage());
            }
            Map<String, byte[]> found = read;
            String reason = failure;
            environment.onLoop(Replication.HOME, () -> wasRead(found, reason));
        }

        private void wasRead(Map<String, byte[]> found, String failure) {
            if (pipe.isAbandoned()) {
                discard();
            } else if (failure != null) {
                fail(failure);
            } else {
                fields = found;
                takeOverIfReady();
            }
        }

        private void fail(String reason) {
            straight = null;
            pipe.abandon();
            discard();
            node.persistence().loading().end();
            if (complete) {
                owner.loadFailed(reason);
            } else {
                owner.refused(
                        "Failed trying to load the MASTER synchronization DB from socket, check"
                                + " server logs.");
            }
        }

        private void discard() {
            replication.note(
                    Level.NOTICE, "MASTER <-> REPLICA sync: Discarding temporary DB in background");
            environment.background("repl-discard", () -> data.discard(twin));
        }

        void takeOverIfReady() {
            if (!complete || fields == null) {
                return;
            }
            if (!oldDataGone) {
                owner.pauseLink();
                oldDataGone = true;
                letGoOfOldData();
            }
            takeOver();
        }

        private void takeOver() {
            if (pipe.isAbandoned()) {
                discard();
                node.appendOnly().resume();
                return;
            }
            try {
                if (!data.takeOver(twin, libraries)) {
                    // A snapshot of the old data has not ended yet.
                    environment.after(Replication.HOME, 2, this::takeOver);
                    return;
                }
            } catch (IOException e) {
                fail(String.valueOf(e.getMessage()));
                node.appendOnly().resume();
                return;
            }
            replication.note(
                    Level.NOTICE, "MASTER <-> REPLICA sync: Swapping active DB with loaded DB");
            straight = null;
            node.persistence().loading().end();
            owner.loaded(ReceivedCopy.streamDatabase(fields));
            node.appendOnly().resume();
        }
    }
}
