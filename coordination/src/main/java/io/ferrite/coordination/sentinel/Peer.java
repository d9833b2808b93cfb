package io.ferrite.coordination.sentinel;

/**
 * Another Sentinel of the same master.
 *
 * @param helloMs when it was heard of through a hello
 * @param saysDown whether it said that the master is down
 * @param leader whom it said it voted for, empty for nobody
 * @param leaderEpoch in which epoch
 * @param answeredMs when it said so
 * @param askedMs when it was asked and has not answered yet, 0 if it has
 */
public record Peer(
        Instance self,
        long helloMs,
        boolean saysDown,
        String leader,
        long leaderEpoch,
        long answeredMs,
        long askedMs) {

    static Peer create(Instance self, long nowMs) {
        return new Peer(self, nowMs, false, "", 0, nowMs, 0);
    }

    Peer withSelf(Instance next) {
        return new Peer(next, helloMs, saysDown, leader, leaderEpoch, answeredMs, askedMs);
    }

    Peer greeted(long nowMs) {
        return new Peer(self, nowMs, saysDown, leader, leaderEpoch, answeredMs, askedMs);
    }

    Peer asked(long nowMs) {
        return new Peer(self, helloMs, saysDown, leader, leaderEpoch, answeredMs, nowMs);
    }

    Peer answered(boolean down, long nowMs) {
        return new Peer(self, helloMs, down, leader, leaderEpoch, nowMs, 0);
    }

    Peer voted(String whom, long epoch) {
        return new Peer(self, helloMs, saysDown, whom, epoch, answeredMs, askedMs);
    }

    /** What it said is too old to count. */
    Peer forgotten() {
        return new Peer(self, helloMs, false, "", leaderEpoch, answeredMs, askedMs);
    }
}
