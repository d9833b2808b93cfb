package io.ferrite.memory;

/**
 * The bytes of a chunk: 512 KiB, aligned to its size, cut into 64 units of 8 KiB. Unit 0 holds the
 * header below (of which one operating-system page is ever touched); the others belong to spans or
 * are free.
 *
 * <pre>
 *   0        8        16       24       32       40       48       56       64
 *   +--------+--------+--------+--------+--------+--------+--------+--------+
 *   | free   | dirty  | run    | run    | slab   | slab   | owner  | longest|
 *   | mask   | mask   | next   | prev   | next   | prev   | u32    | run u32|
 *   +--------+--------+--------+--------+--------+--------+--------+--------+
 *   | page 0 (unused)                   | page 1                            |   64 pages of 32 bytes
 *   +--------+--------+--------+--------+--------+--------+--------+--------+
 *
 *   page     0          4          8       10      12      13     14     15     16      24      32
 *            +----------+----------+-------+-------+-------+------+------+------+-------+-------+
 *            | free u32 | owner    | used  | fresh | class | back | full | spare| next  | prev  |
 *            |          | u32      | u16   | u16   | u8    | u8   | u8   |      | u64   | u64   |
 *            +----------+----------+-------+-------+-------+------+------+------+-------+-------+
 * </pre>
 *
 * <p>A bit of the free mask is a unit in no span; its dirty bit says that its pages may be
 * resident. The page of a span's first unit describes the span: {@code free} is the chunk offset of
 * the first free block (0: none), whose first four bytes are the offset of the next; {@code fresh}
 * is where the blocks begin that were never taken and are not on the list; {@code used} counts the
 * blocks that are out. The pages of its further units hold only {@code back}, the number of units
 * to the first one. {@code full} is 1 while the page is in no bin. {@code next} and {@code prev}
 * are addresses of pages.
 *
 * <p>Cost: 4 KiB resident per 512 KiB (0.8 %), and 1/64 at most of a span as its tail.
 */
final class Chunk {

    static final int SIZE = 64 * SizeClass.UNIT;
    static final int UNITS = 64;

    /** What of the header's unit is ever touched. */
    static final int HEADER_RESIDENT = 4096;

    /** All units but the header's. */
    static final long ALL_FREE = ~1L;

    private static final int FREE_MASK = 0;
    private static final int DIRTY_MASK = 8;
    private static final int RUN_NEXT = 16;
    private static final int RUN_PREV = 24;
    private static final int SLAB_NEXT = 32;
    private static final int SLAB_PREV = 40;
    private static final int OWNER = 48;
    private static final int LONGEST_RUN = 56;
    private static final int PAGES = 64;

    private static final int PAGE_SHIFT = 5;
    private static final int PAGE_FREE = 0;
    private static final int PAGE_OWNER = 4;
    private static final int PAGE_USED = 8;
    private static final int PAGE_FRESH = 10;
    private static final int PAGE_CLASS = 12;
    private static final int PAGE_BACK = 13;
    private static final int PAGE_FULL = 14;
    private static final int PAGE_NEXT = 16;
    private static final int PAGE_PREV = 24;
    static final int PAGE_SIZE = 1 << PAGE_SHIFT;

    private Chunk() {}

    static long of(long address) {
        return address & -SIZE;
    }

    static long freeMask(long chunk) {
        return Raw.getLong(chunk + FREE_MASK);
    }

    static void freeMask(long chunk, long mask) {
        Raw.putLong(chunk + FREE_MASK, mask);
    }

    static long dirtyMask(long chunk) {
        return Raw.getLong(chunk + DIRTY_MASK);
    }

    static void dirtyMask(long chunk, long mask) {
        Raw.putLong(chunk + DIRTY_MASK, mask);
    }

    static long runNext(long chunk) {
        return Raw.getLong(chunk + RUN_NEXT);
    }

    static void runNext(long chunk, long next) {
        Raw.putLong(chunk + RUN_NEXT, next);
    }

    static long runPrev(long chunk) {
        return Raw.getLong(chunk + RUN_PREV);
    }

    static void runPrev(long chunk, long previous) {
        Raw.putLong(chunk + RUN_PREV, previous);
    }

    static long slabNext(long chunk) {
        return Raw.getLong(chunk + SLAB_NEXT);
    }

    static void slabNext(long chunk, long next) {
        Raw.putLong(chunk + SLAB_NEXT, next);
    }

    static long slabPrev(long chunk) {
        return Raw.getLong(chunk + SLAB_PREV);
    }

    static void slabPrev(long chunk, long previous) {
        Raw.putLong(chunk + SLAB_PREV, previous);
    }

    static int owner(long chunk) {
        return Raw.getInt(chunk + OWNER);
    }

    static void owner(long chunk, int owner) {
        Raw.putInt(chunk + OWNER, owner);
    }

    static int longestRun(long chunk) {
        return Raw.getInt(chunk + LONGEST_RUN);
    }

    static void longestRun(long chunk, int run) {
        Raw.putInt(chunk + LONGEST_RUN, run);
    }

    /** The page of one unit, by the unit's number. */
    static long page(long chunk, int unit) {
        return chunk + PAGES + ((long) unit << PAGE_SHIFT);
    }

    /** The page that describes the span which this address lies in. */
    static long pageOf(long address) {
        long chunk = of(address);
        long page = chunk + PAGES + ((address - chunk >>> SizeClass.UNIT_SHIFT) << PAGE_SHIFT);
        return page - ((Raw.getByte(page + PAGE_BACK) & 0xFFL) << PAGE_SHIFT);
    }

    static int unitOfPage(long page) {
        return (int) (page - of(page) - PAGES >>> PAGE_SHIFT);
    }

    static int pageFree(long page) {
        return Raw.getInt(page + PAGE_FREE);
    }

    static void pageFree(long page, int offset) {
        Raw.putInt(page + PAGE_FREE, offset);
    }

    /** The offset from the span's start. */
    static int pageFresh(long page) {
        return (Raw.getShort(page + PAGE_FRESH) & 0xFFFF) << 3;
    }

    static void pageFresh(long page, int offset) {
        Raw.putShort(page + PAGE_FRESH, offset >>> 3);
    }

    static int pageUsed(long page) {
        return Raw.getShort(page + PAGE_USED);
    }

    static void pageUsed(long page, int used) {
        Raw.putShort(page + PAGE_USED, used);
    }

    static int pageOwner(long page) {
        return Raw.getInt(page + PAGE_OWNER);
    }

    static void pageOwner(long page, int owner) {
        Raw.putInt(page + PAGE_OWNER, owner);
    }

    static int pageClass(long page) {
        return Raw.getByte(page + PAGE_CLASS);
    }

    static void pageClass(long page, int sizeClass) {
        Raw.putByte(page + PAGE_CLASS, sizeClass);
    }

    static void pageBack(long page, int units) {
        Raw.putByte(page + PAGE_BACK, units);
    }

    static boolean pageFull(long page) {
        return Raw.getByte(page + PAGE_FULL) != 0;
    }

    static void pageFull(long page, boolean full) {
        Raw.putByte(page + PAGE_FULL, full ? 1 : 0);
    }

    static long pageNext(long page) {
        return Raw.getLong(page + PAGE_NEXT);
    }

    static void pageNext(long page, long next) {
        Raw.putLong(page + PAGE_NEXT, next);
    }

    static long pagePrev(long page) {
        return Raw.getLong(page + PAGE_PREV);
    }

    static void pagePrev(long page, long previous) {
        Raw.putLong(page + PAGE_PREV, previous);
    }
}
