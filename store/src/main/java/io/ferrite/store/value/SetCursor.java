package io.ferrite.store.value;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.encoding.Intset;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.index.HashIndex;

/**
 * Walks the members of a set, in the order of its form. The set must not change meanwhile.
 *
 * <pre>
 *   try (SetCursor cursor = new SetCursor(slab, root)) {
 *       while (cursor.next()) { ... cursor.item() or cursor.text(), cursor.length() ... }
 *   }
 * </pre>
 */
public final class SetCursor implements AutoCloseable {

    private final ListpackItem item = new ListpackItem();
    private final Slab slab;
    private final long root;
    private final long block;
    private long place;
    private long scratch;
    private boolean spelt;

    /**
     * @param slab for the text of an integer, while it is asked for
     */
    public SetCursor(Slab slab, long root) {
        this.slab = slab;
        this.root = root;
        this.block = SetValue.block(root);
        this.place = SetValue.isListpack(root) ? Listpack.HEADER_BYTES - 1 : 0;
    }

    /** Where a walk over a set in the large form stands: another cursor goes on from there. */
    public long place() {
        return place;
    }

    /** Goes on behind a {@link #place}. */
    public SetCursor from(long after) {
        place = after;
        return this;
    }

    public boolean next() {
        spelt = false;
        if (SetValue.isTable(root)) {
            if (place == HashIndex.END) {
                return false;
            }
            place = HashIndex.next(block, place);
            if (place == HashIndex.END) {
                return false;
            }
            long member = HashIndex.at(block, place);
            item.setBytes(SetMember.text(member), SetMember.length(member));
            return true;
        }
        return SetValue.isListpack(root) ? nextOfListpack() : nextOfIntset();
    }

    private boolean nextOfListpack() {
        if (place == Listpack.NONE) {
            return false;
        }
        place =
                place < Listpack.HEADER_BYTES
                        ? Listpack.first(block)
                        : Listpack.next(block, (int) place);
        if (place == Listpack.NONE) {
            return false;
        }
        Listpack.get(block, (int) place, item);
        return true;
    }

    private boolean nextOfIntset() {
        if (place >= Intset.count(block)) {
            return false;
        }
        item.setInteger(Intset.get(block, (int) place++));
        return true;
    }

    /** The member the cursor is on. */
    public ListpackItem item() {
        return item;
    }

    /** The member as text: an integer's is good until the next step. */
    public long text() {
        if (!item.isInteger()) {
            return item.address();
        }
        if (scratch == 0) {
            scratch = slab.take(Decimal.MAX_LENGTH, MemoryTag.SET);
        }
        if (!spelt) {
            item.copyText(scratch);
            spelt = true;
        }
        return scratch;
    }

    public int length() {
        return item.textLength();
    }

    @Override
    public void close() {
        if (scratch != 0) {
            slab.give(scratch, Decimal.MAX_LENGTH, MemoryTag.SET);
            scratch = 0;
        }
    }
}
