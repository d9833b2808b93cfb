package io.ferrite.store.value;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.Encoding;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;

/**
 * A list: one {@link Listpack} while it is small, a {@link ChunkedList} of them beyond that.
 *
 * <p>A list is named by its <em>root</em>, a long: the address of the listpack, or the address of
 * the chunked list with its lowest bit set (blocks are 8-aligned). Methods that change the list
 * answer its root, which may be new. Texts handed in must not lie in the list itself.
 *
 * <p>The two forms turn into each other as in Redis 7.2: {@link #beforeAdding} makes a listpack
 * chunked when the elements about to come might exceed {@code list-max-listpack-size}; {@link
 * #afterRemoving} makes a list of one node a listpack again once it is below half of that.
 *
 * <p>Memory belongs to the partition's {@link Slab} under {@link MemoryTag#LIST}. No
 * synchronisation.
 */
public final class ListValue {

    private static final MemoryTag TAG = MemoryTag.LIST;
    private static final long CHUNKED = 1;

    private ListValue() {}

    // --------------------------------------------------------------------------------------- the
    // whole

    public static long create(Slab slab) {
        return Listpack.create(slab, TAG);
    }

    /** An empty list in the large form, to be filled node by node: for loading. */
    public static long createChunked(Slab slab, ListSettings settings) {
        return ChunkedList.create(slab, settings) | CHUNKED;
    }

    /** Whether the list is one listpack. */
    public static boolean isListpack(long root) {
        return (root & CHUNKED) == 0;
    }

    /** The {@link Encoding} of the form that the list has. */
    public static int encoding(long root) {
        return isListpack(root) ? Encoding.LISTPACK : Encoding.QUICKLIST;
    }

    static long chunked(long root) {
        return root & ~CHUNKED;
    }

    public static long length(long root) {
        return isListpack(root) ? Listpack.count(root) : ChunkedList.count(chunked(root));
    }

    /** An independent copy, for COPY. */
    public static long copyOf(Slab slab, long root) {
        return isListpack(root)
                ? Listpack.copyOf(slab, TAG, root)
                : ChunkedList.copyOf(slab, chunked(root)) | CHUNKED;
    }

    public static void free(Slab slab, long root) {
        freeSome(slab, root, Integer.MAX_VALUE);
    }

    /**
     * Frees up to {@code budget} nodes and answers what is left to free: 0 when all is gone.
     * Between the steps the root is good for nothing else.
     */
    public static long freeSome(Slab slab, long root, int budget) {
        if (isListpack(root)) {
            Listpack.free(slab, TAG, root);
            return 0;
        }
        return ChunkedList.free(slab, chunked(root), budget) ? 0 : root;
    }

    /** The bytes held; beyond {@code samples} nodes an extrapolation, 0 for an exact answer. */
    public static long memoryBytes(long root, long samples) {
        return isListpack(root)
                ? Slab.roundUp(Listpack.bytes(root))
                : ChunkedList.memoryBytes(chunked(root), samples == 0 ? Long.MAX_VALUE : samples);
    }

    /** How many steps {@link #freeSome} of one node takes: for the choice of lazy freeing. */
    public static long nodes(long root) {
        return isListpack(root) ? 1 : ChunkedList.nodes(chunked(root));
    }

    /** The limit of its nodes that a list in the large form was made with, as configured. */
    public static int fill(long root) {
        return ChunkedList.fill(chunked(root));
    }

    /** Whether a list in the large form was made with nodes to compress. */
    public static boolean compresses(long root) {
        return ChunkedList.depth(chunked(root)) != 0;
    }

    /** The first {@link ListNode} of a list in the large form. */
    public static long firstNode(long root) {
        return ChunkedList.head(chunked(root));
    }

    // ----------------------------------------------------------------------------------- the two
    // forms

    /**
     * To be called before elements are added: {@code bytes} and {@code count} are those of all of
     * them together, as one command brings them.
     */
    public static long beforeAdding(
            Slab slab, long root, long bytes, long count, ListSettings settings) {
        if (!isListpack(root)
                || !ListSettings.exceeds(
                        settings.fill(),
                        Listpack.bytes(root) + bytes,
                        Listpack.count(root) + count)) {
            return root;
        }
        long list = ChunkedList.create(slab, settings);
        if (Listpack.isEmpty(root)) {
            Listpack.free(slab, TAG, root);
        } else {
            ChunkedList.appendListpack(slab, list, root);
        }
        return list | CHUNKED;
    }

    /** To be called after elements were removed, once per command, if the list is not empty. */
    public static long afterRemoving(Slab slab, long root, ListSettings settings) {
        return isListpack(root) ? root : unchunk(slab, root, true, settings);
    }

    /** Chooses the form for a list that was built at one go: a loaded one, a stored result. */
    public static long settle(Slab slab, long root, ListSettings settings) {
        return isListpack(root)
                ? beforeAdding(slab, root, 0, 0, settings)
                : unchunk(slab, root, false, settings);
    }

    private static long unchunk(Slab slab, long root, boolean shrunk, ListSettings settings) {
        long list = chunked(root);
        if (ChunkedList.nodes(list) != 1) {
            return root;
        }
        long node = ChunkedList.head(list);
        if (ListNode.isPlain(node)
                || !ListSettings.fitsOneBlock(
                        settings.fill(), shrunk, ListNode.bytes(node), ListNode.count(node))) {
            return root;
        }
        ListNode.open(slab, node);
        long lp = ListNode.release(slab, node);
        slab.give(list, ChunkedList.BYTES, TAG);
        return lp;
    }

