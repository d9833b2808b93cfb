package io.ferrite.engine;

/** Which stripes the gate takes before a handler runs. */
public enum LockPlan {
    /** Those of the keys that the key specification names; none when it names none. */
    KEYS,
    /** Those of the keys it names if what it runs is known to stay with them, else every one. */
    SCRIPT,
    /** Every stripe: the command looks at, or changes, keys that it does not name. */
    ALL,
    /** Those of the keys that the session watches. */
    WATCHED,
    /** Those of every command that MULTI queued, and of the keys watched. */
    QUEUED,
    /** None: the command touches no data, or arranges for its own units. */
    NONE
}
