package io.ferrite.store.value;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;

/**
 * The large form of a list: a doubly linked list of listpacks, Redis' quicklist.
 *
 * <pre>
 *   0        8        16       24       32      34      40
 *   +--------+--------+--------+--------+-------+-------+
 *   | head   | tail   | count  | nodes  | fill  | depth |    head <-> node <-> node <-> tail
 *   | i64    | i64    | i64    | i64    | i16   | u16   |
 *   +--------+--------+--------+--------+-------+-------+
 * </pre>
 *
 * <p>Cost: 40 bytes, 40 for each node, and the listpacks (8 KiB each by default). Both ends are
 * reached at once; an index by passing over whole nodes from the nearer end.
 *
 * <p>Where nodes are split, merged and begun follows Redis 7.2, so that two servers which executed
 * the same commands dump the same bytes. The limits are those that held when the list became large.
 *
 * <p>Invariants: no node is empty; {@code count} is the sum of theirs; the {@code depth} nodes at
 * either end are raw, and those between are compressed when that gains something ({@link #settle}).
 */
final class ChunkedList {

    static final int BYTES = 40;

    private static final int TAIL = 8;
    private static final int COUNT = 16;
    private static final int NODES = 24;
    private static final int FILL = 32;
    private static final int DEPTH = 34;

    /**
     * What an entry takes beside its text, guessed high: the format's own is known only once
     * encoded.
     */
    private static final int ENTRY_OVERHEAD = 8;

    private static final MemoryTag TAG = MemoryTag.LIST;

    private ChunkedList() {}

    static long create(Slab slab, ListSettings settings) {
        long list = slab.take(BYTES, TAG);
        Memory.fill(list, BYTES, (byte) 0);
        Memory.putShort(list + FILL, settings.fill());
        Memory.putShort(list + DEPTH, settings.compressDepth());
        return list;
    }

    static long head(long list) {
        return Memory.getLong(list);
    }

    static long tail(long list) {
        return Memory.getLong(list + TAIL);
    }

    static long count(long list) {
        return Memory.getLong(list + COUNT);
    }

    static long nodes(long list) {
        return Memory.getLong(list + NODES);
    }

    static int fill(long list) {
        return Memory.getShort(list + FILL);
    }

    static int depth(long list) {
        return Memory.getUnsignedShort(list + DEPTH);
    }

    private static void addCount(long list, long added) {
        Memory.putLong(list + COUNT, count(list) + added);
    }

    static long copyOf(Slab slab, long list) {
        long copy = slab.take(BYTES, TAG);
        Memory.copy(list, copy, BYTES);
        Memory.putLong(copy, 0);
        Memory.putLong(copy + TAIL, 0);
        Memory.putLong(copy + NODES, 0);
        for (long node = head(list); node != 0; node = ListNode.after(node)) {
            link(copy, tail(copy), ListNode.copyOf(slab, node), true);
        }
        return copy;
    }

    /** Frees up to {@code budget} nodes from the head; answers whether the list is gone. */
    static boolean free(Slab slab, long list, int budget) {
        long node = head(list);
        for (int i = 0; i < budget && node != 0; i++) {
            long after = ListNode.after(node);
            ListNode.free(slab, node);
            node = after;
        }
        if (node == 0) {
            slab.give(list, BYTES, TAG);
            return true;
        }
        // Good for nothing but to be freed further: neither counts nor back links are kept.
        Memory.putLong(list, node);
        return false;
    }

    // -------------------------------------------------------------------------------------------
    // nodes

    /** Adds a node for a listpack that is not empty at the tail; the list owns it from now on. */
    static void appendListpack(Slab slab, long list, long lp) {
        appendNode(slab, list, ListNode.ofListpack(slab, lp));
    }

    /** Adds a plain node at the tail; the element is copied. */
    static void appendElement(Slab slab, long list, long text, int length) {
        appendNode(slab, list, ListNode.ofElement(slab, text, length));
    }

    private static void appendNode(Slab slab, long list, long node) {
        addCount(list, ListNode.count(node));
        insertNode(slab, list, tail(list), node, true);
    }

    private static void link(long list, long there, long node, boolean after) {
        long left = after ? there : there == 0 ? 0 : ListNode.before(there);
        long right = after ? there == 0 ? 0 : ListNode.after(there) : there;
        ListNode.setBefore(node, left);
        ListNode.setAfter(node, right);
        if (left == 0) {
            Memory.putLong(list, node);
        } else {
            ListNode.setAfter(left, node);
        }
        if (right == 0) {
            Memory.putLong(list + TAIL, node);
        } else {
            ListNode.setBefore(right, node);
        }
        Memory.putLong(list + NODES, nodes(list) + 1);
    }

