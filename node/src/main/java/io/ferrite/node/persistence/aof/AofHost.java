package io.ferrite.node.persistence.aof;

import io.ferrite.durability.aof.SyncPolicy;
import io.ferrite.node.Node;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.persistence.BackgroundJobs;

/** The server around an {@link AofWriter}: its parameters, and what follows from its troubles. */
final class AofHost implements WriterHost {

    private static final String MISCONF = "MISCONF Errors writing to the AOF file: ";

    /** Seconds between two lines of the log about the same trouble. */
    private static final long LOG_SECONDS = 30;

    private final Node node;
    private final AppendOnly appendOnly;
    private volatile long sleepMicros;
    private long loggedSecond = Long.MIN_VALUE / 2;

    private boolean writesFail;

    /** A sync failed: what was written may be lost, and only a new base makes up for it. */
    private boolean doubtful;

    /** The log's position up to which that is so. */
    private long doubtfulUpTo;

    private volatile boolean failing;

    AofHost(Node node, AppendOnly appendOnly) {
        this.node = node;
        this.appendOnly = appendOnly;
    }

    void sleepBeforeWrites(long micros) {
        sleepMicros = micros;
    }

    /** Whether writers are refused because the file cannot be written. */
    boolean isFailing() {
        return failing;
    }

    @Override
    public SyncPolicy.Mode mode() {
        return appendOnly.mode();
    }

    @Override
    public boolean suppressed() {
        return node.settings().get(PersistenceOptions.NO_APPENDFSYNC_ON_REWRITE)
                && !node.persistence().jobs().isIdle();
    }

    @Override
    public boolean timestamps() {
        return node.settings().get(PersistenceOptions.AOF_TIMESTAMP_ENABLED);
    }

    @Override
    public String stream() {
        return node.replication().streamName();
    }

    @Override
    public long sleepMicros() {
        return sleepMicros;
    }

    @Override
    public boolean repliesWait() {
        return appendOnly.repliesWait();
    }

    @Override
    public int waiting() {
        return node.replyHold().waiting();
    }

    @Override
    public void wrote(String name, long offset, long place, int length) {
        appendOnly.backlog().wrote(name, offset, place, length);
    }

    @Override
    public void written(long position) {
        appendOnly.raise();
    }

    @Override
    public void switched(long lastSize) {
        appendOnly.switched(lastSize);
    }

    @Override
    public void synced(long position) {
        appendOnly.raise();
        node.replication().localSynced();
    }

    @Override
    public synchronized void writeFailed(String reason) {
        long second = node.environment().nowMs() / 1000;
        if (second - loggedSecond > LOG_SECONDS) {
            loggedSecond = second;
            node.log().warning("Error writing to the AOF file: " + reason);
        }
        writesFail = true;
        show(MISCONF + reason);
    }

    @Override
    public synchronized void writeSucceeded() {
        if (writesFail) {
            node.log().notice("AOF write error looks solved, Redis can write again.");
            writesFail = false;
            if (!doubtful) {
                show(null);
            }
        }
    }

    @Override
    public synchronized void syncFailed(String reason) {
        node.log()
                .warning(
                        "Fail to fsync the AOF file: "
                                + reason
                                + ". What was written may be lost until it has been rewritten.");
        doubtful = true;
        doubtfulUpTo = node.parts().commandLog().end();
        show(MISCONF + reason);
        node.persistence().jobs().schedule(BackgroundJobs.Kind.REWRITE, true);
    }

    /** A base was made and synced that holds everything before {@code position}. */
    synchronized void rebased(long position) {
        if (doubtful && doubtfulUpTo <= position) {
            doubtful = false;
            if (!writesFail) {
                show(null);
            }
        } else if (doubtful) {
            node.persistence().jobs().schedule(BackgroundJobs.Kind.REWRITE, true);
        }
    }

    synchronized void forgetErrors() {
        if (failing) {
            node.log().warning("AOF reopen, just ignore the last error.");
        }
        writesFail = false;
        doubtful = false;
        show(null);
    }

    private void show(String line) {
        failing = line != null;
        node.persistence().errors().appending(line);
        node.replyHold().fail(line);
        if (line == null) {
            appendOnly.raise();
        }
    }
}
