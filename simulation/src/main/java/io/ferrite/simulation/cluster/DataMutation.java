package io.ferrite.simulation.cluster;

/** A mistake about a client's data that is made on purpose, to see whether it is found. */
public enum DataMutation {
    NONE,
    /** Clients write to slots while the last of them is on its way. */
    FREEZES_NOTHING,
    /** The target of a move that broke off keeps the keys. */
    KEEPS_WHAT_CAME,
    /** A master that hands over goes on being written. */
    PAUSES_NOTHING,
    /** Who loses slots keeps their keys. */
    KEEPS_WHAT_LEFT
}
