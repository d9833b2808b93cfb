package io.ferrite.node.log;

/** The time of log lines. */
@FunctionalInterface
public interface LogClock {

    /** Milliseconds since 1970, shifted to local time: as if the local clock showed UTC. */
    long localMs();
}
