package io.ferrite.node.persistence.aof;

/** Whether writes go to an append-only file. */
enum AofState {
    OFF,

    /** They go to a file that counts once the first base is there. */
    WAITING,

    ON
}
