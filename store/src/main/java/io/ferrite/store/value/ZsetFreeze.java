package io.ferrite.store.value;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * What a large sorted set was at one instant, for a snapshot that takes long to write it, while the
 * set itself is changed.
 *
 * <p>To freeze copies nothing. Every node of the tree carries the generation of the set in which it
 * was made, and to freeze begins a new one: while a frozen state is in use, a node of an older
 * generation is never changed, but replaced by a copy, from the root down ({@link ZsetTree}). What
 * is replaced, and the elements that are removed, are left over until the last frozen state is
 * given up. So who writes pays for the nodes on its way once, and who reads the frozen state needs
 * no lock: only the chain of the leaves and the scores in the elements go on changing, and it looks
 * at neither.
 *
 * <pre>
 *   head   32          36        38        40
 *          +-----------+---------+---------+------------------+
 *          | generation| frozen  | removed | left over        |
 *          | u32       | u16     | u16     | first piece, i64 |
 *          +-----------+---------+---------+------------------+
 *
 *   frozen 0           8           16        24
 *          +-----------+-----------+---------+---------+
 *          | head i64  | tree root |         | members |
 *          +-----------+-----------+---------+---------+
 * </pre>
 *
 * <p>A piece of what is left over: the next piece, how many there are, and their addresses, those
 * of elements with the lowest bit set.
 *
 * <p>A set that is to be freed while it is frozen is only marked: who gives up the last frozen
 * state has to free it then.
 */
final class ZsetFreeze {

    /** Two bits of a root: a state that is frozen, and what is left over of several. */
    static final long FROZEN = 3;

    static final long LEFT_OVER = 2;
    static final long BITS = 3;

    private static final int GENERATION = 32;
    private static final int STATES = 36;
    private static final int REMOVED = 38;
    private static final int PIECES = 40;

    /** Where the head ends. */
    static final int HEAD_BYTES = 48;

    private static final int FROZEN_BYTES = 32;
    private static final int MEMBERS = 24;

    private static final int PIECE_BYTES = 1024;
    private static final int PIECE_HEAD = 16;
    private static final int PIECE_ROOM = (PIECE_BYTES - PIECE_HEAD) / 8;

    private static final MemoryTag TAG = MemoryTag.ZSET;

    private ZsetFreeze() {}

    /** A new head's part. */
    static void create(long head) {
        Memory.putLong(head + GENERATION, 0);
        Memory.putLong(head + PIECES, 0);
    }

    static int generation(long head) {
        return Memory.getInt(head + GENERATION);
    }

    /** Whether a state of it is in use. */
    static boolean isFrozen(long head) {
        return Memory.getShort(head + STATES) != 0;
    }

    /** The root of the state that a large set has now: good until {@link #thaw}. */
    static long freeze(Slab slab, long head) {
        long state = slab.take(FROZEN_BYTES, TAG);
        Memory.putLong(state, head);
        Memory.putLong(state + ZsetTree.ROOT_OFFSET, ZsetTree.root(head));
        Memory.putLong(state + MEMBERS, ZsetValue.count(head | ZsetValue.LARGE));
        Memory.putInt(head + GENERATION, generation(head) + 1);
        Memory.putShort(head + STATES, Memory.getShort(head + STATES) + 1);
        return state | FROZEN;
    }

    static boolean isState(long root) {
        return (root & BITS) == FROZEN;
    }

    /** The members of a frozen state. */
    static long count(long root) {
        return Memory.getLong((root & ~BITS) + MEMBERS);
    }

    /** Gives a frozen state up; answers the root of what is to be freed now, or 0. */
    static long thaw(Slab slab, long root) {
        long state = root & ~BITS;
        long head = Memory.getLong(state);
        slab.give(state, FROZEN_BYTES, TAG);
        Memory.putShort(head + STATES, Memory.getShort(head + STATES) - 1);
        if (isFrozen(head)) {
            return 0;
        }
        if (Memory.getShort(head + REMOVED) != 0) {
            Memory.putShort(head + REMOVED, 0);
            return head | ZsetValue.LARGE;
        }
        long pieces = Memory.getLong(head + PIECES);
        Memory.putLong(head + PIECES, 0);
        return pieces == 0 ? 0 : pieces | LEFT_OVER;
    }

    /** The set is to be freed as soon as it may be. */
    static void remove(long head) {
        Memory.putShort(head + REMOVED, 1);
    }

    static void keepNode(Slab slab, long head, long node) {
        keep(slab, head, node);
    }

    static void keepElement(Slab slab, long head, long element) {
        keep(slab, head, element | 1);
    }

    private static void keep(Slab slab, long head, long what) {
        long piece = Memory.getLong(head + PIECES);
        if (piece == 0 || Memory.getLong(piece + 8) == PIECE_ROOM) {
            long next = piece;
            piece = slab.take(PIECE_BYTES, TAG);
            Memory.putLong(piece, next);
            Memory.putLong(piece + 8, 0);
            Memory.putLong(head + PIECES, piece);
        }
        long count = Memory.getLong(piece + 8);
        Memory.putLong(piece + PIECE_HEAD + 8 * count, what);
        Memory.putLong(piece + 8, count + 1);
    }

    /** Frees about {@code budget} blocks of what is left over; answers the root of the rest. */
    static long freeSome(Slab slab, long root, int budget) {
        long piece = root & ~BITS;
        int left = budget;
        while (piece != 0 && left > 0) {
            long count = Memory.getLong(piece + 8);
            while (count > 0 && left > 0) {
                count--;
                left--;
                long what = Memory.getLong(piece + PIECE_HEAD + 8 * count);
                if ((what & 1) != 0) {
                    ZsetElement.free(slab, what & ~1L);
                } else {
                    ZsetTree.freeBlock(slab, what);
                }
            }
            Memory.putLong(piece + 8, count);
            if (count == 0) {
                long next = Memory.getLong(piece);
                slab.give(piece, PIECE_BYTES, TAG);
                piece = next;
            }
        }
        return piece == 0 ? 0 : piece | LEFT_OVER;
    }

    /** The same for a set that is itself to be freed; says whether there is nothing left over. */
    static boolean freeSomeOf(Slab slab, long head, int budget) {
        long pieces = Memory.getLong(head + PIECES);
        if (pieces != 0) {
            pieces = freeSome(slab, pieces, budget) & ~BITS;
            Memory.putLong(head + PIECES, pieces);
        }
        return pieces == 0;
    }
}
