package io.ferrite.node.persistence.aof;

import io.ferrite.durability.aof.SyncPolicy;

/** What an {@link AofWriter} needs to know and tells; called on its threads. */
interface WriterHost extends SyncThread.Listener {

    SyncPolicy.Mode mode();

    /** Whether syncs have to wait for a rewrite. */
    boolean suppressed();

    boolean timestamps();

    /** The name of the stream that the log is, or null while nobody may go on from it. */
    String stream();

    /** DEBUG AOF-FLUSH-SLEEP. */
    long sleepMicros();

    /** Whether replies wait for this writer. */
    boolean repliesWait();

    /** How many do. */
    int waiting();

    /**
     * Bytes of the log are in the file {@code name}: those from {@code offset} on, at {@code
     * place}.
     */
    void wrote(String name, long offset, long place, int length);

    /** Everything before {@code position} is the system's. */
    void written(long position);

    void writeFailed(String reason);

    void writeSucceeded();

    /** Another file is written to; the one before has so many bytes. */
    void switched(long lastSize);
}
