package io.ferrite.node.snapshot;

import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Large entries that were about to change before they were written: as they were, until they are.
 * Its users hold the snapshot's lock, but for {@link #thaw}.
 */
final class FrozenEntries {

    private record Frozen(int database, long entry) {}

    private final Keyspace keyspace;

    /** Nothing of these is written yet. */
    private final ArrayDeque<Frozen> waiting = new ArrayDeque<>();

    /** The entry that is being written, or 0. */
    private long open;

    /** These are written, and can be given up. */
    private final ArrayDeque<Long> written = new ArrayDeque<>();

    FrozenEntries(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    /** Takes an entry, whose stripe the caller holds; says whether it is one that can be frozen. */
    boolean add(int database, long entry) {
        long frozen = keyspace.freeze(entry);
        if (frozen != Database.NONE) {
            waiting.add(new Frozen(database, frozen));
        }
        return frozen != Database.NONE;
    }

    /** The same with an entry of which the encoder has written a part. */
    boolean addOpen(SnapshotEncoder encoder) {
        long frozen = keyspace.freeze(encoder.open());
        if (frozen == Database.NONE) {
            return false;
        }
        encoder.goOnWith(frozen);
        open = frozen;
        return true;
    }

    /** Writes a piece of one, if there is one and the encoder is not busy otherwise. */
    void step(SnapshotEncoder encoder) throws IOException {
        boolean whole;
        if (open != 0) {
            whole = encoder.step();
        } else if (encoder.open() == 0 && !waiting.isEmpty()) {
            Frozen next = waiting.poll();
            open = next.entry;
            whole = encoder.entry(next.database, open);
        } else {
            return;
        }
        if (whole) {
            written.add(open);
            open = 0;
        }
    }

    /** Whether it is one of these that the encoder has written a part of. */
    boolean isOpen() {
        return open != 0;
    }

    boolean isEmpty() {
        return open == 0 && waiting.isEmpty();
    }

    /** Whether there is something to give up. */
    boolean hasWritten() {
        return !written.isEmpty();
    }

    /** Nothing more is written: all can be given up. */
    void abandon() {
        waiting.forEach(frozen -> written.add(frozen.entry));
        waiting.clear();
        if (open != 0) {
            written.add(open);
            open = 0;
        }
    }

    /** Gives up what is written; the caller holds all stripes, and the lock. */
    void thaw() {
        written.forEach(keyspace::thaw);
        written.clear();
    }
}
