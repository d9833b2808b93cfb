package io.ferrite.store.stream;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * Records of one size in the order of their {@link StreamId}s: the blocks of a stream, and the
 * pending entries of groups and consumers. A B+ tree whose owner keeps its handle:
 *
 * <pre>
 *   handle 0          8          16         20         24
 *          +----------+----------+----------+----------+
 *          | root     | records  | nodes    | record's |
 *          | node i64 | i64      | u32      | bytes u32|     root 0: no record, no memory
 *          +----------+----------+----------+----------+
 *
 *   node   0       2       4          8          16         24
 *          +-------+-------+----------+----------+----------+----------+- - -
 *          | count | level | capacity | previous | next     | record 0 | record 1
 *          | u16   | u16   | u32      | leaf i64 | leaf i64 |          |
 *          +-------+-------+----------+----------+----------+----------+- - -
 *
 *   record of a leaf (level 0):   | ms u64 | seq u64 | what the owner keeps with the id |
 *   record of another node:       | ms u64 | seq u64 | child i64 |
 * </pre>
 *
 * <p>The id in an inner record is above all ids of the children before it and not above those of
 * its own; that of the first is never looked at.
 *
 * <p>A node is 1024 bytes; a tree that is a single leaf begins with one record and doubles. Ids
 * mostly come in order: the last leaf is then filled, not split, so that a tree is nearly full.
 * Neighbours are joined when they fill three quarters of a node together.
 *
 * <p>Memory belongs to the {@link Slab} handed in, under {@link MemoryTag#STREAM}. Not thread-safe.
 */
public final class IdTree {

    /** Bytes of a handle. */
    public static final int HANDLE_BYTES = 24;

    /** No record. */
    public static final long NONE = 0;

    /** Where a record's own bytes begin. */
    public static final int PAYLOAD = 16;

    static final int HEADER = 24;
    static final int NEXT = 16;
    static final int PREVIOUS = 8;

    private static final int NODE_BYTES = 1024;
    private static final int INNER_BYTES = 24;
    private static final int INNER_CAPACITY = (NODE_BYTES - HEADER) / INNER_BYTES;
    private static final int CHILD = PAYLOAD;

    private static final int COUNT = 8;
    private static final int NODES = 16;
    private static final int RECORD_BYTES = 20;

    private static final int LEVEL = 2;
    private static final int CAPACITY = 4;

    private static final MemoryTag TAG = MemoryTag.STREAM;

    private IdTree() {}

    /** Told of one record after the other. */
    @FunctionalInterface
    public interface RecordSink {
        void record(long address);
    }

    // ------------------------------------------------------------------------------- the whole

    /** Makes an empty tree of a handle. */
    static void create(long tree, int recordBytes) {
        Memory.putLong(tree, 0);
        Memory.putLong(tree + COUNT, 0);
        Memory.putInt(tree + NODES, 0);
        Memory.putInt(tree + RECORD_BYTES, recordBytes);
    }

    public static long count(long tree) {
        return Memory.getLong(tree + COUNT);
    }

    static long nodes(long tree) {
        return Memory.getInt(tree + NODES);
    }

    /** Bytes that the nodes take. */
    static long bytes(long tree) {
        long root = root(tree);
        if (root == 0) {
            return 0;
        }
        long nodes = nodes(tree);
        return nodes == 1 ? Slab.roundUp(nodeBytes(root, stride(tree))) : nodes * NODE_BYTES;
    }

    static long root(long tree) {
        return Memory.getLong(tree);
    }

    private static int stride(long tree) {
        return Memory.getInt(tree + RECORD_BYTES);
    }

    // ------------------------------------------------------------------------------------- nodes

    static int count16(long node) {
        return Memory.getUnsignedShort(node);
    }

    private static void setCount(long node, int count) {
        Memory.putShort(node, count);
    }

    static boolean isLeaf(long node) {
        return Memory.getShort(node + LEVEL) == 0;
    }

    private static boolean isFull(long node) {
        return count16(node) == Memory.getInt(node + CAPACITY);
    }

    private static int leafCapacity(int stride) {
        return (NODE_BYTES - HEADER) / stride;
    }

    private static long inner(long node, int i) {
        return node + HEADER + (long) i * INNER_BYTES;
    }

    static long child(long node, int i) {
        return Memory.getLong(inner(node, i) + CHILD);
    }

    private static long nodeBytes(long node, int stride) {
        int capacity = Memory.getInt(node + CAPACITY);
        return isLeaf(node) && capacity < leafCapacity(stride)
                ? HEADER + (long) capacity * stride
                : NODE_BYTES;
    }

    private static long newNode(Slab slab, long tree, int level, int capacity, long bytes) {
        long node = slab.take(bytes, TAG);
        Memory.putShort(node, 0);
        Memory.putShort(node + LEVEL, level);
        Memory.putInt(node + CAPACITY, capacity);
        Memory.putLong(node + PREVIOUS, 0);
        Memory.putLong(node + NEXT, 0);
        Memory.putInt(tree + NODES, Memory.getInt(tree + NODES) + 1);
        return node;
    }

    private static long newFullNode(Slab slab, long tree, int level) {
        int capacity = level == 0 ? leafCapacity(stride(tree)) : INNER_CAPACITY;
        return newNode(slab, tree, level, capacity, NODE_BYTES);
    }

    private static void freeNode(Slab slab, long tree, long node) {
        Memory.putInt(tree + NODES, Memory.getInt(tree + NODES) - 1);
        slab.give(node, nodeBytes(node, stride(tree)), TAG);
    }

    // ------------------------------------------------------------------------------------ search

    /** How many records of a leaf have an id below this one. */
    static int below(long leaf, int stride, long ms, long seq) {
        return below(leaf, stride, 0, ms, seq);
    }

    /** The first record from {@code low} on whose id is not below this one. */
    private static int below(long node, int stride, int from, long ms, long seq) {
        int low = from;
        int high = count16(node);
        while (low < high) {
            int middle = low + high >>> 1;
            long record = node + HEADER + (long) middle * stride;
            long own = Memory.getLong(record);
            int order =
                    own != ms
                            ? Long.compareUnsigned(own, ms)
                            : Long.compareUnsigned(Memory.getLong(record + 8), seq);
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static boolean isAt(long record, long ms, long seq) {
        return Memory.getLong(record) == ms && Memory.getLong(record + 8) == seq;
    }

    /** The child that an id belongs under. */
    private static int childFor(long node, long ms, long seq) {
        int i = below(node, INNER_BYTES, 1, ms, seq);
        return i < count16(node) && isAt(inner(node, i), ms, seq) ? i : i - 1;
    }

    /** The leaf that an id belongs into; 0 in an empty tree. */
    static long leafFor(long tree, long ms, long seq) {
        long node = root(tree);
        while (node != 0 && !isLeaf(node)) {
            node = child(node, childFor(node, ms, seq));
        }
        return node;
    }

    /** The first leaf, or the last; 0 in an empty tree. */
    static long edgeLeaf(long tree, boolean last) {
        long node = root(tree);
        while (node != 0 && !isLeaf(node)) {
            node = child(node, last ? count16(node) - 1 : 0);
        }
        return node;
    }

    static long record(long tree, long leaf, int i) {
        return leaf + HEADER + (long) i * stride(tree);
    }

    /** The record of an id, or {@link #NONE}; good until the tree changes. */
    public static long find(long tree, long ms, long seq) {
        long leaf = leafFor(tree, ms, seq);
        if (leaf == 0) {
            return NONE;
        }
        int stride = stride(tree);
        int i = below(leaf, stride, ms, seq);
        long record = leaf + HEADER + (long) i * stride;
        return i < count16(leaf) && isAt(record, ms, seq) ? record : NONE;
    }

    /** The record with the lowest id, or the highest; {@link #NONE} in an empty tree. */
    public static long edge(long tree, boolean last) {
        long leaf = edgeLeaf(tree, last);
        return leaf == 0 ? NONE : record(tree, leaf, last ? count16(leaf) - 1 : 0);
    }

    // ------------------------------------------------------------------------------------ insert

    /**
     * Makes a record for an id that has none. What is kept with it is not set yet; the address is
     * good until the tree changes.
     */
    static long insert(Slab slab, long tree, long ms, long seq) {
        int stride = stride(tree);
        long node = root(tree);
        if (node == 0) {
            node = newNode(slab, tree, 0, 1, HEADER + stride);
            Memory.putLong(tree, node);
        } else if (isFull(node)) {
            node = growRoot(slab, tree, node);
        }
        while (!isLeaf(node)) {
            int i = childFor(node, ms, seq);
            if (isFull(child(node, i))) {
                i = makeRoom(slab, tree, node, i, ms, seq);
            }
            node = child(node, i);
        }
        Memory.putLong(tree + COUNT, count(tree) + 1);
        return open(node, stride, below(node, stride, ms, seq), ms, seq);
    }

    /** Makes room for a record with an id. */
    private static long open(long node, int stride, int i, long ms, long seq) {
        int count = count16(node);
        long record = node + HEADER + (long) i * stride;
        if (i < count) {
            Memory.copy(record, record + stride, (long) (count - i) * stride);
        }
        setCount(node, count + 1);
        Memory.putLong(record, ms);
        Memory.putLong(record + 8, seq);
        return record;
    }

    private static void close(long node, int stride, int i) {
        int count = count16(node);
        long record = node + HEADER + (long) i * stride;
        Memory.copy(record + stride, record, (long) (count - i - 1) * stride);
        setCount(node, count - 1);
    }

    /** A larger leaf, or a node above the full root; answers the new root. */
    private static long growRoot(Slab slab, long tree, long root) {
        int stride = stride(tree);
        int capacity = Memory.getInt(root + CAPACITY);
        long grown;
        if (isLeaf(root) && capacity < leafCapacity(stride)) {
            int larger = Math.min(2 * capacity, leafCapacity(stride));
            long bytes =
                    larger == leafCapacity(stride) ? NODE_BYTES : HEADER + (long) larger * stride;
            grown = slab.resize(root, nodeBytes(root, stride), bytes, TAG);
            Memory.putInt(grown + CAPACITY, larger);
        } else {
            grown = newFullNode(slab, tree, Memory.getShort(root + LEVEL) + 1);
            Memory.putLong(open(grown, INNER_BYTES, 0, 0, 0) + CHILD, root);
        }
        Memory.putLong(tree, grown);
        return grown;
    }

    /** Sees to it that the child for a new id has room; answers which one that is then. */
    private static int makeRoom(Slab slab, long tree, long node, int i, long ms, long seq) {
        long child = child(node, i);
        int level = Memory.getShort(child + LEVEL);
        int stride = level == 0 ? stride(tree) : INNER_BYTES;
        int count = count16(child);
        // Behind all there is: the last leaf stays full.
        boolean appends =
                level == 0
                        && Memory.getLong(child + NEXT) == 0
                        && below(child, stride, ms, seq) == count;
        int kept = appends ? count : count / 2;
        long right = newFullNode(slab, tree, level);
        long from = child + HEADER + (long) kept * stride;
        Memory.copy(from, right + HEADER, (long) (count - kept) * stride);
        setCount(right, count - kept);
        setCount(child, kept);
        if (level == 0) {
            link(child, right, Memory.getLong(child + NEXT));
        }
        long first = right + HEADER;
        long rightMs = appends ? ms : Memory.getLong(first);
        long rightSeq = appends ? seq : Memory.getLong(first + 8);
        Memory.putLong(open(node, INNER_BYTES, i + 1, rightMs, rightSeq) + CHILD, right);
        return StreamId.compare(ms, seq, rightMs, rightSeq) < 0 ? i : i + 1;
    }

    private static void link(long left, long leaf, long right) {
        Memory.putLong(leaf + PREVIOUS, left);
        Memory.putLong(leaf + NEXT, right);
        if (left != 0) {
            Memory.putLong(left + NEXT, leaf);
        }
        if (right != 0) {
            Memory.putLong(right + PREVIOUS, leaf);
        }
    }

    private static void unlink(long leaf) {
        long left = Memory.getLong(leaf + PREVIOUS);
        long right = Memory.getLong(leaf + NEXT);
        if (left != 0) {
            Memory.putLong(left + NEXT, right);
        }
        if (right != 0) {
            Memory.putLong(right + PREVIOUS, left);
        }
    }

    // ------------------------------------------------------------------------------------ remove

    /** Removes the record of an id; says whether there was one. */
    static boolean remove(Slab slab, long tree, long ms, long seq) {
        long root = root(tree);
        if (root == 0 || !removeBelow(slab, tree, root, ms, seq)) {
            return false;
        }
        Memory.putLong(tree + COUNT, count(tree) - 1);
        while (!isLeaf(root) && count16(root) == 1) {
            long only = child(root, 0);
            freeNode(slab, tree, root);
            root = only;
            Memory.putLong(tree, root);
        }
        if (count16(root) == 0) {
            freeNode(slab, tree, root);
            Memory.putLong(tree, 0);
        }
        return true;
    }

    /** As deep as the tree is high. */
    private static boolean removeBelow(Slab slab, long tree, long node, long ms, long seq) {
        if (isLeaf(node)) {
            int stride = stride(tree);
            int i = below(node, stride, ms, seq);
            if (i == count16(node) || !isAt(node + HEADER + (long) i * stride, ms, seq)) {
                return false;
            }
            close(node, stride, i);
            return true;
        }
        int i = childFor(node, ms, seq);
        long child = child(node, i);
        if (!removeBelow(slab, tree, child, ms, seq)) {
            return false;
        }
        if (count16(child) == 0) {
            if (isLeaf(child)) {
                unlink(child);
            }
            freeNode(slab, tree, child);
            close(node, INNER_BYTES, i);
        } else if (i + 1 < count16(node) && mayJoin(tree, child, child(node, i + 1))) {
            join(slab, tree, node, i);
        } else if (i > 0 && mayJoin(tree, child(node, i - 1), child)) {
            join(slab, tree, node, i - 1);
        }
        return true;
    }

    private static boolean mayJoin(long tree, long left, long right) {
        int most = isLeaf(left) ? leafCapacity(stride(tree)) : INNER_CAPACITY;
        return 4 * (count16(left) + count16(right)) <= 3 * most;
    }

    /** Moves all records of a node's child behind those of the child before it. */
    private static void join(Slab slab, long tree, long node, int i) {
        long left = child(node, i);
        long right = child(node, i + 1);
        boolean leaf = isLeaf(left);
        int stride = leaf ? stride(tree) : INNER_BYTES;
        int kept = count16(left);
        int moved = count16(right);
        if (!leaf) {
            // The first child's own id was never looked at: it becomes the border's.
            Memory.copy(inner(node, i + 1), right + HEADER, PAYLOAD);
        }
        Memory.copy(right + HEADER, left + HEADER + (long) kept * stride, (long) moved * stride);
        setCount(left, kept + moved);
        if (leaf) {
            unlink(right);
        }
        freeNode(slab, tree, right);
        close(node, INNER_BYTES, i + 1);
    }

    // --------------------------------------------------------------------------------- releasing

    /**
     * Gives a tree back piece by piece, the highest ids first: tells of at most about {@code
     * budget} of its records and frees what they stood in. Answers what is left of the budget;
     * nothing else may be asked of the tree until all is gone.
     */
    static int release(Slab slab, long tree, int budget, RecordSink sink) {
        int left = budget;
        while (root(tree) != 0 && left > 0) {
            long parent = 0;
            long node = root(tree);
            while (!isLeaf(node) && count16(node) > 0) {
                parent = node;
                node = child(node, count16(node) - 1);
            }
            if (sink != null && isLeaf(node)) {
                int told = Math.min(left, count16(node));
                for (int i = 0; i < told; i++) {
                    sink.record(record(tree, node, count16(node) - 1));
                    setCount(node, count16(node) - 1);
                }
                left -= told;
                if (count16(node) > 0) {
                    return left;
                }
            }
            left--;
            freeNode(slab, tree, node);
            if (parent == 0) {
                Memory.putLong(tree, 0);
                Memory.putLong(tree + COUNT, 0);
            } else {
                setCount(parent, count16(parent) - 1);
            }
        }
        return left;
    }

    // ------------------------------------------------------------------------------------ checks

    /** For tests: throws where an invariant does not hold. */
    static void check(long tree) {
        long root = root(tree);
        long[] seen = new long[2];
        if (root != 0) {
            checkBelow(tree, root, Memory.getShort(root + LEVEL), seen);
        }
        long inChain = 0;
        long before = 0;
        for (long leaf = edgeLeaf(tree, false); leaf != 0; leaf = Memory.getLong(leaf + NEXT)) {
            require(Memory.getLong(leaf + PREVIOUS) == before, "chain");
            before = leaf;
            inChain += count16(leaf);
        }
        require(seen[0] == count(tree) && inChain == count(tree), "count");
        require(seen[1] == nodes(tree), "nodes");
        require(before == edgeLeaf(tree, true), "last leaf");
        checkOrder(tree);
    }

    private static void checkOrder(long tree) {
        IdCursor cursor = new IdCursor().first(tree);
        StreamId last = new StreamId();
        for (boolean first = true; cursor.isValid(); first = false, cursor.next()) {
            require(first || last.compareTo(cursor.ms(), cursor.seq()) < 0, "order");
            last.set(cursor.ms(), cursor.seq());
            require(find(tree, last.ms(), last.seq()) == cursor.record(), "found");
        }
    }

    private static void checkBelow(long tree, long node, int level, long[] seen) {
        seen[1]++;
        require(Memory.getShort(node + LEVEL) == level, "level");
        require(count16(node) > 0 && count16(node) <= Memory.getInt(node + CAPACITY), "load");
        if (level == 0) {
            seen[0] += count16(node);
            return;
        }
        for (int i = 0; i < count16(node); i++) {
            checkBelow(tree, child(node, i), level - 1, seen);
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("a tree of ids is broken: " + what);
        }
    }
}
