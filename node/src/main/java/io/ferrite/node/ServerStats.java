package io.ferrite.node;

import java.util.concurrent.atomic.LongAdder;

/** Counters of the whole server that any thread may add to; CONFIG RESETSTAT starts them over. */
public final class ServerStats {

    public final LongAdder connections = new LongAdder();
    public final LongAdder rejectedConnections = new LongAdder();
    public final LongAdder inputBytes = new LongAdder();
    public final LongAdder outputBytes = new LongAdder();
    public final LongAdder replicationInputBytes = new LongAdder();
    public final LongAdder replicationOutputBytes = new LongAdder();
    public final LongAdder reads = new LongAdder();
    public final LongAdder writes = new LongAdder();
    public final LongAdder fullSyncs = new LongAdder();
    public final LongAdder partialSyncs = new LongAdder();
    public final LongAdder partialSyncsRefused = new LongAdder();
    public final LongAdder expiredStripeBudgets = new LongAdder();
    public final LongAdder evictedClients = new LongAdder();
    public final LongAdder queryLimitDisconnects = new LongAdder();
    public final LongAdder outputLimitDisconnects = new LongAdder();
    public final LongAdder deniedAuth = new LongAdder();
    public final LongAdder deniedCommand = new LongAdder();
    public final LongAdder deniedKey = new LongAdder();
    public final LongAdder deniedChannel = new LongAdder();
    public final LongAdder deniedCertificate = new LongAdder();
    public final LongAdder dumpChecks = new LongAdder();
    public final LongAdder unexpectedErrors = new LongAdder();
    public final LongAdder snapshots = new LongAdder();

    private final LongAdder[] all = {
        connections,
        rejectedConnections,
        inputBytes,
        outputBytes,
        replicationInputBytes,
        replicationOutputBytes,
        reads,
        writes,
        fullSyncs,
        partialSyncs,
        partialSyncsRefused,
        expiredStripeBudgets,
        evictedClients,
        queryLimitDisconnects,
        outputLimitDisconnects,
        deniedAuth,
        deniedCommand,
        deniedKey,
        deniedChannel,
        deniedCertificate,
        dumpChecks,
        unexpectedErrors,
        snapshots
    };

    public void reset() {
        for (LongAdder counter : all) {
            counter.reset();
        }
    }
}
