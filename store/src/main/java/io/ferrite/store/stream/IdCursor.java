package io.ferrite.store.stream;

import io.ferrite.memory.Memory;

/**
 * A place in an {@link IdTree}: on a record, or past either end. Good until the tree changes; then
 * it is sought again by an id. Reusable.
 */
public final class IdCursor {

    private long tree;
    private long leaf;
    private int slot;

    /** Goes to the lowest id. */
    public IdCursor first(long ofTree) {
        tree = ofTree;
        leaf = IdTree.edgeLeaf(ofTree, false);
        slot = 0;
        return this;
    }

    /** Goes to the highest id. */
    public IdCursor last(long ofTree) {
        tree = ofTree;
        leaf = IdTree.edgeLeaf(ofTree, true);
        slot = leaf == 0 ? 0 : IdTree.count16(leaf) - 1;
        return this;
    }

    /** Goes to the lowest id that is this one or above it. */
    public IdCursor atLeast(long ofTree, long ms, long seq) {
        tree = ofTree;
        leaf = IdTree.leafFor(ofTree, ms, seq);
        if (leaf != 0) {
            slot = below(ms, seq);
            if (slot == IdTree.count16(leaf)) {
                leaf = Memory.getLong(leaf + IdTree.NEXT);
                slot = 0;
            }
        }
        return this;
    }

    /** Goes to the highest id that is this one or below it. */
    public IdCursor atMost(long ofTree, long ms, long seq) {
        tree = ofTree;
        leaf = IdTree.leafFor(ofTree, ms, seq);
        if (leaf != 0) {
            slot = below(ms, seq);
            boolean there = slot < IdTree.count16(leaf) && ms() == ms && seq() == seq;
            if (!there) {
                previous();
            }
        }
        return this;
    }

    private int below(long ms, long seq) {
        int stride = (int) (IdTree.record(tree, leaf, 1) - IdTree.record(tree, leaf, 0));
        return IdTree.below(leaf, stride, ms, seq);
    }

    /** Whether it is on a record. */
    public boolean isValid() {
        return leaf != 0;
    }

    public void next() {
        slot++;
        if (slot == IdTree.count16(leaf)) {
            leaf = Memory.getLong(leaf + IdTree.NEXT);
            slot = 0;
        }
    }

    public void previous() {
        if (slot == 0) {
            leaf = Memory.getLong(leaf + IdTree.PREVIOUS);
            slot = leaf == 0 ? 0 : IdTree.count16(leaf);
        }
        slot--;
    }

    /** The address of the record. */
    public long record() {
        return IdTree.record(tree, leaf, slot);
    }

    public long ms() {
        return Memory.getLong(record());
    }

    public long seq() {
        return Memory.getLong(record() + 8);
    }
}
