package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.bus.MessageType;

/** Messages counted by kind, as CLUSTER INFO tells them. */
public final class BusStats {

    private final long[] sent = new long[MessageType.values().length];
    private final long[] received = new long[MessageType.values().length];

    /** Links that were closed because too much waited to be sent on them. */
    private long limitExceeded;

    BusStats() {}

    void sent(MessageType type) {
        sent[type.ordinal()]++;
    }

    void received(MessageType type) {
        received[type.ordinal()]++;
    }

    void limitExceeded() {
        limitExceeded++;
    }

    public long sentOf(MessageType type) {
        return sent[type.ordinal()];
    }

    public long receivedOf(MessageType type) {
        return received[type.ordinal()];
    }

    public long limitsExceeded() {
        return limitExceeded;
    }
}
