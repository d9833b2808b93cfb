package io.ferrite.store.stream;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.store.index.HashIndex;

/**
 * A group of consumers that read a stream together: where it has come to, and the entries that were
 * delivered and not acknowledged, its <em>pending</em> ones. Named by the address of its block.
 *
 * <pre>
 *   group   0                16         24               48         56
 *           +----------------+----------+----------------+----------+-------------------+
 *           | last delivered | entries  | tree of        | index of | name, as in       |
 *           | ms u64 seq u64 | read i64 | pending entries| consumers| NamedLayout       |
 *           +----------------+----------+----------------+----------+-------------------+
 *
 *   pending entry (StreamPending):  | id | delivered at, ms i64 | deliveries i64 | consumer i64 |
 * </pre>
 */
public final class StreamGroup {

    /** How many entries were read is not known. */
    public static final long UNKNOWN = -1;

    /** No group. */
    public static final long NONE = 0;

    /** So many groups are not looked at one by one. */
    private static final int MANY = 16;

    private static final int READ = 16;
    static final int PENDING = 24;
    static final int CONSUMERS = 48;
    private static final int HEAD_BYTES = 56;

    static final NamedLayout LAYOUT = new NamedLayout(HEAD_BYTES);

    private StreamGroup() {}

    /** How many groups a stream has. */
    public static long count(long stream) {
        return LAYOUT.count(stream + StreamValue.GROUPS);
    }

    /** All groups of a stream, in the order of their names. */
    public static long[] sorted(long stream) {
        return LAYOUT.sorted(stream + StreamValue.GROUPS);
    }

    /** The group with this name, or {@link #NONE}. */
    public static long find(long stream, long name, int length) {
        return LAYOUT.find(stream + StreamValue.GROUPS, name, length);
    }

    /**
     * Makes a group with a name that none of the stream's has.
     *
     * @param ms the time of the last entry that counts as delivered, {@code seq} its number
     */
    public static long create(
            Slab slab, long stream, long name, int length, long ms, long seq, long entriesRead) {
        long group = LAYOUT.create(slab, name, length);
        setLastId(group, ms, seq);
        setEntriesRead(group, entriesRead);
        IdTree.create(group + PENDING, StreamPending.RECORD_BYTES);
        LAYOUT.enter(slab, stream + StreamValue.GROUPS, group);
        return group;
    }

    /**
     * Takes a group out of a stream. Answers the root of a stream that has nothing but it, for
     * whoever gives that back bit by bit.
     */
    public static long detach(Slab slab, long stream, long group) {
        LAYOUT.leave(slab, stream + StreamValue.GROUPS, group);
        long rest = StreamValue.create(slab);
        LAYOUT.enter(slab, rest + StreamValue.GROUPS, group);
        return rest;
    }

    public static long name(long group) {
        return LAYOUT.name(group);
    }

    public static int nameLength(long group) {
        return LAYOUT.nameLength(group);
    }

    /** The time of the last id that was delivered. */
    public static long lastMs(long group) {
        return Memory.getLong(group);
    }

    /** The number of the last id that was delivered. */
    public static long lastSeq(long group) {
        return Memory.getLong(group + 8);
    }

    public static StreamId lastId(long group, StreamId id) {
        return id.set(lastMs(group), lastSeq(group));
    }

    public static void setLastId(long group, long ms, long seq) {
        Memory.putLong(group, ms);
        Memory.putLong(group + 8, seq);
    }

    /** How many of all entries ever added were read, or {@link #UNKNOWN}. */
    public static long entriesRead(long group) {
        return Memory.getLong(group + READ);
    }

    public static void setEntriesRead(long group, long entries) {
        Memory.putLong(group + READ, entries);
    }

    /** The tree of pending entries. */
    public static long pending(long group) {
        return group + PENDING;
    }

    public static long consumerCount(long group) {
        return StreamConsumer.LAYOUT.count(group + CONSUMERS);
    }

