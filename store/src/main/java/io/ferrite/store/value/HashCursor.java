package io.ferrite.store.value;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.TimedRoot;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.index.HashIndex;

/**
 * Walks the fields of a hash, in the order of its form. The hash must not change meanwhile.
 *
 * <pre>
 *   try (HashCursor cursor = new HashCursor(slab, root)) {
 *       while (cursor.next()) { ... cursor.field(), cursor.value() ... }
 *   }
 * </pre>
 */
public final class HashCursor implements AutoCloseable {

    private static final int BEFORE_FIRST = 0;
    private static final int SCRATCH_BYTES = 2 * Decimal.MAX_LENGTH;

    private final ListpackItem field = new ListpackItem();
    private final ListpackItem value = new ListpackItem();
    private final Slab slab;
    private final boolean table;
    private final boolean timed;
    private final long block;
    private long expireAt = HashValue.NEVER;
    private long place = BEFORE_FIRST;
    private long scratch;

    /**
     * @param slab for the text of integers, while it is asked for; null for who never asks
     */
    public HashCursor(Slab slab, long root) {
        this.slab = slab;
        this.table = HashValue.isTable(root);
        this.timed = TimedRoot.is(root);
        this.block = HashValue.block(root);
    }

    /** Where a walk over a hash in the large form stands: another cursor goes on from there. */
    public long place() {
        return place;
    }

    /** Goes on behind a {@link #place}. */
    public HashCursor from(long after) {
        place = after;
        return this;
    }

    public boolean next() {
        return table ? nextOfTable() : nextOfListpack();
    }

    /** As {@link #next}, passing over fields whose time has passed. */
    public boolean nextLive(long nowMs) {
        while (next()) {
            if (expireAt >= nowMs) {
                return true;
            }
        }
        return false;
    }

    private boolean nextOfTable() {
        if (place == HashIndex.END) {
            return false;
        }
        place = HashIndex.next(block, place);
        if (place == HashIndex.END) {
            return false;
        }
        long element = HashIndex.at(block, place);
        field.setBytes(HashField.text(element), HashField.length(element));
        value.setBytes(HashField.value(element), HashField.valueLength(element));
        expireAt = timed ? HashField.expireAt(element) : HashValue.NEVER;
        return true;
    }

    private boolean nextOfListpack() {
        if (place == Listpack.NONE) {
            return false;
        }
        place = place == BEFORE_FIRST ? Listpack.first(block) : Listpack.next(block, (int) place);
        if (place == Listpack.NONE) {
            return false;
        }
        Listpack.get(block, (int) place, field);
        place = Listpack.next(block, (int) place);
        Listpack.get(block, (int) place, value);
        if (timed) {
            place = Listpack.next(block, (int) place);
            expireAt = HashTimes.orNever(Listpack.integer(block, (int) place));
        }
        return true;
    }

    /** The field the cursor is on. */
    public ListpackItem field() {
        return field;
    }

    /** The value of that field. */
    public ListpackItem value() {
        return value;
    }

    /** When that field expires, or {@link HashValue#NEVER}. */
    public long expireAt() {
        return expireAt;
    }

    /** The field as text, good until the next step; its length is the item's. */
    public long fieldText() {
        return text(field, 0);
    }

    /** The value as text, good until the next step; its length is the item's. */
    public long valueText() {
        return text(value, Decimal.MAX_LENGTH);
    }

    private long text(ListpackItem item, int offset) {
        if (!item.isInteger()) {
            return item.address();
        }
        if (scratch == 0) {
            scratch = slab.take(SCRATCH_BYTES, MemoryTag.HASH);
        }
        item.copyText(scratch + offset);
        return scratch + offset;
    }

    @Override
    public void close() {
        if (scratch != 0) {
            slab.give(scratch, SCRATCH_BYTES, MemoryTag.HASH);
            scratch = 0;
        }
    }
}
