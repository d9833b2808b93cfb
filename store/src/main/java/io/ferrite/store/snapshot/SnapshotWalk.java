package io.ferrite.store.snapshot;

import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import io.ferrite.store.index.ElementSink;
import io.ferrite.store.index.HashIndex;
import java.util.List;

/*
 * How it works. Every entry has eight color bits, one for each walk that may be on its way, and the
 * keyspace has a current color. A new entry takes the current color. To begin a walk, under all
 * stripes, flips its bit of the current color: from then on an entry whose bit differs is old and
 * has not been told of. The walk tells of it and lets its bit agree; whoever is about to change or
 * remove such an entry lets the walk tell of it first. When the walk is through, all bits agree
 * again, and the bit can serve another walk. Nothing is copied, and without a walk the price is one
 * comparison a write.
 *
 * A table that is flushed is not told of entry by entry: it is handed over whole to the walks that
 * have not been through it, and freed by the last one.
 */

/**
 * A walk over all entries of a keyspace as they were at one instant, in bounded steps while it is
 * written.
 *
 * <p>Begun by {@link Keyspace#startWalk} under all stripes. Then {@link #step} is called under the
 * stripe that {@link #stripe} names, until it answers true. Who does not want the rest calls {@link
 * #abandon} and goes on with the steps, which only put the colors right.
 */
public final class SnapshotWalk {

    private static final SnapshotSink DISCARD = (database, entry, urgent) -> true;

    private final Keyspace keyspace;
    private final int bit;

    /** The databases by their lasting numbers, and their numbers when the walk began. */
    private final Database[] databases;

    private final int[] numbers;
    private volatile SnapshotSink sink;
    private final ElementSink visitor = this::visit;

    /**
     * Where the walk is. Others read it under another stripe (see {@link #isThrough}): the stripe
     * is written last, when table and database are those of its beginning.
     */
    private volatile int stripe;

    private int table;
    private int database;
    private long cursor;

    /** Whether the cursor is in a flushed table rather than in the one in use. */
    private boolean inDetached;

    private volatile boolean finished;

    private int entriesLeft;
    private long bytesLeft;
    private boolean interrupted;

    /** Only for the keyspace. */
    public SnapshotWalk(Keyspace keyspace, int bit, Database[] byLastingNumber, SnapshotSink sink) {
        this.keyspace = keyspace;
        this.bit = bit;
        this.databases = byLastingNumber.clone();
        this.numbers = new int[databases.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = databases[i].index();
        }
        this.sink = sink;
    }

    /** Which stripe the next step must be made under. */
    public int stripe() {
        return stripe;
    }

    public boolean isFinished() {
        return finished;
    }

    /**
     * Tells the sink of nothing more. The steps must go on, as only then another walk can begin.
     */
    public void abandon() {
        sink = DISCARD;
    }

    /**
     * Goes on until about so many entries or bytes were told of, or the stripe is through; true
     * when the whole walk is.
     */
    public boolean step(int maxEntries, long maxBytes) {
        entriesLeft = maxEntries;
        bytesLeft = maxBytes;
        interrupted = false;
        int stripeNow = stripe;
        // Buckets count too: a walk through what was told of already is not for nothing.
        int buckets = maxEntries;
        while (!finished && stripe == stripeNow && hasBudget() && buckets-- > 0) {
            advance();
        }
        return finished;
    }

    private boolean hasBudget() {
        return entriesLeft > 0 && bytesLeft > 0 && !interrupted;
    }

    private void advance() {
        DetachedTable detached = inDetached ? detached() : null;
        long root = inDetached ? detached.root() : databases[database].root(table);
        long next = root == 0 ? 0 : HashIndex.scan(root, cursor, visitor);
        if (interrupted) {
            return;
        }
        cursor = next;
        if (next != 0) {
            return;
        }
        if (detached != null && detached.done(bit)) {
            keyspace.releaseDetached(stripe, detached);
        }
        inDetached = detached() != null;
        if (!inDetached) {
            nextTable();
        }
    }

    private void nextTable() {
        if (++database < databases.length) {
            return;
        }
        database = 0;
        table += keyspace.stripes();
        if (table < keyspace.tables()) {
            return;
        }
        int next = stripe + 1;
        if (next < keyspace.stripes()) {
            table = next;
            stripe = next;
        } else {
            finished = true;
            keyspace.walkFinished(bit);
        }
    }

    private DetachedTable detached() {
        List<DetachedTable> all = keyspace.detached(stripe);
        for (DetachedTable candidate : all) {
            if (candidate.isFor(bit, database, table)) {
                return candidate;
            }
        }
        return null;
    }

    private void visit(long entry) {
        if (interrupted || ((Entry.colors(entry) ^ keyspace.colors()) & bit) == 0) {
            return;
        }
        if (!sink.entry(numbers[database], entry, false)) {
            interrupted = true;
            return;
        }
        recolor(entry);
        entriesLeft--;
        bytesLeft -= Entry.bytes(entry);
    }

    /** Tells of an entry that is about to change, and that the walk has not come to. */
    public void handOut(int lastingNumber, long entry) {
        sink.entry(numbers[lastingNumber], entry, true);
        recolor(entry);
    }

    private void recolor(long entry) {
        Entry.setColors(entry, Entry.colors(entry) ^ bit);
    }

    /** Whether the walk has been through a table, whose stripe the caller holds. */
    public boolean isThrough(int lastingNumber, int ofTable) {
        int ofStripe = keyspace.stripeOfTable(ofTable);
        int walking = stripe;
        if (finished || ofStripe != walking) {
            return finished || ofStripe < walking;
        }
        return ofTable < table || ofTable == table && lastingNumber < database;
    }
}
