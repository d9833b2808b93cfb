package io.ferrite.coordination.cluster.bus;

import io.ferrite.coordination.cluster.SlotSet;

/**
 * What every message says of its sender.
 *
 * @param currentEpoch the greatest epoch that the sender has seen
 * @param configEpoch of its slots; a replica tells its master's
 * @param offset of its replication stream
 * @param slots that it serves; a replica tells its master's
 * @param masterId null for a master
 * @param endpoint its address is empty unless one was announced
 * @param flags {@link io.ferrite.coordination.cluster.NodeFlags}
 * @param ok whether the cluster serves, in the sender's view
 * @param marks {@link #PAUSED} and the like
 */
public record BusHeader(
        long currentEpoch,
        long configEpoch,
        long offset,
        String sender,
        SlotSet slots,
        String masterId,
        Endpoint endpoint,
        int flags,
        boolean ok,
        int marks) {

    /** The sender holds its clients' writes back: it is about to hand over. */
    public static final int PAUSED = 1;

    /** A vote is wanted although the master is alive. */
    public static final int FORCE_ACK = 1 << 1;

    /** Extensions follow the gossip. */
    static final int EXTENDED = 1 << 2;

    public BusHeader withMarks(int more) {
        return new BusHeader(
                currentEpoch,
                configEpoch,
                offset,
                sender,
                slots,
                masterId,
                endpoint,
                flags,
                ok,
                marks | more);
    }

    public boolean has(int mark) {
        return (marks & mark) != 0;
    }
}
