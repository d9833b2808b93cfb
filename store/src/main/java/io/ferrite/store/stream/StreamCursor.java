package io.ferrite.store.stream;

import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;

/**
 * Walks over the entries of a stream between two ids, both included, towards either end; entry by
 * entry by {@link #next}, and through an entry's fields by {@link #nextField}. A reusable view;
 * good until the stream changes.
 */
public final class StreamCursor {

    private final IdCursor blocks = new IdCursor();
    private final ListpackItem field = new ListpackItem();
    private final ListpackItem value = new ListpackItem();

    private long fromMs;
    private long fromSeq;
    private long toMs;
    private long toSeq;
    private boolean forward;
    private boolean tombstones;

    /** The block that the cursor is in, 0 before it has entered one. */
    private long lp;

    private long masterMs;
    private long masterSeq;
    private long masterFields;
    private int masterFieldsAt;

    /** Where the entry begins, and where what has not been read of it does. */
    private int entryAt;

    private int at;

    /** Texts of the entry that have not been read. */
    private long unread;

    private long ms;
    private long seq;
    private long fields;
    private boolean sameFields;
    private int fieldAt;

    /** Begins a walk over all entries from one id to another. */
    public StreamCursor open(
            long stream, long fromMs, long fromSeq, long toMs, long toSeq, boolean forward) {
        this.fromMs = fromMs;
        this.fromSeq = fromSeq;
        this.toMs = toMs;
        this.toSeq = toSeq;
        this.forward = forward;
        this.tombstones = false;
        this.lp = 0;
        long tree = stream + StreamValue.BLOCKS;
        if (forward) {
            blocks.atMost(tree, fromMs, fromSeq);
            if (!blocks.isValid()) {
                blocks.first(tree);
            }
        } else {
            blocks.atMost(tree, toMs, toSeq);
            if (!blocks.isValid()) {
                // The ids of a block may lie below its own.
                blocks.last(tree);
            }
        }
        return this;
    }

    /** Begins a walk over all entries. */
    public StreamCursor open(long stream, boolean forward) {
        return open(stream, 0, 0, StreamId.MAX, StreamId.MAX, forward);
    }

    /** Lets the walk show deleted entries too. */
    public StreamCursor withTombstones() {
        tombstones = true;
        return this;
    }

    /** Goes to the next entry; false when there is none. */
    public boolean next() {
        while (lp != 0 || enter()) {
            if (!(forward ? stepForward() : stepBackward())) {
                leave();
                continue;
            }
            if (!read()) {
                continue;
            }
            if (forward) {
                if (StreamId.compare(ms, seq, fromMs, fromSeq) >= 0) {
                    return StreamId.compare(ms, seq, toMs, toSeq) <= 0 || end();
                }
            } else if (StreamId.compare(ms, seq, toMs, toSeq) <= 0) {
                return StreamId.compare(ms, seq, fromMs, fromSeq) >= 0 || end();
            }
        }
        return false;
    }

    private boolean enter() {
        if (!blocks.isValid()) {
            return false;
        }
        lp = StreamBlock.of(blocks.record());
        masterMs = blocks.ms();
        masterSeq = blocks.seq();
        int countAt = StreamBlock.fieldCountAt(lp);
        masterFields = Listpack.integer(lp, countAt);
        masterFieldsAt = Listpack.next(lp, countAt);
        if (forward) {
            at = StreamBlock.skip(lp, masterFieldsAt, masterFields);
            unread = 0;
        } else {
            entryAt = Listpack.NONE;
        }
        return true;
    }

    private void leave() {
        lp = 0;
        if (forward) {
            blocks.next();
        } else {
            blocks.previous();
        }
    }

    private boolean end() {
        lp = 0;
        while (blocks.isValid()) {
            leave();
        }
        return false;
    }

    private boolean stepForward() {
        // Behind what is left of the entry comes its number of parts, or the 0 of the head.
        entryAt = StreamBlock.skip(lp, at, unread + 1);
        return entryAt != Listpack.NONE;
    }

    private boolean stepBackward() {
        int partsAt = entryAt == Listpack.NONE ? Listpack.last(lp) : Listpack.previous(lp, entryAt);
        entryAt = StreamBlock.entryBefore(lp, partsAt);
        return entryAt != Listpack.NONE;
    }

    /** Reads the head of an entry; false if the entry is not to be shown. */
    private boolean read() {
        long flags = Listpack.integer(lp, entryAt);
        at = Listpack.next(lp, entryAt);
        ms = masterMs + Listpack.integer(lp, at);
        at = Listpack.next(lp, at);
        seq = masterSeq + Listpack.integer(lp, at);
        at = Listpack.next(lp, at);
        sameFields = (flags & StreamBlock.SAME_FIELDS) != 0;
        if (sameFields) {
            fields = masterFields;
            fieldAt = masterFieldsAt;
            unread = fields;
        } else {
            fields = Listpack.integer(lp, at);
            at = Listpack.next(lp, at);
            unread = 2 * fields;
        }
        return tombstones || (flags & StreamBlock.DELETED) == 0;
    }

    /** The time of the entry's id. */
    public long ms() {
        return ms;
    }

    /** The number within that time. */
    public long seq() {
        return seq;
    }

    /** How many fields the entry has. */
    public long fields() {
        return fields;
    }

    /** Reads the entry's next field and value, as often as there are {@link #fields}. */
    public boolean nextField() {
        if (unread == 0) {
            return false;
        }
        if (sameFields) {
            Listpack.get(lp, fieldAt, field);
            fieldAt = Listpack.next(lp, fieldAt);
            unread--;
        } else {
            Listpack.get(lp, at, field);
            at = Listpack.next(lp, at);
            unread -= 2;
        }
        Listpack.get(lp, at, value);
        at = Listpack.next(lp, at);
        return true;
    }

    /** The field that was read; a view of the block. */
    public ListpackItem field() {
        return field;
    }

    /** The value that was read; a view of the block. */
    public ListpackItem value() {
        return value;
    }

    // ---------------------------------------------------------------------- for whoever changes it

    /** The record of the block that the entry is in. */
    long blockRecord() {
        return blocks.record();
    }

    /** Where the entry begins in its block. */
    int entryAt() {
        return entryAt;
    }
}
