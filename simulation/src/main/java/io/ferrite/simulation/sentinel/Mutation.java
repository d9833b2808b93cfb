package io.ferrite.simulation.sentinel;

import io.ferrite.coordination.sentinel.Replica;
import io.ferrite.coordination.sentinel.Rules;
import io.ferrite.coordination.sentinel.Vote;
import java.util.Set;

/** A mistake that is made on purpose, to see whether a simulation finds it. */
public enum Mutation {
    NONE,
    /** Votes for whoever asks, as often as asked. */
    VOTES_TWICE {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean mayVote(Vote last, long current, long asked) {
                    return last.epoch() <= asked && current <= asked;
                }
            };
        }
    },
    /** After a restart it knows of no epoch. */
    FORGETS_EPOCHS {
        @Override
        boolean forgets(String line) {
            return Set.of("current-epoch", "leader-epoch", "config-epoch").contains(line);
        }
    },
    /** Anybody with a vote leads. */
    SKIPS_QUORUM {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean isElected(int votes, int voters, int quorum) {
                    return votes > 0;
                }
            };
        }
    },
    /** Takes the replica with least data. */
    PREFERS_LESS_DATA {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public int byData(Replica a, Replica b) {
                    return Rules.super.byData(b, a);
                }
            };
        }
    },
    /** Says whom it votes for before that is on disk. */
    VOTES_UNSAVED {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean savesVotes() {
                    return false;
                }
            };
        }
    };

    Rules rules() {
        return Rules.STANDARD;
    }

    /** Whether lines of the file are not read again. */
    boolean forgets(String line) {
        return false;
    }
}
