package io.ferrite.coordination.sentinel;

import java.util.Map;
import java.util.TreeMap;

/**
 * How one master is watched; texts are empty where nothing is set. Immutable.
 *
 * @param renames commands that the servers of this master know by other names, whatever the case
 * @param protectDataset a master that comes back empty must not wipe its replicas
 * @param noLoss no replica is promoted that may lack a write acknowledged with replication-ack
 * @param checkIdentity another server that answers at a known address is left alone
 */
public record MasterSettings(
        int quorum,
        long downAfterMs,
        long failoverTimeoutMs,
        int parallelSyncs,
        long rebootDownAfterMs,
        String authUser,
        String authPass,
        String notificationScript,
        String reconfigScript,
        String webhook,
        boolean protectDataset,
        boolean noLoss,
        boolean checkIdentity,
        Map<String, String> renames) {

    /** The settings of a master of which only the quorum is known. */
    static MasterSettings of(int quorum, Timing timing) {
        return new MasterSettings(
                quorum,
                timing.get(Timing.Name.DEFAULT_DOWN_AFTER),
                timing.get(Timing.Name.DEFAULT_FAILOVER_TIMEOUT),
                1,
                0,
                "",
                "",
                "",
                "",
                "",
                false,
                false,
                true,
                Map.of());
    }

    /** The name by which the servers know a command. */
    String command(String name) {
        return renames.getOrDefault(name, name);
    }

    /** Some of these settings changed; {@link #build} makes the record. */
    static final class Editor {
        private final MasterSettings from;
        int quorum;
        long downAfterMs;
        long failoverTimeoutMs;
        int parallelSyncs;
        long rebootDownAfterMs;
        String authUser;
        String authPass;
        String notificationScript;
        String reconfigScript;
        String webhook;
        boolean protectDataset;
        boolean noLoss;
        boolean checkIdentity;
        private final Map<String, String> renames;

        Editor(MasterSettings from) {
            this.from = from;
            quorum = from.quorum;
            downAfterMs = from.downAfterMs;
            failoverTimeoutMs = from.failoverTimeoutMs;
            parallelSyncs = from.parallelSyncs;
            rebootDownAfterMs = from.rebootDownAfterMs;
            authUser = from.authUser;
            authPass = from.authPass;
            notificationScript = from.notificationScript;
            reconfigScript = from.reconfigScript;
            webhook = from.webhook;
            protectDataset = from.protectDataset;
            noLoss = from.noLoss;
            checkIdentity = from.checkIdentity;
            renames = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            renames.putAll(from.renames);
        }

        /** Adds a renaming; false if the command has one. */
        boolean rename(String command, String name) {
            return renames.putIfAbsent(command, name) == null;
        }

        void forgetRename(String command) {
            renames.remove(command);
        }

        /** Whether connections made with the former settings are of no more use. */
        boolean changesAccess() {
            return !authUser.equals(from.authUser) || !authPass.equals(from.authPass);
        }

        MasterSettings build() {
            return new MasterSettings(
                    quorum,
                    downAfterMs,
                    failoverTimeoutMs,
                    parallelSyncs,
                    rebootDownAfterMs,
                    authUser,
                    authPass,
                    notificationScript,
                    reconfigScript,
                    webhook,
                    protectDataset,
                    noLoss,
                    checkIdentity,
                    renames);
        }
    }

    Editor edit() {
        return new Editor(this);
    }
}
