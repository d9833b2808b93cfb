package io.ferrite.coordination.sentinel;

/**
 * A replica of a watched master.
 *
 * @param repoint how far it is on the way to the new master of a failover
 * @param repointSentMs when it was told
 */
public record Replica(Instance self, Report report, Repoint repoint, long repointSentMs) {

    /** Steps of a replica that is made to follow the new master. */
    public enum Repoint {
        NONE,
        /** Told to follow nobody in reach, before one of them is chosen. */
        HELD,
        SENT,
        IN_PROGRESS,
        DONE
    }

    Replica withSelf(Instance next) {
        return new Replica(next, report, repoint, repointSentMs);
    }

    Replica withReport(Report next) {
        return new Replica(self, next, repoint, repointSentMs);
    }

    Replica withRepoint(Repoint next) {
        return new Replica(self, report, next, repointSentMs);
    }

    Replica held(long nowMs) {
        return new Replica(self, report, Repoint.HELD, nowMs);
    }

    Replica repointSent(long nowMs) {
        return new Replica(self, report, Repoint.SENT, nowMs);
    }
}
