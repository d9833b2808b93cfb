package io.ferrite.store;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.expiry.PlaceKeeper;

/**
 * The root of a hash whose fields may expire, marked by bit 2 of its word. It names a block of its
 * own, so that a hash without such fields pays nothing:
 *
 * <pre>
 *   0            8              16        20        24
 *   +------------+--------------+---------+---------+
 *   | the value's| heap of the  | place   |   --    |   place: of the hash in its table's heap of
 *   | block i64  | fields' times| i32     |         |   hashes with times; -1 where it is not in it
 *   +------------+--------------+---------+---------+
 * </pre>
 */
public final class TimedRoot {

    /** The bit of a root that says it is one. */
    public static final long MARK = 4;

    /** The hash is in no table's heap. */
    static final int NOWHERE = -1;

    /** How the heap of a table writes down the places of its hashes: through their entries. */
    static final PlaceKeeper HASHES =
            new PlaceKeeper(MemoryTag.EXPIRY) {
                @Override
                public void setPlace(long entry, int place) {
                    TimedRoot.setPlace(Entry.root(entry), place);
                }
            };

    private static final int BYTES = 24;
    private static final int TIMES = 8;
    private static final int PLACE = 16;
    private static final MemoryTag TAG = MemoryTag.HASH;

    private TimedRoot() {}

    /**
     * Makes the block; the caller marks its address.
     *
     * @param times the root of a heap, or 0
     */
    public static long create(Slab slab, long block, long times) {
        long timed = slab.take(BYTES, TAG);
        Memory.putLong(timed, block);
        Memory.putLong(timed + TIMES, times);
        Memory.putInt(timed + PLACE, NOWHERE);
        return timed;
    }

    public static void free(Slab slab, long root) {
        slab.give(address(root), BYTES, TAG);
    }

    public static boolean is(long root) {
        return (root & MARK) != 0;
    }

    /** Whether an entry is a hash with such a root. */
    static boolean isOf(long entry) {
        return Entry.type(entry) == Type.HASH && is(Entry.root(entry));
    }

    private static long address(long root) {
        return root & -8;
    }

    /** The listpack or index. */
    public static long block(long root) {
        return Memory.getLong(address(root));
    }

    public static void setBlock(long root, long block) {
        Memory.putLong(address(root), block);
    }

    /** The heap of the fields' times; 0 while the hash is a listpack. */
    public static long times(long root) {
        return Memory.getLong(address(root) + TIMES);
    }

    public static void setTimes(long root, long times) {
        Memory.putLong(address(root) + TIMES, times);
    }

    static int place(long root) {
        return Memory.getInt(address(root) + PLACE);
    }

    static void setPlace(long root, int place) {
        Memory.putInt(address(root) + PLACE, place);
    }

    /** What the block takes. */
    public static long bytes() {
        return Slab.roundUp(BYTES);
    }
}