    private static void insertNode(Slab slab, long list, long there, long node, boolean after) {
        link(list, there, node, after);
        if (there != 0) {
            settle(slab, list, there);
        }
        settle(slab, list, node);
    }

    static void deleteNode(Slab slab, long list, long node) {
        long left = ListNode.before(node);
        long right = ListNode.after(node);
        if (left == 0) {
            Memory.putLong(list, right);
        } else {
            ListNode.setAfter(left, right);
        }
        if (right == 0) {
            Memory.putLong(list + TAIL, left);
        } else {
            ListNode.setBefore(right, left);
        }
        Memory.putLong(list + NODES, nodes(list) - 1);
        addCount(list, -ListNode.count(node));
        ListNode.free(slab, node);
        settle(slab, list, 0);
    }

    /**
     * Restores the rule of compression after the list of nodes changed near {@code node} (0:
     * somewhere): the outer nodes raw, {@code node} and the first inner ones compressed.
     */
    private static void settle(Slab slab, long list, long node) {
        int depth = depth(list);
        if (depth == 0 || nodes(list) < 2L * depth) {
            return;
        }
        long forward = head(list);
        long backward = tail(list);
        boolean outer = node == 0;
        for (int i = 0; i < depth; i++) {
            if (forward == 0 || backward == 0) {
                return;
            }
            ListNode.open(slab, forward);
            ListNode.open(slab, backward);
            outer |= forward == node || backward == node;
            if (forward == backward || ListNode.after(forward) == backward) {
                return;
            }
            forward = ListNode.after(forward);
            backward = ListNode.before(backward);
        }
        if (!outer) {
            ListNode.compress(slab, node);
        }
        ListNode.compress(slab, forward);
        ListNode.compress(slab, backward);
    }

    private static boolean hasRoom(long list, long node, int length, ListSettings settings) {
        return node != 0
                && !ListNode.isPlain(node)
                && !settings.isPlain(length)
                && !ListSettings.exceeds(
                        fill(list),
                        (long) ListNode.bytes(node) + length + ENTRY_OVERHEAD,
                        ListNode.count(node) + 1L);
    }

    private static long nodeOf(Slab slab, long text, int length, ListSettings settings) {
        if (settings.isPlain(length)) {
            return ListNode.ofElement(slab, text, length);
        }
        long lp = Listpack.create(slab, TAG);
        return ListNode.ofListpack(slab, Listpack.append(slab, TAG, lp, text, length));
    }

    // ---------------------------------------------------------------------------------------- the
    // ends

    static void push(
            Slab slab, long list, boolean first, long text, int length, ListSettings settings) {
        long end = first ? head(list) : tail(list);
        if (hasRoom(list, end, length, settings)) {
            addAtEdge(slab, list, end, first, text, length);
        } else {
            if (end != 0) {
                ListNode.tighten(slab, end);
            }
            insertNode(slab, list, end, nodeOf(slab, text, length, settings), !first);
        }
        addCount(list, 1);
    }

    /** Adds to a raw node before its first element, or after its last. */
    private static void addAtEdge(
            Slab slab, long list, long node, boolean first, long text, int length) {
        if (first) {
            ListNode.prepend(slab, node, text, length, ListSettings.mostBytes(fill(list)));
        } else {
            ListNode.append(slab, node, text, length);
        }
    }

    static void pop(Slab slab, long list, boolean first) {
        long node = first ? head(list) : tail(list);
        if (ListNode.count(node) == 1) {
            deleteNode(slab, list, node);
            return;
        }
        if (first) {
            ListNode.removeFirst(slab, node);
        } else {
            ListNode.removeLast(slab, node);
        }
        addCount(list, -1);
    }

    // ------------------------------------------------------------------------------------ in the
    // middle

    /** The node of a position, and that node's own first position in {@code first[0]}. */
    static long seek(long list, long index, long[] first) {
        long count = count(list);
        if (index < count / 2) {
            long node = head(list);
            long passed = 0;
            while (passed + ListNode.count(node) <= index) {
                passed += ListNode.count(node);
                node = ListNode.after(node);
            }
            first[0] = passed;
            return node;
        }
        long node = tail(list);
        long start = count - ListNode.count(node);
        while (start > index) {
            node = ListNode.before(node);
            start -= ListNode.count(node);
        }
        first[0] = start;
        return node;
    }

