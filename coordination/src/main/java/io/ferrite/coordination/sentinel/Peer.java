package io.ferrite.coordination.sentinel;

/**
 * Another Sentinel of the same master.
 *
 * @param helloMs when it was heard of through a hello
 * @param helloEpoch the highest epoch that it said it knows, -1 before its first hello
 * @param helloConfig the epoch of the configuration that it said with it
 * @param saysDown whether it said that the master is down
 * @param leader whom it said it voted for, empty for nobody
 * @param leaderEpoch in which epoch
 * @param answeredMs when it said so
 * @param askedMs when it was asked and has not answered yet, 0 if it has
 */
public record Peer(
        Instance self,
        long helloMs,
        long helloEpoch,
        long helloConfig,
        boolean saysDown,
        String leader,
        long leaderEpoch,
        long answeredMs,
        long askedMs) {

    static Peer create(Instance self, long nowMs) {
        return new Peer(self, nowMs, -1, -1, false, "", 0, nowMs, 0);
    }

    Peer withSelf(Instance next) {
        return copy(next, saysDown, leader, leaderEpoch, answeredMs, askedMs);
    }

    /** A hello came. An old one that is late takes nothing back. */
    Peer greeted(long nowMs, long epoch, long config) {
        boolean late = epoch < helloEpoch;
        return new Peer(
                self,
                nowMs,
                late ? helloEpoch : epoch,
                late ? helloConfig : config,
                saysDown,
                leader,
                leaderEpoch,
                answeredMs,
                askedMs);
    }

    Peer asked(long nowMs) {
        return copy(self, saysDown, leader, leaderEpoch, answeredMs, nowMs);
    }

    Peer answered(boolean down, long nowMs) {
        return copy(self, down, leader, leaderEpoch, nowMs, 0);
    }

    Peer voted(String whom, long epoch) {
        return copy(self, saysDown, whom, epoch, answeredMs, askedMs);
    }

    /** What it said is too old to count. */
    Peer forgotten() {
        return copy(self, false, "", leaderEpoch, answeredMs, askedMs);
    }

    private Peer copy(
            Instance itself, boolean down, String whom, long in, long atMs, long lastAskedMs) {
        return new Peer(
                itself, helloMs, helloEpoch, helloConfig, down, whom, in, atMs, lastAskedMs);
    }
}
