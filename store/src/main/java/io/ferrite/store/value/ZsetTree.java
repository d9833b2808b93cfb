package io.ferrite.store.value;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * The ordered index of a large sorted set: a B+ tree of {@link ZsetElement}s by score, then by
 * member, that counts the elements below each of its nodes, so that ranks cost one descent.
 *
 * <p>Layout. A node is 1024 bytes; a tree that is a single leaf begins with less and doubles.
 *
 * <pre>
 *   node   0       2       3          4            8          16         24
 *          +-------+-------+----------+------------+----------+----------+---------+-- - -
 *          | count | level | capacity | generation | previous | next     | entry 0 |
 *          | u16   | u8    | u8       | u32        | leaf i64 | leaf i64 |         |
 *          +-------+-------+----------+------------+----------+----------+---------+-- - -
 *
 *   entry of a leaf (level 0), 16 bytes, up to 62:   | score f64 | element i64 |
 *   entry of another node, 32 bytes, up to 31:       | score f64 | element i64 | child i64 | elements i64 |
 * </pre>
 *
 * <p>Score and element of an inner entry are those of the first element below its child; the score
 * stands in the node so that a search reads a member only where scores are equal.
 *
 * <p>Cost: 16 bytes an element at a load of 0.75 to 0.85 after inserts in random order, nearly 1
 * after inserts in order (the outermost leaves are filled, not split), and a byte for the inner
 * nodes.
 *
 * <p>Invariants, checked by {@link #check}: all leaves on level 0; entries in strict order; every
 * inner entry agrees with the first element and the number of elements below it; the chain of
 * leaves holds all elements in order.
 *
 * <p>Nodes are split, merged or evened out on the way down, before they are entered, so that no
 * change goes back up (Guibas and Sedgewick, 1978). The tree's root and the number of its nodes are
 * kept in the sorted set's head, whose address all methods take. Not thread-safe.
 *
 * <p>A node that belongs to a frozen state ({@link ZsetFreeze}) is copied on the same way down, so
 * that all nodes above one that changes are the tree's own already. Only the chain of leaves leads
 * through the newest of each, and is kept up in old ones too.
 */
final class ZsetTree {

    /** Where the root node stands in the head, and how many nodes there are. */
    static final int ROOT_OFFSET = 8;

    static final int NODES_OFFSET = 16;

    /** How {@link #below} compares: which elements it counts. */
    static final int BEFORE = 0;

    static final int LOWER_SCORE = 1;
    static final int LOWER_OR_EQUAL_SCORE = 2;
    static final int LOWER_MEMBER = 3;
    static final int LOWER_OR_EQUAL_MEMBER = 4;

    static final int NODE_BYTES = 1024;
    static final int LEAF_CAPACITY = 62;
    static final int INNER_CAPACITY = 31;

    static final int HEADER = 24;
    private static final int LEAF_ENTRY = 16;
    private static final int INNER_ENTRY = 32;
    private static final int FIRST_CAPACITY = 6;

    private static final int LEVEL = 2;
    private static final int CAPACITY = 3;
    private static final int GENERATION = 4;
    private static final int PREVIOUS = 8;
    private static final int NEXT = 16;

    static final int ELEMENT = 8;
    private static final int CHILD = 16;
    private static final int ELEMENTS = 24;

    private static final MemoryTag TAG = MemoryTag.ZSET;

    private ZsetTree() {}

    // ------------------------------------------------------------------------------------------
    // nodes

    static long root(long head) {
        return Memory.getLong(head + ROOT_OFFSET);
    }

    static int count(long node) {
        return Memory.getUnsignedShort(node);
    }

    static void setCount(long node, int count) {
        Memory.putShort(node, count);
    }

    static boolean isLeaf(long node) {
        return level(node) == 0;
    }

    static int level(long node) {
        return Memory.getByte(node + LEVEL);
    }

    static int capacity(long node) {
        return Memory.getByte(node + CAPACITY);
    }

    private static int stride(long node) {
        return isLeaf(node) ? LEAF_ENTRY : INNER_ENTRY;
    }

    private static boolean isFull(long node) {
        return count(node) == capacity(node);
    }

    static long leafEntry(long node, int i) {
        return node + HEADER + (long) i * LEAF_ENTRY;
    }

    static long innerEntry(long node, int i) {
        return node + HEADER + (long) i * INNER_ENTRY;
    }

    static long child(long node, int i) {
        return Memory.getLong(innerEntry(node, i) + CHILD);
    }

    static long elements(long node, int i) {
        return Memory.getLong(innerEntry(node, i) + ELEMENTS);
    }

    private static void addElements(long node, int i, long more) {
        Memory.putLong(innerEntry(node, i) + ELEMENTS, elements(node, i) + more);
    }

    static long next(long leaf) {
        return Memory.getLong(leaf + NEXT);
    }

    static long previous(long leaf) {
        return Memory.getLong(leaf + PREVIOUS);
    }

    static int leafCount(long leaf) {
        return count(leaf);
    }

    static long element(long leaf, int i) {
        return Memory.getLong(leafEntry(leaf, i) + ELEMENT);
    }

    static double score(long leaf, int i) {
        return Memory.getDouble(leafEntry(leaf, i));
    }

    private static long newNode(Slab slab, long head, int level, int bytes) {
        long node = slab.take(bytes, TAG);
        Memory.putShort(node, 0);
        Memory.putByte(node + LEVEL, level);
        int stride = level == 0 ? LEAF_ENTRY : INNER_ENTRY;
        Memory.putByte(node + CAPACITY, (bytes - HEADER) / stride);
        Memory.putInt(node + GENERATION, ZsetFreeze.generation(head));
        Memory.putLong(node + PREVIOUS, 0);
        Memory.putLong(node + NEXT, 0);
        Memory.putLong(head + NODES_OFFSET, Memory.getLong(head + NODES_OFFSET) + 1);
        return node;
    }

    static void freeNode(Slab slab, long head, long node) {
        Memory.putLong(head + NODES_OFFSET, Memory.getLong(head + NODES_OFFSET) - 1);
        freeBlock(slab, node);
    }

    /** A node is the tree's no more; a frozen state may still need it. */
    private static void dropNode(Slab slab, long head, long node) {
        if (ZsetFreeze.isFrozen(head) && isShared(head, node)) {
            Memory.putLong(head + NODES_OFFSET, Memory.getLong(head + NODES_OFFSET) - 1);
            ZsetFreeze.keepNode(slab, head, node);
        } else {
            freeNode(slab, head, node);
        }
    }

    static void freeBlock(Slab slab, long node) {
        slab.give(node, nodeBytes(node), TAG);
    }

    /** The root, to be changed. */
    private static long ownRoot(Slab slab, long head) {
        long node = root(head);
        if (ZsetFreeze.isFrozen(head) && isShared(head, node)) {
            node = copy(slab, head, node);
            Memory.putLong(head + ROOT_OFFSET, node);
        }
        return node;
    }

    /** A child, to be changed, of a node that is the tree's own. */
    private static long ownChild(Slab slab, long head, long node, int i) {
        long child = child(node, i);
        if (ZsetFreeze.isFrozen(head) && isShared(head, child)) {
            child = copy(slab, head, child);
            Memory.putLong(innerEntry(node, i) + CHILD, child);
        }
        return child;
    }

    private static boolean isShared(long head, long node) {
        return Memory.getInt(node + GENERATION) != ZsetFreeze.generation(head);
    }

    /** A node of the tree's own in the place of one that a frozen state needs. */
    private static long copy(Slab slab, long head, long node) {
        long copy = newNode(slab, head, level(node), (int) nodeBytes(node));
        setCount(copy, count(node));
        Memory.copy(
                node + PREVIOUS,
                copy + PREVIOUS,
                HEADER - PREVIOUS + (long) count(node) * stride(node));
        if (isLeaf(node)) {
            if (previous(copy) != 0) {
                Memory.putLong(previous(copy) + NEXT, copy);
            }
            if (next(copy) != 0) {
                Memory.putLong(next(copy) + PREVIOUS, copy);
            }
        }
        dropNode(slab, head, node);
        return copy;
    }

    private static long nodeBytes(long node) {
        return isLeaf(node) ? HEADER + (long) capacity(node) * LEAF_ENTRY + 8 : NODE_BYTES;
    }

    static void create(Slab slab, long head) {
        Memory.putLong(head + NODES_OFFSET, 0);
        int bytes = HEADER + FIRST_CAPACITY * LEAF_ENTRY + 8;
        Memory.putLong(head + ROOT_OFFSET, newNode(slab, head, 0, bytes));
    }

    /** Bytes of all nodes. */
    static long bytes(long head) {
        long nodes = Memory.getLong(head + NODES_OFFSET);
        return nodes == 1 ? nodeBytes(root(head)) : nodes * NODE_BYTES;
    }

    static long nodes(long head) {
        return Memory.getLong(head + NODES_OFFSET);
    }

    // ------------------------------------------------------------------------------------------
    // search

    /** Whether an entry comes before a key, as {@code mode} understands it. */
    static boolean isBelow(long entry, int mode, double score, long member, int length) {
        double own = Memory.getDouble(entry);
        switch (mode) {
            case LOWER_SCORE:
                return own < score;
            case LOWER_OR_EQUAL_SCORE:
                return own <= score;
            case BEFORE:
                if (own != score) {
                    return own < score;
                }
                break;
            default:
                break;
        }
        long element = Memory.getLong(entry + ELEMENT);
        int order =
                Memory.compare(
                        ZsetElement.member(element), ZsetElement.length(element), member, length);
        return mode == LOWER_OR_EQUAL_MEMBER ? order <= 0 : order < 0;
    }

    /** How many entries of a node come before a key. */
    private static int entriesBelow(long node, int mode, double score, long member, int length) {
        int stride = stride(node);
        int low = 0;
        int high = count(node);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (isBelow(node + HEADER + (long) middle * stride, mode, score, member, length)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** How many elements come before a key. Only what {@code mode} compares needs to be given. */
    static long below(long head, int mode, double score, long member, int length) {
        long node = root(head);
        long sum = 0;
        while (!isLeaf(node)) {
            int i = entriesBelow(node, mode, score, member, length);
            if (i == 0) {
                return sum;
            }
            for (int k = 0; k < i - 1; k++) {
                sum += elements(node, k);
            }
            node = child(node, i - 1);
        }
        return sum + entriesBelow(node, mode, score, member, length);
    }

    static long rank(long head, long element) {
        return below(
                head,
                BEFORE,
                ZsetElement.score(element),
                ZsetElement.member(element),
                ZsetElement.length(element));
    }

    /** The leaf that holds the element of this rank, which exists; {@code place} receives where. */
    static long seek(long head, long rank, int[] place) {
        long node = root(head);
        long left = rank;
        while (!isLeaf(node)) {
            int i = 0;
            while (left >= elements(node, i)) {
                left -= elements(node, i);
                i++;
            }
            node = child(node, i);
        }
        place[0] = (int) left;
        return node;
    }

    static long elementAt(long head, long rank) {
        long node = root(head);
        long left = rank;
        while (!isLeaf(node)) {
            int i = 0;
            while (left >= elements(node, i)) {
                left -= elements(node, i);
                i++;
            }
            node = child(node, i);
        }
        return element(node, (int) left);
    }

    /** The child that an element belongs under, by the key of it. */
    private static int childFor(long node, double score, long member, int length) {
        int i = entriesBelow(node, BEFORE, score, member, length);
        if (i < count(node)) {
            // An entry equal to the key is the key's own child.
            long entry = innerEntry(node, i);
            if (Memory.getDouble(entry) == score) {
                long element = Memory.getLong(entry + ELEMENT);
                if (ZsetElement.length(element) == length
                        && Memory.equal(ZsetElement.member(element), member, length)) {
                    return i;
                }
            }
        }
        return Math.max(0, i - 1);
    }

    // ------------------------------------------------------------------------------------------
    // insert

    /** Adds an element that is not there. */
    static void insert(Slab slab, long head, long element) {
        double score = ZsetElement.score(element);
        long member = ZsetElement.member(element);
        int length = ZsetElement.length(element);
        long node = ownRoot(slab, head);
        if (isFull(node)) {
            node = growRoot(slab, head, node);
        }
        while (!isLeaf(node)) {
            int i = Math.max(0, entriesBelow(node, BEFORE, score, member, length) - 1);
            if (isFull(child(node, i))) {
                i = makeRoom(slab, head, node, i, element);
            }
            long entry = innerEntry(node, i);
            if (!isBelow(entry, BEFORE, score, member, length)) {
                putKey(entry, score, element);
            }
            addElements(node, i, 1);
            node = ownChild(slab, head, node, i);
        }
        int at = entriesBelow(node, BEFORE, score, member, length);
        putKey(open(node, at), score, element);
    }

    private static void putKey(long entry, double score, long element) {
        Memory.putDouble(entry, score);
        Memory.putLong(entry + ELEMENT, element);
    }

    /** Makes room for an entry and answers where it is. */
    private static long open(long node, int i) {
        int stride = stride(node);
        int count = count(node);
        long entry = node + HEADER + (long) i * stride;
        Memory.copy(entry, entry + stride, (long) (count - i) * stride);
        setCount(node, count + 1);
        return entry;
    }

    private static void close(long node, int i) {
        int stride = stride(node);
        int count = count(node);
        long entry = node + HEADER + (long) i * stride;
        Memory.copy(entry + stride, entry, (long) (count - i - 1) * stride);
        setCount(node, count - 1);
    }

    /** A larger leaf, or a node above the full root; answers the new root. */
    private static long growRoot(Slab slab, long head, long root) {
        int capacity = capacity(root);
        long grown;
        if (isLeaf(root) && capacity < LEAF_CAPACITY) {
            long bytes = Math.min(2 * nodeBytes(root), NODE_BYTES);
            grown = slab.resize(root, nodeBytes(root), bytes, TAG);
            Memory.putByte(grown + CAPACITY, (int) (bytes - HEADER) / LEAF_ENTRY);
        } else {
            grown = newNode(slab, head, level(root) + 1, NODE_BYTES);
            setCount(grown, 1);
            long entry = innerEntry(grown, 0);
            long first = root + HEADER;
            putKey(entry, Memory.getDouble(first), Memory.getLong(first + ELEMENT));
            Memory.putLong(entry + CHILD, root);
            Memory.putLong(entry + ELEMENTS, total(root));
        }
        Memory.putLong(head + ROOT_OFFSET, grown);
        return grown;
    }

    private static long total(long node) {
        int count = count(node);
        if (isLeaf(node)) {
            return count;
        }
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += elements(node, i);
        }
        return sum;
    }

    /** Sees to it that the child for a new element has room; answers which one that is then. */
    private static int makeRoom(Slab slab, long head, long node, int i, long element) {
        double score = ZsetElement.score(element);
        long member = ZsetElement.member(element);
        int length = ZsetElement.length(element);
        long child = child(node, i);
        boolean leaf = isLeaf(child);
        if (leaf
                && next(child) == 0
                && isBelow(leafEntry(child, count(child) - 1), BEFORE, score, member, length)) {
            addEmptyLeaf(slab, head, node, i, i + 1, element);
            return i + 1;
        }
        if (leaf
                && previous(child) == 0
                && !isBelow(leafEntry(child, 0), BEFORE, score, member, length)) {
            addEmptyLeaf(slab, head, node, i, i, element);
            return i;
        }
        int spare = leaf ? LEAF_CAPACITY / 6 : INNER_CAPACITY / 6;
        if (i > 0 && count(child(node, i - 1)) <= capacity(child) - spare) {
            even(slab, head, node, i - 1);
        } else if (i + 1 < count(node) && count(child(node, i + 1)) <= capacity(child) - spare) {
            even(slab, head, node, i);
        } else {
            split(slab, head, node, i);
        }
        return Math.max(0, entriesBelow(node, BEFORE, score, member, length) - 1);
    }

    /** A leaf for an element beyond either end of the tree, so that the full one stays full. */
    private static void addEmptyLeaf(
            Slab slab, long head, long node, int beside, int at, long element) {
        long full = child(node, beside);
        long leaf = newNode(slab, head, 0, NODE_BYTES);
        if (at > beside) {
            Memory.putLong(full + NEXT, leaf);
            Memory.putLong(leaf + PREVIOUS, full);
        } else {
            Memory.putLong(full + PREVIOUS, leaf);
            Memory.putLong(leaf + NEXT, full);
        }
        long entry = open(node, at);
        putKey(entry, ZsetElement.score(element), element);
        Memory.putLong(entry + CHILD, leaf);
        Memory.putLong(entry + ELEMENTS, 0);
    }

    private static void split(Slab slab, long head, long node, int i) {
        long left = ownChild(slab, head, node, i);
        long right = newNode(slab, head, level(left), NODE_BYTES);
        if (isLeaf(left)) {
            long after = next(left);
            Memory.putLong(right + PREVIOUS, left);
            Memory.putLong(right + NEXT, after);
            Memory.putLong(left + NEXT, right);
            if (after != 0) {
                Memory.putLong(after + PREVIOUS, right);
            }
        }
        long entry = open(node, i + 1);
        Memory.putLong(entry + CHILD, right);
        Memory.putLong(entry + ELEMENTS, 0);
        // Inner nodes at the end of an ordered load stay full as well.
        boolean last = !isLeaf(left) && i + 2 == count(node);
        shift(slab, head, node, i, last ? count(left) - 2 : count(left) / 2);
    }

    /** Moves entries between children i and i + 1 so that both have about as many. */
    private static void even(Slab slab, long head, long node, int i) {
        int both = count(child(node, i)) + count(child(node, i + 1));
        shift(slab, head, node, i, both / 2);
    }

    /** Moves entries between children i and i + 1 so that the left one has {@code wanted}. */
    private static void shift(Slab slab, long head, long node, int i, int wanted) {
        long left = ownChild(slab, head, node, i);
        long right = ownChild(slab, head, node, i + 1);
        int stride = stride(left);
        int leftCount = count(left);
        int rightCount = count(right);
        int moved = leftCount - wanted;
        long elements = 0;
        if (moved > 0) {
            long from = left + HEADER + (long) wanted * stride;
            elements = sum(left, wanted, leftCount);
            Memory.copy(
                    right + HEADER,
                    right + HEADER + (long) moved * stride,
                    (long) rightCount * stride);
            Memory.copy(from, right + HEADER, (long) moved * stride);
        } else if (moved < 0) {
            elements = -sum(right, 0, -moved);
            Memory.copy(
                    right + HEADER,
                    left + HEADER + (long) leftCount * stride,
                    (long) -moved * stride);
            Memory.copy(
                    right + HEADER + (long) -moved * stride,
                    right + HEADER,
                    (long) (rightCount + moved) * stride);
        }
        setCount(left, wanted);
        setCount(right, rightCount + moved);
        addElements(node, i, -elements);
        addElements(node, i + 1, elements);
        refreshKey(node, i + 1);
    }

    private static long sum(long node, int from, int to) {
        if (isLeaf(node)) {
            return to - from;
        }
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += elements(node, i);
        }
        return sum;
    }

    /** The key of an inner entry follows the first element below it, if there is one. */
    private static void refreshKey(long node, int i) {
        long child = child(node, i);
        if (count(child) != 0) {
            long first = child + HEADER;
            putKey(innerEntry(node, i), Memory.getDouble(first), Memory.getLong(first + ELEMENT));
        }
    }

    // ------------------------------------------------------------------------------------------
    // remove

    /** Takes an element out that is there; its score is still the one that it was inserted with. */
    static void remove(Slab slab, long head, long element) {
        remove(
                slab,
                head,
                ownRoot(slab, head),
                ZsetElement.score(element),
                ZsetElement.member(element),
                ZsetElement.length(element));
        long root = root(head);
        while (!isLeaf(root) && count(root) == 1) {
            long only = child(root, 0);
            dropNode(slab, head, root);
            Memory.putLong(head + ROOT_OFFSET, only);
            root = only;
        }
    }

    private static void remove(
            Slab slab, long head, long node, double score, long member, int length) {
        if (isLeaf(node)) {
            close(node, entriesBelow(node, BEFORE, score, member, length));
            return;
        }
        int i = childFor(node, score, member, length);
        long child = child(node, i);
        if (count(child) <= capacity(child) / 4) {
            int left = i > 0 ? i - 1 : i;
            if (count(child(node, left)) + count(child(node, left + 1)) <= capacity(child)) {
                merge(slab, head, node, left);
            } else {
                even(slab, head, node, left);
            }
            i = childFor(node, score, member, length);
        }
        remove(slab, head, ownChild(slab, head, node, i), score, member, length);
        addElements(node, i, -1);
        refreshKey(node, i);
    }

    private static void merge(Slab slab, long head, long node, int i) {
        long left = ownChild(slab, head, node, i);
        long right = ownChild(slab, head, node, i + 1);
        if (isLeaf(left)) {
            long after = next(right);
            Memory.putLong(left + NEXT, after);
            if (after != 0) {
                Memory.putLong(after + PREVIOUS, left);
            }
        }
        shift(slab, head, node, i, count(left) + count(right));
        close(node, i + 1);
        freeNode(slab, head, right);
    }

    /**
     * Gives an element another score. Where it stays between its neighbours in the leaf, nothing
     * else changes.
     */
    static void setScore(Slab slab, long head, long element, double score) {
        long node = ownRoot(slab, head);
        double old = ZsetElement.score(element);
        long member = ZsetElement.member(element);
        int length = ZsetElement.length(element);
        while (!isLeaf(node)) {
            node = ownChild(slab, head, node, childFor(node, old, member, length));
        }
        int at = entriesBelow(node, BEFORE, old, member, length);
        if (at > 0
                && at + 1 < count(node)
                && score > score(node, at - 1)
                && score < score(node, at + 1)) {
            ZsetElement.setScore(element, score);
            Memory.putDouble(leafEntry(node, at), score);
            return;
        }
        remove(slab, head, element);
        ZsetElement.setScore(element, score);
        insert(slab, head, element);
    }
}
