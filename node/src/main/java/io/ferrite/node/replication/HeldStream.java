package io.ferrite.node.replication;

import io.ferrite.coordination.replication.Level;
import io.ferrite.durability.rdb.GrowingSink;
import io.ferrite.node.Node;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.OutputBufferLimit;
import io.ferrite.node.config.ReplicationOptions;

/**
 * What came of the leader's stream while the copy before it was on its way by another connection.
 *
 * <p>Home loop only; {@link #bytes} and {@link #peak} may be asked by any thread.
 */
final class HeldStream {

    /** One block, whatever the limit says. */
    private static final long MOST = 1L << 30;

    /** How much is applied before others on the loop have their turn. */
    private static final int SLICE = 1 << 20;

    /** Applies what is complete of some bytes; returns how many were used. */
    interface Applier {
        int apply(long address, int length);
    }

    private final Node node;
    private GrowingSink bytes = new GrowingSink();
    private int from;
    private boolean full;
    private volatile long size;
    private volatile long peak;

    HeldStream(Node node) {
        this.node = node;
    }

    /** Bytes that are held. */
    long bytes() {
        return size;
    }

    /** The most that were held since the last copy began. */
    long peak() {
        return peak;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Takes the bytes, if there is room for them. */
    boolean add(long address, int length) {
        if (size + length > limit()) {
            if (!full) {
                node.replication()
                        .note(
                                Level.NOTICE,
                                "Replication buffer limit has been reached ("
                                        + limit()
                                        + " bytes): what comes next waits at the master");
            }
            full = true;
            return false;
        }
        addRest(address, length);
        return true;
    }

    /** Takes the bytes, whatever the limit: without them what is here is no whole command. */
    void addRest(long address, int length) {
        bytes.write(address, length);
        size += length;
        peak = Math.max(peak, size);
    }

    private long limit() {
        long own = node.settings().get(ReplicationOptions.REPLICA_FULL_SYNC_BUFFER_LIMIT);
        if (own > 0) {
            return Math.min(own, MOST);
        }
        long inherited =
                node.settings()
                        .get(NetworkOptions.CLIENT_OUTPUT_BUFFER_LIMIT)
                        .of(OutputBufferLimit.ClientClass.REPLICA)
                        .hardBytes();
        return inherited > 0 ? Math.min(inherited, MOST) : MOST;
    }

    void clear() {
        bytes.close();
        bytes = new GrowingSink();
        from = 0;
        size = 0;
        full = false;
    }

    /** A copy begins. */
    void begin() {
        clear();
        peak = 0;
    }

    /** Applies some; returns whether there is more that can be applied at once. */
    boolean applySome(Applier applier) {
        int length = (int) bytes.length();
        int used = 0;
        for (int end = Math.min(length, from + SLICE); used == 0; ) {
            used = applier.apply(bytes.address() + from, end - from);
            if (end == length) {
                break;
            }
            end = (int) Math.min(length, from + 2L * (end - from)); // one command, larger than that
        }
        if (isEmpty()) {
            return false; // dropped meanwhile: the link broke
        }
        from += used;
        size -= used;
        if (size == 0) {
            clear();
        }
        return used > 0 && size > 0;
    }
}
