package io.ferrite.node.persistence;

/**
 * Which of the long jobs on files runs: a snapshot or a rewrite of the append-only file, never
 * both. A job that may not begin now can be put down for later. Thread-safe.
 */
public final class BackgroundJobs {

    /** A job. */
    public enum Kind {
        SAVE,
        REWRITE
    }

    private Kind active;
    private boolean saveScheduled;
    private boolean rewriteScheduled;

    /** Begins a job if none runs; it is no longer put down for later then. */
    public synchronized boolean tryBegin(Kind kind) {
        if (active != null) {
            return false;
        }
        active = kind;
        schedule(kind, false);
        return true;
    }

    /** The job that runs has ended. */
    public synchronized void end(Kind kind) {
        if (active == kind) {
            active = null;
        }
    }

    public synchronized boolean isActive(Kind kind) {
        return active == kind;
    }

    public synchronized boolean isIdle() {
        return active == null;
    }

    /** Puts a job down for when none runs, or takes that back. */
    public synchronized void schedule(Kind kind, boolean wanted) {
        if (kind == Kind.SAVE) {
            saveScheduled = wanted;
        } else {
            rewriteScheduled = wanted;
        }
    }

    public synchronized boolean isScheduled(Kind kind) {
        return kind == Kind.SAVE ? saveScheduled : rewriteScheduled;
    }
}
