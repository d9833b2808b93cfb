package io.ferrite.coordination.cluster;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What changes with every message of a node: when it was heard, by which links it is reached, who
 * says that it failed. What it <em>is</em> stands in the view. Times are of the even clock; 0 is
 * never.
 */
final class Peer {

    /** The node's id in the view. */
    String id;

    final long createdMs;

    /** When the ping was sent that is not answered yet. */
    long pingSentMs;

    long pongReceivedMs;

    /** The last message of any kind. */
    long heardMs;

    long failedMs;

    /** Since when it is known as a master that was known as a replica before. */
    long leadsSinceMs;

    /** When this node last voted for a replica of that one. */
    long votedMs;

    /** Since when a master has no replica that works. */
    long bareSinceMs;

    /** Its replication offset as last told. */
    long offset;

    /** In which of our messages it was last mentioned. */
    long mentioned;

    BusLink link;
    BusLink inbound;

    /** By master: when it last said that this node fails. */
    private Map<String, Long> reports = Map.of();

    Peer(String id, long createdMs) {
        this.id = id;
        this.createdMs = createdMs;
    }

    boolean isLinked() {
        return link != null && link.open;
    }

    /** True when it is the first report of that master. */
    boolean report(String master, long nowMs) {
        if (reports.isEmpty()) {
            reports = new LinkedHashMap<>();
        }
        return reports.put(master, nowMs) == null;
    }

    /** True when there was one. */
    boolean withdraw(String master) {
        if (reports.isEmpty() || reports.remove(master) == null) {
            return false;
        }
        if (reports.isEmpty()) {
            reports = Map.of();
        }
        return true;
    }

    /** Masters that said so lately. */
    int reports(long nowMs, long validMs) {
        if (reports.isEmpty()) {
            return 0;
        }
        reports.values().removeIf(at -> nowMs - at > validMs);
        return reports.size();
    }

    boolean hasReports() {
        return !reports.isEmpty();
    }
}
