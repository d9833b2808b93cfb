package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.bus.Endpoint;

/**
 * What the configuration says.
 *
 * @param nodeTimeoutMs silence after which a node seems to have failed
 * @param pingIntervalMs a node is pinged at least as often; 0 for half of the timeout
 * @param validityFactor timeouts for which a replica may have been cut off and still take over; 0:
 *     any time
 * @param leaderPingMs how often a master pings its replicas
 * @param migrationBarrier replicas that a master keeps before one of them moves away
 * @param replicaMigration whether replicas move to bare masters
 * @param fullCoverage whether nothing is served while a slot is not
 * @param noFailover whether this node never takes over by itself
 * @param announced where this node is said to be; its address is empty where it is to be found out
 * @param hostName announced; empty for none
 * @param nodeName announced; empty for none
 */
public record ClusterSettings(
        long nodeTimeoutMs,
        long pingIntervalMs,
        int validityFactor,
        long leaderPingMs,
        int migrationBarrier,
        boolean replicaMigration,
        boolean fullCoverage,
        boolean noFailover,
        Endpoint announced,
        String hostName,
        String nodeName) {

    /** Shortest time after which a handshake, or an election, is given up. */
    long handshakeMs() {
        return Math.max(nodeTimeoutMs, 1000);
    }

    long longestPingPause() {
        return pingIntervalMs > 0 ? pingIntervalMs : nodeTimeoutMs / 2;
    }
}