    /** Puts an element beside the one at a position of a node. */
    static void insert(
            Slab slab,
            long list,
            long node,
            int offset,
            boolean after,
            long text,
            int length,
            ListSettings settings) {
        boolean atEdge = after ? offset == ListNode.count(node) - 1 : offset == 0;
        if (hasRoom(list, node, length, settings)) {
            boolean compressed = ListNode.open(slab, node);
            long lp = ListNode.blob(node);
            int at = Listpack.seek(lp, offset);
            lp =
                    after
                            ? Listpack.insertAfter(slab, TAG, lp, at, text, length)
                            : Listpack.insert(slab, TAG, lp, at, text, length);
            ListNode.setListpack(node, lp, 1);
            recompress(slab, node, compressed);
        } else if (atEdge) {
            insertBeside(slab, list, node, after, text, length, settings);
        } else if (ListNode.isPlain(node)) {
            throw new IllegalStateException("a plain node has one element, which is at both edges");
        } else {
            insertInto(slab, list, node, offset, after, text, length, settings);
        }
        addCount(list, 1);
    }

    /** At a full node's edge: into the neighbour if it has room, else into a node between. */
    private static void insertBeside(
            Slab slab,
            long list,
            long node,
            boolean after,
            long text,
            int length,
            ListSettings settings) {
        long neighbour = after ? ListNode.after(node) : ListNode.before(node);
        if (hasRoom(list, neighbour, length, settings)) {
            boolean compressed = ListNode.open(slab, neighbour);
            addAtEdge(slab, list, neighbour, after, text, length);
            recompress(slab, neighbour, compressed);
        } else {
            insertNode(slab, list, node, nodeOf(slab, text, length, settings), after);
        }
    }

    /** In the middle of a full node: split it. */
    private static void insertInto(
            Slab slab,
            long list,
            long node,
            int offset,
            boolean after,
            long text,
            int length,
            ListSettings settings) {
        ListNode.open(slab, node);
        long part = split(slab, node, offset, after);
        if (settings.isPlain(length)) {
            long element = ListNode.ofElement(slab, text, length);
            insertNode(slab, list, node, element, after);
            insertNode(slab, list, element, part, after);
            return;
        }
        addAtEdge(slab, list, part, after, text, length);
        insertNode(slab, list, node, part, after);
        merge(slab, list, node);
    }

    private static void recompress(Slab slab, long node, boolean wasCompressed) {
        if (wasCompressed) {
            ListNode.compress(slab, node);
        }
    }

    /**
     * Moves a part of a raw node's elements into a new node, not linked yet: those after {@code
     * offset} if {@code after}, else those before it.
     */
    private static long split(Slab slab, long node, int offset, boolean after) {
        long lp = ListNode.blob(node);
        int count = ListNode.count(node);
        int keptOrMoved = after ? offset + 1 : offset;
        int cut = Listpack.seek(lp, keptOrMoved);
        if (cut == Listpack.NONE) {
            cut = Listpack.end(lp);
        }
        int moved = after ? count - keptOrMoved : keptOrMoved;
        long part;
        if (after) {
            part = Listpack.copyEntries(slab, TAG, lp, cut, Listpack.end(lp), moved);
            lp = Listpack.deleteEntries(slab, TAG, lp, cut, moved);
        } else {
            part = Listpack.copyEntries(slab, TAG, lp, Listpack.HEADER_BYTES, cut, moved);
            lp = Listpack.deleteEntries(slab, TAG, lp, Listpack.HEADER_BYTES, moved);
        }
        ListNode.setListpack(node, lp, -moved);
        return ListNode.ofListpack(slab, part);
    }

    /** After a split: joins small neighbours around a node, two on either side. */
    private static void merge(Slab slab, long list, long center) {
        long left = ListNode.before(center);
        long right = ListNode.after(center);
        if (left != 0 && mayJoin(list, ListNode.before(left), left)) {
            join(slab, list, ListNode.before(left), left);
        }
        if (right != 0 && mayJoin(list, right, ListNode.after(right))) {
            join(slab, list, right, ListNode.after(right));
        }
        long target = center;
        if (mayJoin(list, ListNode.before(center), center)) {
            target = join(slab, list, ListNode.before(center), center);
        }
        if (mayJoin(list, target, ListNode.after(target))) {
            join(slab, list, target, ListNode.after(target));
        }
    }

    private static boolean mayJoin(long list, long a, long b) {
        return a != 0
                && b != 0
                && !ListNode.isPlain(a)
                && !ListNode.isPlain(b)
                && !ListSettings.exceeds(
                        fill(list),
                        (long) ListNode.bytes(a) + ListNode.bytes(b) - Listpack.EMPTY_BYTES,
                        (long) ListNode.count(a) + ListNode.count(b));
    }

    /** Moves all of {@code b} behind the elements of {@code a}, which stays. */
    private static long join(Slab slab, long list, long a, long b) {
        ListNode.open(slab, a);
        ListNode.open(slab, b);
        int count = ListNode.count(b);
        long lp = Listpack.appendAll(slab, TAG, ListNode.blob(a), ListNode.blob(b));
        ListNode.setListpack(a, lp, count);
        addCount(list, count);
        deleteNode(slab, list, b);
        settle(slab, list, a);
        return a;
    }

