package io.ferrite.coordination.replication;

/** How loud a note for the log is. */
public enum Level {
    DEBUG,
    NOTICE,
    WARNING
}
