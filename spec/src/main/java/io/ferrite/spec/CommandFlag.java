package io.ferrite.spec;

import org.jspecify.annotations.Nullable;

/**
 * What a command does and where it may run. A set of them is a {@code long}, bit {@link #ordinal()}
 * for each; the order here is the order in which Redis lists them.
 */
public enum CommandFlag {
    /** May change data. */
    WRITE("write"),
    /** Reads data and changes none. */
    READONLY("readonly"),
    /** Refused when memory is over its limit. */
    DENYOOM("denyoom"),
    /** For operators. */
    ADMIN("admin"),
    PUBSUB("pubsub"),
    /** Not from scripts. */
    NOSCRIPT("noscript"),
    /** May leave its client waiting. */
    BLOCKING("blocking"),
    /** Runs while the dataset is loaded. */
    LOADING("loading"),
    /** Runs on a follower that has lost its leader and must not serve old data. */
    STALE("stale"),
    /** MONITOR does not show it. */
    SKIP_MONITOR("skip_monitor"),
    /** The slow log does not keep it. */
    SKIP_SLOWLOG("skip_slowlog"),
    /** Goes to a slot that is being imported, as if ASKING came before. */
    ASKING("asking"),
    /** Time does not grow with the data. */
    FAST("fast"),
    /** Runs before the client has proved who it is. */
    NO_AUTH("no_auth"),
    /** Not a write, but may reach the followers. */
    MAY_REPLICATE(null),
    /** Also known to Sentinel. */
    SENTINEL(null),
    /** Known to Sentinel only. */
    ONLY_SENTINEL(null),
    /** Its key specifications may find no key, and that is no fault. */
    NO_MANDATORY_KEYS("no_mandatory_keys"),
    /** Needs {@code enable-debug-command} and its kin. */
    PROTECTED(null),
    /** Not while a dataset is loaded beside the one in use. */
    NO_ASYNC_LOADING("no_async_loading"),
    /** Not inside a transaction. */
    NO_MULTI("no_multi"),
    /** The triple (first, last, step) does not find every key. */
    MOVABLEKEYS("movablekeys"),
    /** Runs while a script has been running for too long. */
    ALLOW_BUSY("allow_busy"),
    /** Touches keys that no argument names. */
    TOUCHES_ARBITRARY_KEYS(null),
    /** Runs code that its caller sent or stored. */
    SCRIPT_RUNNER(null),
    /** Concerns every database, not only the selected one. */
    ALL_DBS(null),
    EXPERIMENTAL(null),
    /** A module brought it. */
    MODULE("module");

    private final @Nullable String shown;

    CommandFlag(@Nullable String shown) {
        this.shown = shown;
    }

    /** How COMMAND INFO calls it; null for flags it does not tell. */
    public @Nullable String shown() {
        return shown;
    }

    public long bit() {
        return 1L << ordinal();
    }
}
