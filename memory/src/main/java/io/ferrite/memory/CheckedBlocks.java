package io.ferrite.memory;

/**
 * Taking and giving in checked mode, for one slab. Each block in a chunk is followed by a red zone
 * (8 bytes, or 64 where the block is aligned to 64) whose last 8 bytes say what the block is; new
 * blocks and given ones are filled with a pattern; given ones wait in a queue before they are used
 * again, so that a stale address finds them dead.
 *
 * <pre>
 *   block                      size                      end of the block's slot in the page
 *   +--------------------------+- - - - - - +-----------+
 *   | live                     | dead       | note      |    note = mark u16 | tag u8 | size u40
 *   +--------------------------+- - - - - - +-----------+
 * </pre>
 *
 * Under the slab's lock, except {@link #retire}.
 */
final class CheckedBlocks {

    private static final int FRESH = 0xA5;
    private static final int STALE = 0xDD;
    private static final long LIVE_MARK = 0xA11CL;
    private static final long FREE_MARK = 0xDEADL;
    private static final int MARK_SHIFT = 48;
    private static final int TAG_SHIFT = 40;
    private static final long SIZE_MASK = (1L << TAG_SHIFT) - 1;
    private static final int NOTE = 8;
    private static final int ALIGNED_RED_ZONE = 64;

    private static final int WAITING = 512;
    private static final long WAITING_BYTES = 1 << 20;

    private final PageBins bins;
    private final LargeBlocks large;
    private final long[] waiting = new long[WAITING];
    private int oldest;
    private int count;
    private long bytes;

    CheckedBlocks(PageBins bins, LargeBlocks large) {
        this.bins = bins;
        this.large = large;
    }

    long take(long size, MemoryTag tag) {
        if (size < 0) {
            throw new MemoryViolation("a block of " + size + " bytes");
        }
        long held = SizeClass.roundUp(size);
        int sizeClass = SizeClass.of(held + redZone(held));
        long block;
        if (sizeClass > SizeClass.LAST) {
            block = large.take(held);
            Checker.largeTaken(block, held, tag);
        } else {
            block = bins.take(sizeClass);
            Raw.putLong(block + SizeClass.size(sizeClass) - NOTE, note(LIVE_MARK, held, tag));
            Checker.mark(block, held, true);
        }
        Raw.fill(block, held, FRESH);
        Checker.traceTaken(block);
        return block;
    }

    /** Checks that this block is out with this size and tag, and makes it dead. */
    static void retire(long block, long size, MemoryTag tag) {
        long held = SizeClass.roundUp(size);
        Checker.Zone zone = Checker.zone(block);
        if (zone == null) {
            throw misuse("no slab has it", block, size, tag);
        }
        if (zone.isLarge()) {
            if (zone.liveFrom() != block) {
                throw misuse("it lies inside of a block", block, size, tag);
            }
            if (zone.liveTo() - block != held || zone.tag() != tag) {
                String was = (zone.liveTo() - block) + " bytes of " + zone.tag();
                throw misuse("it was taken as " + was, block, size, tag);
            }
            Checker.traceGiven(block);
            return;
        }
        long noteAt = noteOf(block);
        if (noteAt == 0) {
            throw misuse("no block begins there", block, size, tag);
        }
        long note = Raw.getLong(noteAt);
        if (note >>> MARK_SHIFT != LIVE_MARK) {
            throw misuse("it is not out: given back before?", block, size, tag);
        }
        if (note != note(LIVE_MARK, held, tag)) {
            throw misuse("it was taken as " + describe(note), block, size, tag);
        }
        Raw.putLong(noteAt, note(FREE_MARK, held, tag));
        Checker.mark(block, held, false);
        Raw.fill(block, held, STALE);
        Checker.traceGiven(block);
    }

    /** Queues a retired block of this slab's chunks for use. */
    void queue(long block) {
        if (count == WAITING) {
            release();
        }
        waiting[(oldest + count++) % WAITING] = block;
        bytes += SizeClass.size(Chunk.pageClass(Chunk.pageOf(block)));
        while (bytes > WAITING_BYTES) {
            release();
        }
    }

    void releaseQueue() {
        while (count > 0) {
            release();
        }
    }

    private void release() {
        long block = waiting[oldest];
        oldest = (oldest + 1) % WAITING;
        count--;
        long page = Chunk.pageOf(block);
        bytes -= SizeClass.size(Chunk.pageClass(page));
        // Everything through Memory is checked; this finds what native code wrote.
        long held = Raw.getLong(noteOf(block)) & SIZE_MASK;
        for (long at = block; at < block + Math.min(held, 64); at++) {
            if ((Raw.getByte(at) & 0xFF) != STALE) {
                throw new MemoryViolation(
                        "written to after it was given back: " + Long.toHexString(block),
                        Checker.trace(block));
            }
        }
        bins.give(page, block);
    }

    /** The address of the note of a block that may begin here, or 0. */
    private static long noteOf(long block) {
        long page = Chunk.pageOf(block);
        int sizeClass = Chunk.pageClass(page);
        if (sizeClass <= 0 || sizeClass > SizeClass.LAST) {
            return 0;
        }
        long start = Chunk.of(block) + ((long) Chunk.unitOfPage(page) << SizeClass.UNIT_SHIFT);
        int slot = SizeClass.size(sizeClass);
        return (block - start) % slot == 0 ? block + slot - NOTE : 0;
    }

    /** What is known about a dead address in a chunk. */
    static MemoryViolation violation(String what, long a) {
        long page = Chunk.pageOf(a);
        int sizeClass = Chunk.pageClass(page);
        if (sizeClass <= 0 || sizeClass > SizeClass.LAST) {
            return new MemoryViolation(what + ", where no block is");
        }
        long start = Chunk.of(a) + ((long) Chunk.unitOfPage(page) << SizeClass.UNIT_SHIFT);
        int slot = SizeClass.size(sizeClass);
        long block = a - (a - start) % slot;
        long note = Raw.getLong(block + slot - NOTE);
        String whose =
                switch ((int) (note >>> MARK_SHIFT)) {
                    case (int) LIVE_MARK -> "out of the bounds of a block of " + describe(note);
                    case (int) FREE_MARK -> "in a given block, once " + describe(note);
                    default -> "in a block that was never taken";
                };
        return new MemoryViolation(
                what + ", " + whose + " at " + Long.toHexString(block), Checker.trace(block));
    }

    private static MemoryViolation misuse(String why, long block, long size, MemoryTag tag) {
        return new MemoryViolation(
                "give of "
                        + size
                        + " bytes of "
                        + tag
                        + " at "
                        + Long.toHexString(block)
                        + ": "
                        + why,
                Checker.trace(block));
    }

    private static long redZone(long held) {
        return held % ALIGNED_RED_ZONE == 0 ? ALIGNED_RED_ZONE : NOTE;
    }

    private static long note(long mark, long held, MemoryTag tag) {
        return mark << MARK_SHIFT | (long) tag.ordinal() << TAG_SHIFT | held;
    }

    private static String describe(long note) {
        MemoryTag tag = MemoryTag.values()[(int) (note >>> TAG_SHIFT) & 0xFF];
        return (note & SIZE_MASK) + " bytes of " + tag;
    }
}
