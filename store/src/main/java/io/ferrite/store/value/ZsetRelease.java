package io.ferrite.store.value;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;

/** Frees the nodes of a {@link ZsetTree} bit by bit; it is good for nothing else then. */
final class ZsetRelease {

    private ZsetRelease() {}

    /** Frees up to {@code max} nodes; answers how many more it might have freed. */
    static int release(Slab slab, long head, int max) {
        int left = max;
        while (left > 0) {
            long parent = 0;
            long node = ZsetTree.root(head);
            if (node == 0) {
                return left;
            }
            while (!ZsetTree.isLeaf(node) && ZsetTree.count(node) > 0) {
                parent = node;
                node = ZsetTree.child(node, ZsetTree.count(node) - 1);
            }
            if (parent == 0) {
                Memory.putLong(head + ZsetTree.ROOT_OFFSET, 0);
            } else {
                ZsetTree.setCount(parent, ZsetTree.count(parent) - 1);
            }
            ZsetTree.freeNode(slab, head, node);
            left--;
        }
        return 0;
    }

    static boolean isReleased(long head) {
        return ZsetTree.root(head) == 0;
    }
}
