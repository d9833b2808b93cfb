package io.ferrite.store.value;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;

/**
 * Walks the elements of a list from a position towards either end. The list must not change
 * meanwhile. Compressed nodes are restored into the cursor's own memory and stay as they are;
 * {@link #close} gives that memory back, after which the cursor can be used again.
 *
 * <pre>
 *   cursor.open(slab, root, index, true);
 *   while (cursor.next()) { ... cursor.item() ... }
 *   cursor.close();
 * </pre>
 */
public final class ListCursor implements AutoCloseable {

    private static final MemoryTag TAG = MemoryTag.LIST;

    private final ListpackItem item = new ListpackItem();
    private final long[] first = new long[1];

    private Slab slab;
    private boolean forward;
    private long index;
    private long node;
    private long block;
    private boolean plain;
    private int at;
    private boolean started;
    private long scratch;
    private int scratchBytes;

    /**
     * Goes before the element at {@code index}, which may lie outside: then there is no next one.
     */
    public void open(Slab slab, long root, long index, boolean forward) {
        close();
        this.slab = slab;
        this.forward = forward;
        this.index = index;
        this.started = false;
        this.node = 0;
        this.plain = false;
        this.at = Listpack.NONE;
        if (index < 0 || index >= ListValue.length(root)) {
            return;
        }
        if (ListValue.isListpack(root)) {
            block = root;
            at = Listpack.seek(root, index);
        } else {
            node = ChunkedList.seek(ListValue.chunked(root), index, first);
            enter((int) (index - first[0]));
        }
    }

    private void enter(int offset) {
        release();
        block = ListNode.blob(node);
        if (ListNode.isCompressed(node)) {
            scratchBytes = ListNode.bytes(node);
            scratch = slab.take(scratchBytes, TAG);
            ListNode.restore(node, scratch);
            block = scratch;
        }
        plain = ListNode.isPlain(node);
        at = plain ? 0 : Listpack.seek(block, offset);
    }

    /** Moves to the next element in the direction of the walk; false when there is none. */
    public boolean next() {
        if (!started) {
            started = true;
            return load();
        }
        if (at == Listpack.NONE) {
            return false;
        }
        index += forward ? 1 : -1;
        if (plain) {
            at = Listpack.NONE;
        } else {
            at = forward ? Listpack.next(block, at) : Listpack.previous(block, at);
        }
        if (at == Listpack.NONE && node != 0) {
            node = forward ? ListNode.after(node) : ListNode.before(node);
            if (node != 0) {
                enter(forward ? 0 : -1);
            }
        }
        return load();
    }

    private boolean load() {
        if (at == Listpack.NONE) {
            return false;
        }
        if (plain) {
            item.setBytes(block, ListNode.bytes(node));
        } else {
            Listpack.get(block, at, item);
        }
        return true;
    }

    /** The element the cursor is on. */
    public ListpackItem item() {
        return item;
    }

    /** The position of the element the cursor is on, counted from the head. */
    public long index() {
        return index;
    }

    private void release() {
        if (scratch != 0) {
            slab.give(scratch, scratchBytes, TAG);
            scratch = 0;
        }
    }

    @Override
    public void close() {
        release();
    }
}