    /** All consumers of a group, in the order of their names. */
    public static long[] consumers(long group) {
        return StreamConsumer.LAYOUT.sorted(group + CONSUMERS);
    }

    // ------------------------------------------------------------------------------- the whole

    static void copyAll(Slab slab, long from, long to) {
        long index = Memory.getLong(from + StreamValue.GROUPS);
        if (index == 0) {
            return;
        }
        for (long at = HashIndex.next(index, HashIndex.START);
                at != HashIndex.END;
                at = HashIndex.next(index, at)) {
            copy(slab, HashIndex.at(index, at), to);
        }
    }

    private static void copy(Slab slab, long group, long to) {
        long twin =
                create(
                        slab,
                        to,
                        name(group),
                        nameLength(group),
                        lastMs(group),
                        lastSeq(group),
                        entriesRead(group));
        long index = Memory.getLong(group + CONSUMERS);
        if (index == 0) {
            return;
        }
        for (long at = HashIndex.next(index, HashIndex.START);
                at != HashIndex.END;
                at = HashIndex.next(index, at)) {
            long consumer = HashIndex.at(index, at);
            StreamConsumer.create(
                    slab,
                    twin,
                    StreamConsumer.name(consumer),
                    StreamConsumer.nameLength(consumer),
                    StreamConsumer.seenMs(consumer),
                    StreamConsumer.activeMs(consumer));
        }
        IdCursor cursor = new IdCursor();
        for (cursor.first(pending(group)); cursor.isValid(); cursor.next()) {
            long owner = StreamPending.consumer(cursor.record());
            long twinOwner =
                    owner == 0
                            ? 0
                            : StreamConsumer.find(
                                    twin,
                                    StreamConsumer.name(owner),
                                    StreamConsumer.nameLength(owner));
            StreamPending.add(
                    slab,
                    twin,
                    twinOwner,
                    cursor.ms(),
                    cursor.seq(),
                    StreamPending.deliveredMs(cursor.record()),
                    StreamPending.deliveries(cursor.record()));
        }
    }

    /** About how much there is to free; of many groups just that it is a lot. */
    static long effortOfAll(long stream) {
        long groups = count(stream);
        if (groups > MANY) {
            return groups * MANY;
        }
        long effort = groups;
        if (groups > 0) {
            long index = Memory.getLong(stream + StreamValue.GROUPS);
            for (long at = HashIndex.next(index, HashIndex.START);
                    at != HashIndex.END;
                    at = HashIndex.next(index, at)) {
                long group = HashIndex.at(index, at);
                effort += 2 * consumerCount(group) + 2 * IdTree.nodes(pending(group));
            }
        }
        return effort;
    }

    /** Bytes of all groups; of those with many consumers from about {@code samples} of them. */
    static long bytesOfAll(long stream, int samples) {
        long index = Memory.getLong(stream + StreamValue.GROUPS);
        if (index == 0) {
            return 0;
        }
        long bytes = HashIndex.bytes(index);
        for (long at = HashIndex.next(index, HashIndex.START);
                at != HashIndex.END;
                at = HashIndex.next(index, at)) {
            long group = HashIndex.at(index, at);
            bytes += LAYOUT.bytes(group) + IdTree.bytes(pending(group));
            bytes += bytesOfConsumers(group, samples);
        }
        return bytes;
    }

    private static long bytesOfConsumers(long group, int samples) {
        long index = Memory.getLong(group + CONSUMERS);
        if (index == 0) {
            return 0;
        }
        long bytes = 0;
        long seen = 0;
        for (long at = HashIndex.next(index, HashIndex.START);
                at != HashIndex.END && (samples <= 0 || seen < samples);
                at = HashIndex.next(index, at)) {
            long consumer = HashIndex.at(index, at);
            bytes += StreamConsumer.LAYOUT.bytes(consumer);
            bytes += IdTree.bytes(StreamConsumer.pending(consumer));
            seen++;
        }
        long all = HashIndex.count(index);
        return HashIndex.bytes(index)
                + (seen == all ? bytes : (long) ((double) bytes / seen * all));
    }
}
