package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.SlotSet;

/**
 * What CLUSTER MIGRATION STATUS tells of a move. Times in milliseconds; -1 for one that has not
 * come.
 */
record MoveStatus(
        String id,
        SlotSet slots,
        String source,
        String dest,
        String operation,
        String state,
        String lastError,
        int retries,
        long createdMs,
        long startedMs,
        long endedMs,
        long pauseMs) {}