    /**
     * Adds a listpack as a node of its own; the list owns it. For loading, in the large form only.
     */
    public static void appendListpack(Slab slab, long root, long lp) {
        ChunkedList.appendListpack(slab, chunked(root), lp);
    }

    /** Adds a copied element as a node of its own. For loading, in the large form only. */
    public static void appendElement(Slab slab, long root, long text, int length) {
        ChunkedList.appendElement(slab, chunked(root), text, length);
    }

    // ----------------------------------------------------------------------------------------
    // elements

    /** Adds at the head or the tail; {@link #beforeAdding} was called. */
    public static long push(
            Slab slab, long root, boolean first, long text, int length, ListSettings settings) {
        if (!isListpack(root)) {
            ChunkedList.push(slab, chunked(root), first, text, length, settings);
            return root;
        }
        return first
                ? Listpack.prepend(slab, TAG, root, text, length)
                : Listpack.append(slab, TAG, root, text, length);
    }

    /** The element at the head or the tail of a list that is not empty. */
    public static void peek(long root, boolean first, ListpackItem item) {
        long lp = root;
        if (!isListpack(root)) {
            long list = chunked(root);
            long node = first ? ChunkedList.head(list) : ChunkedList.tail(list);
            lp = ListNode.blob(node);
            if (ListNode.isPlain(node)) {
                item.setBytes(lp, ListNode.bytes(node));
                return;
            }
        }
        Listpack.get(lp, first ? Listpack.first(lp) : Listpack.last(lp), item);
    }

    /** Removes the element at the head or the tail of a list that is not empty. */
    public static long pop(Slab slab, long root, boolean first) {
        if (isListpack(root)) {
            int at = first ? Listpack.first(root) : Listpack.last(root);
            return Listpack.delete(slab, TAG, root, at);
        }
        ChunkedList.pop(slab, chunked(root), first);
        return root;
    }

    /** Replaces the element at a position that exists; {@link #beforeAdding} was called. */
    public static long set(
            Slab slab, long root, long index, long text, int length, ListSettings settings) {
        if (isListpack(root)) {
            return Listpack.replace(slab, TAG, root, Listpack.seek(root, index), text, length);
        }
        long list = chunked(root);
        long[] first = new long[1];
        long node = ChunkedList.seek(list, index, first);
        ChunkedList.set(slab, list, node, (int) (index - first[0]), text, length, settings);
        return root;
    }

    /**
     * Puts an element before or after the one at a position that exists; {@link #beforeAdding} was
     * called.
     */
    public static long insert(
            Slab slab,
            long root,
            long index,
            boolean after,
            long text,
            int length,
            ListSettings settings) {
        if (isListpack(root)) {
            int at = Listpack.seek(root, index);
            return after
                    ? Listpack.insertAfter(slab, TAG, root, at, text, length)
                    : Listpack.insert(slab, TAG, root, at, text, length);
        }
        long list = chunked(root);
        long[] first = new long[1];
        long node = ChunkedList.seek(list, index, first);
        int offset = (int) (index - first[0]);
        ChunkedList.insert(slab, list, node, offset, after, text, length, settings);
        return root;
    }

    /** Removes up to {@code count} elements from a position on. */
    public static long deleteRange(Slab slab, long root, long index, long count) {
        long there = Math.min(count, length(root) - index);
        if (there <= 0 || index < 0) {
            return root;
        }
        if (isListpack(root)) {
            return Listpack.deleteRange(slab, TAG, root, index, there);
        }
        ChunkedList.deleteRange(slab, chunked(root), index, there);
        return root;
    }

    /**
     * Removes elements with this text, as LREM does: {@code count} of them from the head on if
     * positive, from the tail on if negative, all if 0. The difference in length says how many
     * there were.
     */
    public static long remove(Slab slab, long root, long count, long text, int length) {
        boolean fromHead = count >= 0;
        // The lowest count has no positive counterpart, and no list that many elements.
        long limit = count == 0 || count == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(count);
        if (isListpack(root)) {
            return removeEqual(slab, root, fromHead, limit, text, length);
        }
        ChunkedList.removeEqual(slab, chunked(root), fromHead, limit, text, length);
        return root;
    }

    static long removeEqual(
            Slab slab, long lp, boolean fromHead, long limit, long text, int length) {
        long block = lp;
        long left = limit;
        if (fromHead) {
            int at = Listpack.find(block, Listpack.first(block), text, length, 0);
            while (at != Listpack.NONE && left-- > 0) {
                block = Listpack.delete(slab, TAG, block, at);
                at =
                        at == Listpack.end(block)
                                ? Listpack.NONE
                                : Listpack.find(block, at, text, length, 0);
            }
            return block;
        }
        int at = Listpack.last(block);
        while (at != Listpack.NONE && left > 0) {
            int before = Listpack.previous(block, at);
            if (Listpack.equal(block, at, text, length)) {
                block = Listpack.delete(slab, TAG, block, at);
                left--;
            }
            at = before;
        }
        return block;
    }

    /** The position of the first element with this text from the head on, or -1. */
    public static long indexOf(Slab slab, long root, long text, int length) {
        try (ListCursor cursor = new ListCursor()) {
            cursor.open(slab, root, 0, true);
            while (cursor.next()) {
                if (cursor.item().equalTo(text, length)) {
                    return cursor.index();
                }
            }
            return -1;
        }
    }
}
