package io.ferrite.node.info;

import io.ferrite.node.Node;
import io.ferrite.node.persistence.Loading;
import io.ferrite.node.persistence.Persistence;
import io.ferrite.node.persistence.RdbSaver;
import io.ferrite.node.snapshot.SnapshotStream;

/** INFO persistence. Nothing is copied on write here: what writers hand over stands for it. */
final class PersistenceSection {

    private PersistenceSection() {}

    static void write(Node node, InfoText out) {
        Persistence persistence = node.persistence();
        RdbSaver saver = persistence.saver();
        Loading loading = persistence.loading();
        SnapshotStream snapshot = saver.snapshot();
        long total = snapshot == null ? 0 : snapshot.keysTotal();
        long done = snapshot == null ? 0 : snapshot.keysDone();
        long handedOver = snapshot == null ? 0 : snapshot.handedOverBytes();
        long copying = secondsOfCopy(node);
        out.put("loading", loading.isActive())
                .put("async_loading", loading.isAside())
                .put("current_cow_peak", handedOver)
                .put("current_cow_size", handedOver)
                .put("current_cow_size_age", 0)
                .put("current_fork_perc", total == 0 ? 0.0 : 100.0 * done / total)
                .put("current_save_keys_processed", done)
                .put("current_save_keys_total", total)
                .put("rdb_changes_since_last_save", saver.changesSinceSave())
                .put("rdb_bgsave_in_progress", saver.isSaving() || copying >= 0)
                .put("rdb_last_save_time", saver.lastSaveSeconds())
                .put("rdb_last_bgsave_status", saver.hasFailed() ? "err" : "ok")
                .put("rdb_last_bgsave_time_sec", saver.lastDurationSeconds())
                .put(
                        "rdb_current_bgsave_time_sec",
                        Math.max(saver.currentDurationSeconds(), copying))
                .put("rdb_saves", saver.saves())
                .put("rdb_last_cow_size", saver.lastHandedOverBytes())
                .put("rdb_last_load_keys_expired", loading.keysExpired())
                .put("rdb_last_load_keys_loaded", loading.keysLoaded());
        persistence.appendOnlyInfo(out::put);
        out.put("module_fork_in_progress", 0).put("module_fork_last_cow_size", 0);
        if (loading.isActive() || loading.isAside()) {
            loading(node, loading, out);
        }
    }

    /**
     * How long a copy for followers has been made, which is a background save too; -1 if none is.
     */
    private static long secondsOfCopy(Node node) {
        long since = node.replication().copyingSinceMs();
        return since < 0 ? -1 : Math.max(0, node.environment().nowMs() - since) / 1000;
    }

    private static void loading(Node node, Loading loading, InfoText out) {
        long total = loading.totalBytes();
        long loaded = loading.loadedBytes();
        out.put("loading_start_time", loading.startedMs() / 1000)
                .put("loading_total_bytes", total)
                .put("loading_rdb_used_mem", loading.memoryWhenMade())
                .put("loading_loaded_bytes", loaded)
                .put("loading_loaded_perc", total == 0 ? 0.0 : 100.0 * loaded / total)
                .put("loading_eta_seconds", loading.remainingSeconds(node.environment().nowMs()));
    }
}
