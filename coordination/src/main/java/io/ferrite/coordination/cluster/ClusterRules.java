package io.ferrite.coordination.cluster;

/**
 * The decisions on which safety rests, each by itself. There is one set of them, {@link #STANDARD};
 * a simulation replaces single ones to see whether it notices.
 */
public interface ClusterRules {

    ClusterRules STANDARD = new ClusterRules() {};

    /** Whether there is a vote left in an epoch. */
    default boolean mayVote(long lastVoteEpoch, long epoch) {
        return lastVoteEpoch != epoch;
    }

    /** Whether so many votes make a master. */
    default boolean isElected(int votes, int quorum) {
        return votes >= quorum;
    }

    /** Whether so many masters of all that serve slots may go on without the others. */
    default boolean isMajority(int heard, int voters) {
        return heard >= voters / 2 + 1;
    }

    /** Whether a claim to a slot prevails over its owner's. */
    default boolean prevails(long claimedEpoch, long ownersEpoch) {
        return claimedEpoch > ownersEpoch;
    }

    /**
     * Whether what a node says of its role and slots is of a time before it took the epoch that is
     * known of it: then it comes late. A node that has forgotten that epoch learns of it first.
     */
    default boolean isOutdated(long saidCurrentEpoch, long knownConfigEpoch) {
        return saidCurrentEpoch < knownConfigEpoch;
    }

    /** Whether of two masters in one epoch this one has to take another. */
    default boolean yields(String id, String other) {
        return id.compareTo(other) < 0;
    }

    /** Whether what was voted is on disk before anybody is told. */
    default boolean savesFirst() {
        return true;
    }

    /** Whether who answers where a node is expected is that node. */
    default boolean isIt(String expected, String said) {
        return expected.equals(said);
    }

    /** Whether a node that was forgotten is kept out for a while. */
    default boolean keepsOut() {
        return true;
    }
}
