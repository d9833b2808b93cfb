package io.ferrite.coordination.sentinel;

/**
 * The decisions on which safety rests, in one place: a simulation puts a wrong one in to see
 * whether it would notice.
 */
public interface Rules {

    /** What Redis Sentinel does. */
    Rules STANDARD = new Rules() {};

    /** The epoch of an attempt that begins. */
    default long nextEpoch(long current) {
        return current + 1;
    }

    /** Whether a Sentinel that voted so may vote in an epoch; it has heard of {@code current}. */
    default boolean mayVote(Vote last, long current, long asked) {
        return last.epoch() < asked && current <= asked;
    }

    /** Whether a vote has to survive a crash before anybody hears of it. */
    default boolean savesVotes() {
        return true;
    }

    /** Whether so many Sentinels that see a master down are enough to act. */
    default boolean isObjectivelyDown(int agreeing, int quorum) {
        return agreeing >= quorum;
    }

    /** Whether so many votes make a leader. */
    default boolean isElected(int votes, int voters, int quorum) {
        return votes >= voters / 2 + 1 && votes >= quorum;
    }

    /** Negative if {@code a} is the better one to promote: priority, data, run id. */
    default int prefer(Replica a, Replica b) {
        if (a.report().priority() != b.report().priority()) {
            return Integer.compare(a.report().priority(), b.report().priority());
        }
        return byData(a, b);
    }

    /** Negative if {@code a} has more of the master's data; among equals the run id decides. */
    default int byData(Replica a, Replica b) {
        if (a.report().offset() != b.report().offset()) {
            return Long.compare(b.report().offset(), a.report().offset());
        }
        String left = a.self().runId();
        String right = b.self().runId();
        if (left.isEmpty() || right.isEmpty()) {
            // Unknown ones come last.
            return Boolean.compare(left.isEmpty(), right.isEmpty());
        }
        return left.compareToIgnoreCase(right);
    }
}
