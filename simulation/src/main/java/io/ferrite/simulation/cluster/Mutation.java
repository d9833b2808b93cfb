package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.ClusterRules;

/** A mistake that is made on purpose, to see whether a simulation finds it. */
public enum Mutation {
    NONE(ClusterRules.STANDARD),
    /** Votes for whoever asks, as often as asked. */
    VOTES_TWICE(
            new ClusterRules() {
                @Override
                public boolean mayVote(long lastVoteEpoch, long epoch) {
                    return true;
                }
            }),
    /** Anybody with a vote takes over. */
    SKIPS_QUORUM(
            new ClusterRules() {
                @Override
                public boolean isElected(int votes, int quorum) {
                    return votes > 0;
                }
            }),
    /** Says whom it votes for before that is on disk. */
    VOTES_UNSAVED(
            new ClusterRules() {
                @Override
                public boolean savesFirst() {
                    return false;
                }
            }),
    /** After a restart it knows of no vote. */
    FORGETS_VOTES(ClusterRules.STANDARD),
    /** Serves whoever is left. */
    SERVES_IN_MINORITY(
            new ClusterRules() {
                @Override
                public boolean isMajority(int heard, int voters) {
                    return true;
                }
            }),
    /** The last to speak has the slot. */
    LATE_CLAIM_PREVAILS(
            new ClusterRules() {
                @Override
                public boolean prevails(long claimedEpoch, long ownersEpoch) {
                    return claimedEpoch != ownersEpoch;
                }
            }),
    /** Two masters may have one epoch. */
    KEEPS_COLLISIONS(
            new ClusterRules() {
                @Override
                public boolean yields(String id, String other) {
                    return false;
                }
            }),
    /** Whoever answers at an address is taken for who was there. */
    TRUSTS_ADDRESSES(
            new ClusterRules() {
                @Override
                public boolean isIt(String expected, String said) {
                    return true;
                }
            }),
    /** Who was forgotten is known again as soon as anybody speaks of it. */
    BRINGS_BACK(
            new ClusterRules() {
                @Override
                public boolean keepsOut() {
                    return false;
                }
            });

    final ClusterRules rules;

    Mutation(ClusterRules rules) {
        this.rules = rules;
    }

    /** A file as it is read again. */
    String read(String file) {
        return this == FORGETS_VOTES
                ? file.replaceAll("lastVoteEpoch \\d+", "lastVoteEpoch 0")
                : file;
    }
}
