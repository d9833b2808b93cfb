package io.ferrite.store.value;

import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;

/**
 * Walks over the members of a sorted set in order, either way. Reusable; good until the set
 * changes, on a frozen one until it is thawed.
 *
 * <p>{@code for (cursor.open(root, rank, true); cursor.next(); )} sees the member of that rank
 * first.
 */
public final class ZsetCursor {

    private final ListpackItem member = new ListpackItem();
    private final int[] place = new int[1];
    private long root;
    private boolean forward;
    private boolean packed;
    private long leaf;
    private int at;

    /** Of the member seen next, in a frozen set, whose leaves lead to no other. */
    private long rankNext;

    private boolean frozen;
    private double score;

    /** Stands before the member of a rank; behind the last member there is nothing to see. */
    public ZsetCursor open(long root, long rank, boolean forward) {
        this.root = root;
        this.forward = forward;
        packed = ZsetValue.isListpack(root);
        if (packed) {
            at = rank < 0 ? Listpack.NONE : Listpack.seek(root, 2 * rank);
            return this;
        }
        leaf = 0;
        frozen = ZsetFreeze.isState(root);
        rankNext = rank;
        if (rank >= 0 && rank < ZsetValue.count(root)) {
            leaf = ZsetTree.seek(ZsetValue.head(root), rank, place);
            at = place[0];
        }
        return this;
    }

    /** Goes on to a member; false when there is none. */
    public boolean next() {
        return packed ? nextPacked() : nextLarge();
    }

    private boolean nextPacked() {
        if (at == Listpack.NONE) {
            return false;
        }
        Listpack.get(root, at, member);
        int scoreAt = Listpack.next(root, at);
        score = ZsetValue.scoreAt(root, scoreAt);
        if (forward) {
            at = Listpack.next(root, scoreAt);
        } else {
            at = Listpack.previous(root, at);
            at = at == Listpack.NONE ? at : Listpack.previous(root, at);
        }
        return true;
    }

    private boolean nextLarge() {
        if (leaf == 0) {
            return false;
        }
        long element = ZsetTree.element(leaf, at);
        member.setBytes(ZsetElement.member(element), ZsetElement.length(element));
        score = ZsetTree.score(leaf, at);
        at += forward ? 1 : -1;
        rankNext += forward ? 1 : -1;
        if (at < 0 || at == ZsetTree.leafCount(leaf)) {
            if (frozen) {
                open(root, rankNext, forward);
            } else if (forward) {
                leaf = ZsetTree.next(leaf);
                at = 0;
            } else {
                leaf = ZsetTree.previous(leaf);
                at = leaf == 0 ? 0 : ZsetTree.leafCount(leaf) - 1;
            }
        }
        return true;
    }

    /** The member; only while {@link #next} says so. */
    public ListpackItem member() {
        return member;
    }

    public double score() {
        return score;
    }
}
