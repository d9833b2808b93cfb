package io.ferrite.store.stream;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;

/**
 * One of the consumers of a {@link StreamGroup}: when it was there, and which entries it was given
 * and has not acknowledged. Named by the address of its block.
 *
 * <pre>
 *   consumer   0            8              16                40
 *              +------------+--------------+-----------------+---------------------+
 *              | seen,      | active,      | tree of the ids | name, as in         |
 *              | ms i64     | ms i64 or -1 | pending for it  | NamedLayout         |
 *              +------------+--------------+-----------------+---------------------+
 * </pre>
 */
public final class StreamConsumer {

    /** What {@link #activeMs} answers for a consumer that never was. */
    public static final long NEVER = -1;

    /** No consumer. */
    public static final long NONE = 0;

    private static final int ACTIVE = 8;
    private static final int PENDING = 16;
    private static final int HEAD_BYTES = 40;

    static final NamedLayout LAYOUT = new NamedLayout(HEAD_BYTES);

    private StreamConsumer() {}

    /** The consumer with this name, or {@link #NONE}. */
    public static long find(long group, long name, int length) {
        return LAYOUT.find(group + StreamGroup.CONSUMERS, name, length);
    }

    /** Makes a consumer with a name that none of the group's has. */
    public static long create(
            Slab slab, long group, long name, int length, long seenMs, long activeMs) {
        long consumer = LAYOUT.create(slab, name, length);
        setSeenMs(consumer, seenMs);
        setActiveMs(consumer, activeMs);
        IdTree.create(consumer + PENDING, IdTree.PAYLOAD);
        LAYOUT.enter(slab, group + StreamGroup.CONSUMERS, consumer);
        return consumer;
    }

    /** Removes a consumer, and what is pending for it. */
    public static void remove(Slab slab, long group, long consumer) {
        IdCursor cursor = new IdCursor();
        for (cursor.first(pending(consumer)); cursor.isValid(); cursor.next()) {
            IdTree.remove(slab, StreamGroup.pending(group), cursor.ms(), cursor.seq());
        }
        IdTree.release(slab, pending(consumer), Integer.MAX_VALUE, null);
        LAYOUT.leave(slab, group + StreamGroup.CONSUMERS, consumer);
        LAYOUT.free(slab, consumer);
    }

    public static long name(long consumer) {
        return LAYOUT.name(consumer);
    }

    public static int nameLength(long consumer) {
        return LAYOUT.nameLength(consumer);
    }

    /** When it last tried to read or claim, in milliseconds since 1970. */
    public static long seenMs(long consumer) {
        return Memory.getLong(consumer);
    }

    public static void setSeenMs(long consumer, long ms) {
        Memory.putLong(consumer, ms);
    }

    /** When it last got something, in milliseconds since 1970, or {@link #NEVER}. */
    public static long activeMs(long consumer) {
        return Memory.getLong(consumer + ACTIVE);
    }

    public static void setActiveMs(long consumer, long ms) {
        Memory.putLong(consumer + ACTIVE, ms);
    }

    /** The tree of the ids that are pending for it. */
    public static long pending(long consumer) {
        return consumer + PENDING;
    }

    /** How many entries are pending for it. */
    public static long pendingCount(long consumer) {
        return IdTree.count(pending(consumer));
    }
}
