package io.ferrite.node.persistence;

import io.ferrite.node.ServerState;

/**
 * Why writes are refused: snapshots that fail, or an append-only file that cannot be written. The
 * snapshots' reason comes first. Thread-safe.
 */
public final class DiskErrors {

    /** What a client that writes is told while snapshots fail. */
    static final String SAVES_FAIL =
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to"
                + " persist to disk. Commands that may modify the data set are disabled, because"
                + " this instance is configured to report errors during writes if RDB snapshotting"
                + " fails (stop-writes-on-bgsave-error option). Please check the Redis logs for"
                + " details about the RDB error.";

    private final ServerState state;
    private String saving;
    private String appending;
    private volatile String shown = "";

    DiskErrors(ServerState state) {
        this.state = state;
    }

    /** Snapshots fail and that matters, or not. */
    synchronized void saving(boolean failing) {
        saving = failing ? SAVES_FAIL : null;
        show();
    }

    /** The error line for writers while the append-only file fails; null when it does not. */
    public synchronized void appending(String line) {
        appending = line;
        show();
    }

    private void show() {
        String line = saving != null ? saving : appending;
        shown = line == null ? "" : line;
        state.set(ServerState.DISK_ERROR, line != null);
    }

    /** The error line that writers get while {@link ServerState#DISK_ERROR} is on. */
    public String line() {
        return shown;
    }
}
