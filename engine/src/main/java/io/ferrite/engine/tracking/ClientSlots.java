package io.ferrite.engine.tracking;

import io.ferrite.engine.Session;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which client has which slot of the {@link TrackingTable}s. A slot is given again only when every
 * table has taken its former client out of all words, which happens when slots run out and each
 * table is next used. Any thread.
 */
final class ClientSlots {

    private final TrackingTable[] tables;
    private final AtomicReferenceArray<@Nullable Session> owners =
            new AtomicReferenceArray<>(TrackingTable.SLOTS);

    private final AtomicLong free = new AtomicLong(-1);

    /** Their clients are gone, and words may still have their bits. */
    private final AtomicLong left = new AtomicLong();

    /** Those of them that the tables are clearing. */
    private final AtomicLong clearing = new AtomicLong();

    ClientSlots(TrackingTable[] tables) {
        this.tables = tables;
    }

    /** A slot for a client, or -1 if there is none now. */
    int take(Session session) {
        while (true) {
            long mask = free.get();
            if (mask == 0) {
                if (!reclaim()) {
                    return -1;
                }
                continue;
            }
            int slot = Long.numberOfTrailingZeros(mask);
            if (free.compareAndSet(mask, mask & ~(1L << slot))) {
                owners.set(slot, session);
                return slot;
            }
        }
    }

    /** A client is gone. */
    void give(int slot) {
        owners.set(slot, null);
        left.getAndUpdate(mask -> mask | 1L << slot);
    }

    /** Whose slot it is, or null. */
    @Nullable Session owner(int slot) {
        return owners.get(slot);
    }

    /** Frees slots that are clear by now, or lets the tables begin to clear some. */
    private boolean reclaim() {
        long now = clearing.get();
        if (now == 0) {
            long gone = left.get();
            if (gone != 0 && clearing.compareAndSet(0, gone)) {
                left.getAndUpdate(mask -> mask & ~gone);
                for (TrackingTable table : tables) {
                    table.forgetSlots(gone);
                }
            }
            return false;
        }
        for (TrackingTable table : tables) {
            if (table.hasForgotten()) {
                return false;
            }
        }
        if (clearing.compareAndSet(now, 0)) {
            free.getAndUpdate(mask -> mask | now);
        }
        return true;
    }
}
