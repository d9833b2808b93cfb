package io.ferrite.coordination.cluster;

import java.util.random.RandomGenerator;

/**
 * All that a decision may depend on besides the machine's state. Asked while a step runs, on the
 * thread that runs it.
 */
public interface ClusterContext {

    /**
     * Milliseconds of a clock that goes on at one pace whatever becomes of the calendar. Delays are
     * measured by it.
     */
    long nowMs();

    /** Milliseconds since 1970: what other nodes are told. */
    long wallMs();

    RandomGenerator random();

    ClusterSettings settings();

    /** How far this node's data is in the stream of its replication. */
    long replicationOffset();

    /**
     * Milliseconds since this node, a replica, heard of its master, or since the link to it broke;
     * {@link Long#MAX_VALUE} if there never was one.
     */
    long dataAgeMs();

    /** Whether this node's data follows another server's, connected or not. */
    boolean follows();

    /** Keys in a slot of this node. */
    long keysIn(int slot);

    /** Keys that this node holds. */
    long keys();

    /** What safety rests on; another than the standard one in simulations only. */
    default ClusterRules rules() {
        return ClusterRules.STANDARD;
    }
}
