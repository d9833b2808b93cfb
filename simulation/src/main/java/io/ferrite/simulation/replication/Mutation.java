package io.ferrite.simulation.replication;

/** A mistake that is made on purpose, to see whether a simulation finds it. */
public enum Mutation {
    NONE,
    /** A promoted follower lets everybody go on under the former name, however far they are. */
    FORGETS_WHERE_HISTORIES_PART,
    /** A promoted follower goes on under the former name. */
    KEEPS_THE_NAME,
    /** A leader knows only the present name of its stream. */
    FORGETS_THE_FORMER_NAME,
    /** A copy holds what was written after the place that it is said to stand for. */
    COPIES_TOO_LATE,
    /** Neither a copy nor the stream behind it says which database that is in. */
    NAMES_NO_DATABASE,
    /** Now and then a command of the stream is not applied. */
    SKIPS_A_COMMAND,
    /** What comes of the stream while a copy is on its way is lost. */
    LOSES_WHAT_IT_HOLDS,
    /** Followers of a follower are not told that the history has another name. */
    KEEPS_FOLLOWERS,
    /** A follower acknowledges more than it has. */
    ACKNOWLEDGES_TOO_MUCH,
    /** A follower says that it has on disk what it has not. */
    SYNCS_NOTHING,
    /** A follower that is moved does not say what it has. */
    ASKS_FOR_EVERYTHING,
    /** A follower takes PINGs for data, as Redis does. */
    TAKES_PINGS_FOR_DATA
}
