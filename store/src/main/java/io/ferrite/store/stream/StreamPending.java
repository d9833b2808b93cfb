package io.ferrite.store.stream;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;

/**
 * Entries that were delivered and not acknowledged. Each stands in the tree of its group, with all
 * that is known about it, and in that of its consumer, by its id alone. A record's address is good
 * until the group's tree changes.
 *
 * <pre>
 *   record   0         8         16                24             32            40
 *            +---------+---------+-----------------+--------------+-------------+
 *            | ms u64  | seq u64 | delivered at,   | deliveries   | consumer    |
 *            |         |         | ms i64          | i64          | i64, 0 none |
 *            +---------+---------+-----------------+--------------+-------------+
 * </pre>
 */
public final class StreamPending {

    /** Not pending. */
    public static final long NONE = IdTree.NONE;

    static final int RECORD_BYTES = 40;

    private static final int DELIVERED = 16;
    private static final int DELIVERIES = 24;
    private static final int CONSUMER = 32;

    private StreamPending() {}

    /** How many entries of a group are pending. */
    public static long count(long group) {
        return IdTree.count(StreamGroup.pending(group));
    }

    /** The record of an entry in its group, or {@link #NONE}. */
    public static long find(long group, long ms, long seq) {
        return IdTree.find(StreamGroup.pending(group), ms, seq);
    }

    /** Makes an entry that is not pending so; answers its record. */
    public static long add(
            Slab slab,
            long group,
            long consumer,
            long ms,
            long seq,
            long deliveredMs,
            long deliveries) {
        long record = IdTree.insert(slab, StreamGroup.pending(group), ms, seq);
        setDelivered(record, deliveredMs, deliveries);
        Memory.putLong(record + CONSUMER, consumer);
        if (consumer != StreamConsumer.NONE) {
            IdTree.insert(slab, StreamConsumer.pending(consumer), ms, seq);
        }
        return record;
    }

    /** Hands a pending entry to a consumer, or to {@link StreamConsumer#NONE}. */
    public static void assign(Slab slab, long record, long consumer) {
        long owner = consumer(record);
        if (owner == consumer) {
            return;
        }
        long ms = Memory.getLong(record);
        long seq = Memory.getLong(record + 8);
        if (owner != StreamConsumer.NONE) {
            IdTree.remove(slab, StreamConsumer.pending(owner), ms, seq);
        }
        if (consumer != StreamConsumer.NONE) {
            IdTree.insert(slab, StreamConsumer.pending(consumer), ms, seq);
        }
        Memory.putLong(record + CONSUMER, consumer);
    }

    /** Makes an entry not pending; says whether it was. */
    public static boolean remove(Slab slab, long group, long ms, long seq) {
        long record = find(group, ms, seq);
        if (record == NONE) {
            return false;
        }
        long owner = consumer(record);
        if (owner != StreamConsumer.NONE) {
            IdTree.remove(slab, StreamConsumer.pending(owner), ms, seq);
        }
        return IdTree.remove(slab, StreamGroup.pending(group), ms, seq);
    }

    /** When it was last delivered, in milliseconds since 1970. */
    public static long deliveredMs(long record) {
        return Memory.getLong(record + DELIVERED);
    }

    /** How often it was delivered. */
    public static long deliveries(long record) {
        return Memory.getLong(record + DELIVERIES);
    }

    public static void setDelivered(long record, long deliveredMs, long deliveries) {
        Memory.putLong(record + DELIVERED, deliveredMs);
        Memory.putLong(record + DELIVERIES, deliveries);
    }

    /** Whose it is, or {@link StreamConsumer#NONE}. */
    public static long consumer(long record) {
        return Memory.getLong(record + CONSUMER);
    }
}
