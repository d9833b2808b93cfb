package io.ferrite.node;

/**
 * Switches of the whole process that admission looks at. One volatile word says whether any of them
 * is on, so that the usual command costs one load.
 */
public final class ServerState {

    /** Data is being loaded; only commands with the LOADING flag run. */
    public static final int LOADING = 1;

    /** This node follows a leader. */
    public static final int FOLLOWER = 1 << 1;

    /** Followers refuse writes (replica-read-only). */
    public static final int READ_ONLY = 1 << 2;

    /** The leader is away and stale data may not be served. */
    public static final int STALE = 1 << 3;

    /** maxmemory is set. */
    public static final int MEMORY_LIMITED = 1 << 4;

    /** CLIENT PAUSE is in force. */
    public static final int PAUSED = 1 << 5;

    /** min-replicas-to-write is set. */
    public static final int NEEDS_REPLICAS = 1 << 6;

    /** Somebody runs MONITOR. */
    public static final int MONITORED = 1 << 7;

    /** Writes are refused because the disk failed. */
    public static final int DISK_ERROR = 1 << 8;

    /** A script has run for too long. */
    public static final int BUSY = 1 << 9;

    /** The process is about to end. */
    public static final int SHUTTING_DOWN = 1 << 10;

    /** Keys are on their way to another server: who would write to them waits. */
    public static final int MOVING_KEYS = 1 << 12;

    /** Another copy of the data is loaded aside, while the old one is served. */
    public static final int ASYNC_LOADING = 1 << 13;

    /** Everything that was set. */
    private int wishes;

    /** What is in force: {@link #READ_ONLY} concerns followers alone. */
    private volatile int flags;

    public int flags() {
        return flags;
    }

    public boolean is(int flag) {
        return (flags & flag) != 0;
    }

    /** Any thread. */
    public synchronized void set(int flag, boolean on) {
        wishes = on ? wishes | flag : wishes & ~flag;
        flags = (wishes & FOLLOWER) != 0 ? wishes : wishes & ~READ_ONLY;
    }
}
