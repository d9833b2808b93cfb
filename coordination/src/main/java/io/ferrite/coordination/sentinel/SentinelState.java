package io.ferrite.coordination.sentinel;

import java.util.List;
import java.util.Map;

/**
 * Everything that a Sentinel knows. A value: a step makes another one.
 *
 * @param myId forty hexadecimal digits that are this Sentinel's own for ever
 * @param epoch the highest epoch that it heard of
 * @param tilt whether time went oddly, so that it only watches
 * @param lastTickMs when it looked the last time
 * @param masters by name, in the order in which they were added
 * @param links by number
 * @param nextNumber the next number for links, connections and tickets
 * @param failures what SENTINEL SIMULATE-FAILURE asked for
 * @param unsaved answers that wait until the state is on disk
 * @param stories of the last failovers, by master
 */
public record SentinelState(
        String myId,
        long epoch,
        GlobalSettings global,
        Timing timing,
        boolean tilt,
        long tiltSinceMs,
        long tilts,
        long lastTickMs,
        Map<String, Master> masters,
        Map<Long, Link> links,
        long nextNumber,
        SimulatedFailures failures,
        List<Unsaved> unsaved,
        Map<String, List<Story>> stories) {

    /** Which simulated crashes are armed. */
    public record SimulatedFailures(boolean afterElection, boolean afterPromotion) {

        static final SimulatedFailures NONE = new SimulatedFailures(false, false);

        /** As INFO shows them. */
        public int bits() {
            return (afterElection ? 1 : 0) | (afterPromotion ? 2 : 0);
        }
    }

    /**
     * An answer to a vote request that may leave once what it says is durable.
     *
     * @param save the ticket of the {@link Effect.Persist} it waits for
     * @param ticket the ticket of the request
     */
    public record Unsaved(long save, long ticket, String master, boolean down) {}

    /** A Sentinel that knows nothing yet. */
    public static SentinelState create(String myId, GlobalSettings global, long nowMs) {
        return new SentinelState(
                myId,
                0,
                global,
                Timing.DEFAULT,
                false,
                0,
                0,
                nowMs,
                Map.of(),
                Map.of(),
                1,
                SimulatedFailures.NONE,
                List.of(),
                Map.of());
    }

    /** The same Sentinel under an id, which it must not have had yet. */
    public SentinelState withId(String id) {
        return new SentinelState(
                id,
                epoch,
                global,
                timing,
                tilt,
                tiltSinceMs,
                tilts,
                lastTickMs,
                masters,
                links,
                nextNumber,
                failures,
                unsaved,
                stories);
    }

    public SentinelState withGlobal(GlobalSettings next) {
        return new SentinelState(
                myId,
                epoch,
                next,
                timing,
                tilt,
                tiltSinceMs,
                tilts,
                lastTickMs,
                masters,
                links,
                nextNumber,
                failures,
                unsaved,
                stories);
    }

    /** The instance that a reference names, or null. */
    public Instance instance(Ref ref) {
        Master master = masters.get(ref.master());
        if (master == null) {
            return null;
        }
        return switch (ref.kind()) {
            case MASTER -> master.self();
            case REPLICA -> {
                Replica replica = master.replicas().get(ref.key());
                yield replica == null ? null : replica.self();
            }
            case SENTINEL -> {
                Peer peer = master.peers().get(ref.key());
                yield peer == null ? null : peer.self();
            }
        };
    }

    public Link link(Instance instance) {
        return links.get(instance.link());
    }

    /** How many instances share a link. */
    public int sharers(long link) {
        int count = 0;
        for (Master master : masters.values()) {
            count += master.self().link() == link ? 1 : 0;
            for (Peer peer : master.peers().values()) {
                count += peer.self().link() == link ? 1 : 0;
            }
            for (Replica replica : master.replicas().values()) {
                count += replica.self().link() == link ? 1 : 0;
            }
        }
        return count;
    }
}
