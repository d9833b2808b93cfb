package io.ferrite.store.stream;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.index.HashIndex;

/**
 * Gives a stream back in steps of a bounded size. While that lasts, the head says how far it is:
 *
 * <pre>
 *   head   0            8              16                 40
 *          +------------+--------------+------------------+--------     state (at its own place) 1
 *          | group that | trees that   | tree that is     |
 *          | is going   | are to go    | going, a handle  |
 *          +------------+--------------+------------------+--------
 * </pre>
 *
 * <p>Trees of pending entries that have more than one node are put on a list, linked through their
 * root nodes, when their owner goes: a group may have a million consumers, and a consumer a million
 * entries.
 */
final class StreamRelease {

    private static final int GOING_GROUP = 0;
    private static final int TREES = 8;
    private static final int GOING_TREE = 16;

    /** Of a tree with several nodes each is a whole one, whatever its records are. */
    private static final int LARGE_RECORD = 1000;

    private StreamRelease() {}

    /**
     * Frees about {@code budget} elements and answers what is left to free, 0 when all is gone.
     * Nothing else may be asked of the stream from then on.
     */
    static long freeSome(Slab slab, long stream, int budget) {
        if (Memory.getLong(stream + StreamValue.STATE) == 0) {
            begin(slab, stream);
        }
        long blocks = stream + StreamValue.BLOCKS;
        int left = Math.max(1, budget);
        while (left > 0) {
            if (IdTree.root(stream + GOING_TREE) != 0) {
                left = IdTree.release(slab, stream + GOING_TREE, left, null);
            } else if (Memory.getLong(stream + TREES) != 0) {
                nextTree(stream);
            } else if (IdTree.root(blocks) != 0) {
                left =
                        IdTree.release(
                                slab,
                                blocks,
                                left,
                                record -> StreamBlock.free(slab, StreamBlock.of(record)));
            } else if (Memory.getLong(stream + GOING_GROUP) != 0) {
                left -= freeConsumers(slab, stream, left);
            } else if (Memory.getLong(stream + StreamValue.GROUPS) != 0) {
                left--;
                nextGroup(slab, stream);
            } else {
                slab.give(stream, StreamValue.HEAD_BYTES, MemoryTag.STREAM);
                return 0;
            }
        }
        return stream;
    }

    private static void begin(Slab slab, long stream) {
        StreamTail.close(slab, stream);
        Memory.putLong(stream + StreamValue.STATE, 1);
        Memory.putLong(stream + GOING_GROUP, 0);
        Memory.putLong(stream + TREES, 0);
        IdTree.create(stream + GOING_TREE, LARGE_RECORD);
    }

    /** Takes the first tree from the list. */
    private static void nextTree(long stream) {
        long root = Memory.getLong(stream + TREES);
        Memory.putLong(stream + TREES, Memory.getLong(root + IdTree.PREVIOUS));
        Memory.putLong(stream + GOING_TREE, root);
    }

    /** A tree's owner goes: frees the tree if that is little, else puts it on the list. */
    private static void giveUp(Slab slab, long stream, long tree) {
        long root = IdTree.root(tree);
        if (root == 0) {
            return;
        }
        if (IdTree.nodes(tree) == 1) {
            IdTree.release(slab, tree, Integer.MAX_VALUE, null);
            return;
        }
        Memory.putLong(root + IdTree.PREVIOUS, Memory.getLong(stream + TREES));
        Memory.putLong(stream + TREES, root);
    }

    /** Frees consumers of the group that is going, and in the end the group. */
    private static int freeConsumers(Slab slab, long stream, int budget) {
        long group = Memory.getLong(stream + GOING_GROUP);
        long index = Memory.getLong(group + StreamGroup.CONSUMERS);
        boolean done =
                index == 0
                        || HashIndex.release(
                                slab,
                                index,
                                budget,
                                StreamConsumer.LAYOUT,
                                consumer -> {
                                    giveUp(slab, stream, StreamConsumer.pending(consumer));
                                    StreamConsumer.LAYOUT.free(slab, consumer);
                                });
        if (!done) {
            return budget;
        }
        giveUp(slab, stream, StreamGroup.pending(group));
        StreamGroup.LAYOUT.free(slab, group);
        Memory.putLong(stream + GOING_GROUP, 0);
        return 1;
    }

    /** Takes the next group from the index, or frees the index. */
    private static void nextGroup(Slab slab, long stream) {
        long index = Memory.getLong(stream + StreamValue.GROUPS);
        boolean done =
                HashIndex.release(
                        slab,
                        index,
                        1,
                        StreamGroup.LAYOUT,
                        group -> Memory.putLong(stream + GOING_GROUP, group));
        if (done) {
            Memory.putLong(stream + StreamValue.GROUPS, 0);
        }
    }
}
