package io.ferrite.node.persistence;

import io.ferrite.node.ServerState;

/**
 * How far the loading of data has come, for INFO; and the state in which clients are refused. One
 * load at a time writes it, any thread reads.
 */
public final class Loading {

    private final ServerState state;
    private volatile long startedMs;
    private volatile long totalBytes;
    private volatile long loadedBytes;
    private volatile long memoryWhenMade;
    private volatile long keysLoaded;
    private volatile long keysExpired;

    Loading(ServerState state) {
        this.state = state;
    }

    /** Data is loaded from now on; most commands are refused until {@link #end}. */
    public void begin(long nowMs, long bytes) {
        count(nowMs, bytes);
        state.set(ServerState.LOADING, true);
    }

    /** Data is loaded aside from now on, while the old data is served. */
    public void beginAside(long nowMs, long bytes) {
        count(nowMs, bytes);
        state.set(ServerState.ASYNC_LOADING, true);
    }

    private void count(long nowMs, long bytes) {
        startedMs = nowMs;
        totalBytes = bytes;
        loadedBytes = 0;
        memoryWhenMade = 0;
        keysLoaded = 0;
        keysExpired = 0;
    }

    /** So many bytes of the whole have been read. */
    public void progress(long bytes) {
        loadedBytes = bytes;
    }

    /** used_memory of the server that made what is loaded. */
    void memoryWhenMade(long bytes) {
        memoryWhenMade = bytes;
    }

    /** So many keys were stored and dropped by this load so far. */
    void keys(long loaded, long expired) {
        keysLoaded = loaded;
        keysExpired = expired;
    }

    /** The data is complete, or there is none. */
    public void end() {
        state.set(ServerState.LOADING, false);
        state.set(ServerState.ASYNC_LOADING, false);
    }

    /** Whether data is loaded while the old data is served. */
    public boolean isAside() {
        return state.is(ServerState.ASYNC_LOADING);
    }

    public boolean isActive() {
        return state.is(ServerState.LOADING);
    }

    public long startedMs() {
        return startedMs;
    }

    public long totalBytes() {
        return totalBytes;
    }

    public long loadedBytes() {
        return loadedBytes;
    }

    public long memoryWhenMade() {
        return memoryWhenMade;
    }

    /** rdb_last_load_keys_loaded. */
    public long keysLoaded() {
        return keysLoaded;
    }

    /** rdb_last_load_keys_expired. */
    public long keysExpired() {
        return keysExpired;
    }

    /** Seconds that the rest will take at the speed so far; 1 while nothing is known. */
    public long remainingSeconds(long nowMs) {
        long done = loadedBytes;
        long elapsed = (nowMs - startedMs) / 1000;
        if (elapsed <= 0 || done <= 0) {
            return 1;
        }
        return elapsed * Math.max(0, totalBytes - done) / done;
    }
}