    /** Replaces the element at a position of a node. */
    static void set(
            Slab slab,
            long list,
            long node,
            int offset,
            long text,
            int length,
            ListSettings settings) {
        boolean plain = ListNode.isPlain(node);
        boolean big =
                settings.isPlain(length)
                        || !plain && ListNode.bytes(node) + (long) length > Listpack.MAX_BYTES - 16;
        if (plain && big) {
            boolean compressed = ListNode.isCompressed(node);
            ListNode.setElement(slab, node, text, length);
            recompress(slab, node, compressed);
        } else if (!plain && !big) {
            boolean compressed = ListNode.open(slab, node);
            long lp = ListNode.blob(node);
            lp = Listpack.replace(slab, TAG, lp, Listpack.seek(lp, offset), text, length);
            ListNode.setListpack(node, lp, 0);
            recompress(slab, node, compressed);
        } else if (plain) {
            insert(slab, list, node, offset, true, text, length, settings);
            deleteNode(slab, list, node);
        } else {
            setApart(slab, list, node, offset, text, length);
        }
    }

    /** Takes a listpack's element out and puts a plain node in its place. */
    private static void setApart(
            Slab slab, long list, long node, int offset, long text, int length) {
        ListNode.open(slab, node);
        long element = ListNode.ofElement(slab, text, length);
        long rest = offset == ListNode.count(node) - 1 ? 0 : split(slab, node, offset, true);
        insertNode(slab, list, node, element, true);
        if (rest != 0) {
            insertNode(slab, list, element, rest, true);
        }
        addCount(list, 1);
        if (ListNode.count(node) == 1) {
            deleteNode(slab, list, node);
            return;
        }
        boolean compressed = ListNode.open(slab, node);
        long lp = ListNode.blob(node);
        ListNode.setListpack(node, Listpack.delete(slab, TAG, lp, Listpack.last(lp)), -1);
        addCount(list, -1);
        recompress(slab, node, compressed);
    }

    /** Removes {@code count} elements that are there, from a position on. */
    static void deleteRange(Slab slab, long list, long index, long count) {
        long[] first = new long[1];
        long node = seek(list, index, first);
        int offset = (int) (index - first[0]);
        long left = count;
        while (left > 0) {
            long next = ListNode.after(node);
            int here = (int) Math.min(left, ListNode.count(node) - offset);
            if (here == ListNode.count(node)) {
                deleteNode(slab, list, node);
            } else {
                boolean compressed = ListNode.open(slab, node);
                long lp = Listpack.deleteRange(slab, TAG, ListNode.blob(node), offset, here);
                ListNode.setListpack(node, lp, -here);
                addCount(list, -here);
                recompress(slab, node, compressed);
            }
            left -= here;
            node = next;
            offset = 0;
        }
    }

    /** Removes up to {@code limit} elements with this text, from the head or from the tail on. */
    static void removeEqual(
            Slab slab, long list, boolean fromHead, long limit, long text, int length) {
        long left = limit;
        long node = fromHead ? head(list) : tail(list);
        while (node != 0 && left > 0) {
            long next = fromHead ? ListNode.after(node) : ListNode.before(node);
            left -= removeEqualIn(slab, list, node, fromHead, left, text, length);
            node = next;
        }
    }

    private static long removeEqualIn(
            Slab slab, long list, long node, boolean fromHead, long limit, long text, int length) {
        boolean compressed = ListNode.open(slab, node);
        if (ListNode.isPlain(node)) {
            if (ListNode.bytes(node) == length && Memory.equal(ListNode.blob(node), text, length)) {
                deleteNode(slab, list, node);
                return 1;
            }
            recompress(slab, node, compressed);
            return 0;
        }
        long before = ListNode.count(node);
        long lp = ListValue.removeEqual(slab, ListNode.blob(node), fromHead, limit, text, length);
        int removed = (int) (before - Listpack.count(lp));
        ListNode.setListpack(node, lp, -removed);
        addCount(list, -removed);
        if (ListNode.count(node) == 0) {
            deleteNode(slab, list, node);
        } else {
            recompress(slab, node, compressed);
        }
        return removed;
    }

    static long memoryBytes(long list, long samples) {
        long bytes = 0;
        long seen = 0;
        for (long node = head(list); node != 0 && seen < samples; node = ListNode.after(node)) {
            bytes += ListNode.memoryBytes(node);
            seen++;
        }
        long nodes = nodes(list);
        return BYTES + (seen == nodes ? bytes : (long) ((double) bytes / seen * nodes));
    }
}
