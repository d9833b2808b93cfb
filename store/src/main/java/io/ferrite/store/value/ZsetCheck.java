package io.ferrite.store.value;

import io.ferrite.memory.Memory;

/** Whether a {@link ZsetTree} is what it says: for tests. */
final class ZsetCheck {

    private ZsetCheck() {}

    /** Checks every invariant and answers the number of elements: for tests. */
    static long check(long head) {
        long[] chain = {0, 0, 0};
        long sum = check(ZsetTree.root(head), chain);
        if (chain[0] != 0 && ZsetTree.next(chain[0]) != 0) {
            throw new IllegalStateException("a leaf beyond the last");
        }
        if (chain[2] != ZsetTree.nodes(head)) {
            throw new IllegalStateException("nodes: " + chain[2] + " not " + ZsetTree.nodes(head));
        }
        return sum;
    }

    private static long check(long node, long[] chain) {
        int count = ZsetTree.count(node);
        chain[2]++;
        if (count > ZsetTree.capacity(node)) {
            throw new IllegalStateException("too many entries");
        }
        if (ZsetTree.isLeaf(node)) {
            checkLeaf(node, chain);
            return count;
        }
        long sum = 0;
        for (int i = 0; i < count; i++) {
            long child = ZsetTree.child(node, i);
            if (ZsetTree.level(child) != ZsetTree.level(node) - 1) {
                throw new IllegalStateException("a child on the wrong level");
            }
            long below = check(child, chain);
            long entry = ZsetTree.innerEntry(node, i);
            if (below != ZsetTree.elements(node, i)
                    || Memory.getLong(entry + ZsetTree.ELEMENT)
                            != Memory.getLong(child + ZsetTree.HEADER + ZsetTree.ELEMENT)
                    || Memory.getDouble(entry) != Memory.getDouble(child + ZsetTree.HEADER)) {
                throw new IllegalStateException("an entry that disagrees with its child");
            }
            sum += below;
        }
        return sum;
    }

    private static void checkLeaf(long leaf, long[] chain) {
        if (ZsetTree.previous(leaf) != chain[0]
                || chain[0] != 0 && ZsetTree.next(chain[0]) != leaf) {
            throw new IllegalStateException("a broken chain of leaves");
        }
        for (int i = 0; i < ZsetTree.count(leaf); i++) {
            long element = ZsetTree.element(leaf, i);
            if (ZsetTree.score(leaf, i) != ZsetElement.score(element)) {
                throw new IllegalStateException("a score that disagrees");
            }
            if (chain[1] != 0
                    && !ZsetTree.isBelow(
                            chain[1],
                            ZsetTree.BEFORE,
                            ZsetTree.score(leaf, i),
                            ZsetElement.member(element),
                            ZsetElement.length(element))) {
                throw new IllegalStateException("entries out of order");
            }
            chain[1] = ZsetTree.leafEntry(leaf, i);
        }
        chain[0] = leaf;
    }
}
