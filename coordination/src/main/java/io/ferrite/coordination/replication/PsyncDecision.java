package io.ferrite.coordination.replication;

import io.ferrite.coordination.log.BacklogWindow;

/**
 * What a leader answers to PSYNC: go on from where the follower stands, or begin with a full copy.
 */
public sealed interface PsyncDecision {

    /** The stream is sent from log position {@code from}. */
    record Partial(long from) implements PsyncDecision {}

    /** Everything is sent. */
    record Full(Reason reason) implements PsyncDecision {}

    /** Why a full copy is needed. */
    enum Reason {
        /** The follower wants one: it has no history. */
        ASKED,
        /** The follower's data belongs to another history. */
        OTHER_HISTORY,
        /** The follower went on with the former history further than this one did. */
        BEYOND_SWITCH,
        /** The bytes are no longer kept, or do not exist yet. */
        NOT_KEPT
    }

    /**
     * Decides.
     *
     * @param askedId the name of the stream that the follower has, "?" for none
     * @param askedOffset the first byte it lacks, counted from 1
     */
    static PsyncDecision of(
            History history, BacklogWindow window, String askedId, long askedOffset) {
        if (askedId.startsWith("?")) {
            return new Full(Reason.ASKED);
        }
        if (!history.agreesWith(askedId, askedOffset)) {
            return new Full(history.knows(askedId) ? Reason.BEYOND_SWITCH : Reason.OTHER_HISTORY);
        }
        if (!window.containsPsync(askedOffset)) {
            return new Full(Reason.NOT_KEPT);
        }
        return new Partial(askedOffset - 1);
    }
}
