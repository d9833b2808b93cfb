package io.ferrite.node.replication;

import io.ferrite.base.disk.Disk;
import io.ferrite.coordination.replication.Level;
import io.ferrite.node.Node;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.Settings;
import java.io.IOException;

/**
 * Copies that went by way of a file: what becomes of the file. It is a snapshot as good as any, so
 * it takes the snapshot file's name; without any persistence, {@code rdb-del-sync-files} removes
 * it.
 */
final class SyncFiles {

    private SyncFiles() {}

    /** Whether such files are to go: nothing else is saved, and that is wished. */
    static boolean areUnwanted(Node node) {
        Settings settings = node.settings();
        return settings.get(ReplicationOptions.RDB_DEL_SYNC_FILES)
                && settings.render(PersistenceOptions.SAVE).isEmpty()
                && !node.appendOnly().isEnabled();
    }

    /** The data of this server is what this copy says. Not on an event loop. */
    static void keepReceived(Node node, ReceivedCopy received) {
        if (areUnwanted(node)) {
            node.log()
                    .notice(
                            "Removing the RDB file obtained from the master. This replica has"
                                    + " persistence disabled");
            return;
        }
        try {
            received.moveTo(path(node));
        } catch (IOException e) {
            node.replication()
                    .note(
                            Level.WARNING,
                            "Failed trying to rename the temp DB into "
                                    + node.settings().get(PersistenceOptions.DBFILENAME)
                                    + " in MASTER <-> REPLICA synchronization: "
                                    + e.getMessage());
        }
    }

    /**
     * A copy for followers has been stored.
     *
     * @param saves snapshots that had been begun when the copy was
     * @return whether it took the snapshot file's name
     */
    static boolean keepSent(Node node, String stored, long saves) {
        // A snapshot that was begun later holds more: it must not be written over.
        if (areUnwanted(node) || node.persistence().saver().saves() != saves) {
            return false;
        }
        try {
            node.environment().disk().rename(stored, path(node));
            node.environment().disk().syncDirectory(node.replication().directory());
            return true;
        } catch (IOException e) {
            node.log().warning("Error moving the copy for replicas: " + e.getMessage());
            return false;
        }
    }

    /** The name of the snapshot file. */
    static String path(Node node) {
        return Disk.path(
                node.replication().directory(), node.settings().get(PersistenceOptions.DBFILENAME));
    }
}
