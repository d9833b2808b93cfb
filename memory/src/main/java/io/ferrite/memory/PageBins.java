package io.ferrite.memory;

import java.util.Arrays;

/**
 * Blocks of up to {@link SizeClass#MAX_BLOCK} bytes: a bin for each class, holding the pages (spans
 * of blocks of that class) that have room. After mimalloc (Leijen, Zorn, de Moura, 2019): each page
 * has its own list of free blocks, so that neighbours are handed out together and an empty page is
 * known at once.
 *
 * <p>Blocks are taken from the first page of a bin; a page that runs out leaves the bin and comes
 * back at the end when a block of it is given back, which lets it gather more before its turn. A
 * page that gets empty goes back to the chunk, unless it is the first of its bin: then it is kept
 * for the next take.
 *
 * <p>The block given back last waits apart, one for each class of up to 8 KiB: where a value is
 * replaced by one of the same class, the next take finds it in the cache, and no page is touched.
 *
 * <p>Never-used blocks are put on the list an operating-system page at a time, so that memory which
 * no block needs yet is never touched. Under the slab's lock.
 */
final class PageBins {

    /**
     * Stands for the first page of an empty bin, so that a take need not ask: it never has a free
     * block.
     */
    private static final long NO_PAGE = Os.map(4096);

    private static final int TOUCH = 4096;

    /** An empty page of at most so many units is kept as the first of its bin. */
    private static final int KEPT_UNITS = 4;

    /**
     * Before a page is added, so many of the blocks that other slabs gave back are looked through.
     */
    private static final int DRAINED = 256;

    private static final int LAST_WAITING = SizeClass.of(8192);

    private final Slab slab;
    private final SpanSpace spans;
    private final long[] first = new long[SizeClass.LAST + 1];
    private final long[] last = new long[SizeClass.LAST + 1];
    private final long[] waiting = new long[SizeClass.LAST + 1]; // by class: given back last, or 0

    PageBins(Slab slab, SpanSpace spans) {
        this.slab = slab;
        this.spans = spans;
        Arrays.fill(first, NO_PAGE);
    }

    long take(int sizeClass) {
        long block = waiting[sizeClass];
        if (block != 0) {
            waiting[sizeClass] = 0;
            return block;
        }
        return takeFromPage(sizeClass);
    }

    private long takeFromPage(int sizeClass) {
        long page = first[sizeClass];
        int offset = Chunk.pageFree(page);
        if (offset == 0) {
            return takeSlowly(sizeClass);
        }
        long block = Chunk.of(page) + offset;
        Chunk.pageFree(page, Raw.getInt(block));
        Chunk.pageUsed(page, Chunk.pageUsed(page) + 1);
        return block;
    }

    /** Puts a block back on its page, which is one of this slab's. */
    void give(long page, long block) {
        int sizeClass = Chunk.pageClass(page);
        if (sizeClass <= LAST_WAITING && waiting[sizeClass] == 0) {
            waiting[sizeClass] = block;
        } else {
            giveToPage(page, block);
        }
    }

    void giveToPage(long page, long block) {
        Raw.putInt(block, Chunk.pageFree(page));
        Chunk.pageFree(page, (int) (block & Chunk.SIZE - 1));
        int used = Chunk.pageUsed(page) - 1;
        Chunk.pageUsed(page, used);
        if (used == 0 || Chunk.pageFull(page)) {
            giveSlowly(page, used);
        }
    }

    private long takeSlowly(int sizeClass) {
        for (; ; ) {
            long page = first[sizeClass];
            if (page == NO_PAGE) {
                slab.drain(DRAINED);
                page = first[sizeClass] == NO_PAGE ? addPage(sizeClass) : first[sizeClass];
            }
            if (Chunk.pageFree(page) != 0 || extend(page, sizeClass)) {
                return takeFromPage(sizeClass);
            }
            unlink(page, sizeClass);
            Chunk.pageFull(page, true);
        }
    }

    private void giveSlowly(long page, int used) {
        int sizeClass = Chunk.pageClass(page);
        if (Chunk.pageFull(page)) {
            Chunk.pageFull(page, false);
            append(page, sizeClass);
        }
        if (used == 0
                && (page != first[sizeClass] || SizeClass.spanUnits(sizeClass) > KEPT_UNITS)) {
            drop(page, sizeClass);
        }
    }

    /** Gives the empty pages that were kept back to their chunks. */
    void trim() {
        for (int sizeClass = 1; sizeClass <= SizeClass.LAST; sizeClass++) {
            long block = waiting[sizeClass];
            if (block != 0) {
                waiting[sizeClass] = 0;
                giveToPage(Chunk.pageOf(block), block);
            }
            long page = first[sizeClass];
            if (page != NO_PAGE && Chunk.pageUsed(page) == 0) {
                drop(page, sizeClass);
            }
        }
    }

    private void drop(long page, int sizeClass) {
        unlink(page, sizeClass);
        spans.give(page, SizeClass.spanUnits(sizeClass));
    }

    private long addPage(int sizeClass) {
        long page = spans.take(SizeClass.spanUnits(sizeClass));
        Chunk.pageFree(page, 0);
        Chunk.pageFresh(page, 0);
        Chunk.pageUsed(page, 0);
        Chunk.pageOwner(page, slab.id());
        Chunk.pageClass(page, sizeClass);
        Chunk.pageFull(page, false);
        append(page, sizeClass);
        return page;
    }

    /**
     * Puts the next never-used blocks on the list of a page that has none free; false when all were
     * used.
     */
    private static boolean extend(long page, int sizeClass) {
        int size = SizeClass.size(sizeClass);
        int start = Chunk.unitOfPage(page) << SizeClass.UNIT_SHIFT;
        int room = SizeClass.spanUnits(sizeClass) << SizeClass.UNIT_SHIFT;
        int end = start + room - room % size;
        int fresh = start + Chunk.pageFresh(page);
        if (fresh >= end) {
            return false;
        }
        long chunk = Chunk.of(page);
        int stop = Math.min(end, (fresh | TOUCH - 1) + 1);
        int at = fresh;
        while (at + size < stop) {
            Raw.putInt(chunk + at, at + size);
            at += size;
        }
        Raw.putInt(chunk + at, 0);
        Chunk.pageFree(page, fresh);
        Chunk.pageFresh(page, at + size - start);
        return true;
    }

    private void append(long page, int sizeClass) {
        Chunk.pageNext(page, 0);
        if (first[sizeClass] == NO_PAGE) {
            Chunk.pagePrev(page, 0);
            first[sizeClass] = page;
        } else {
            Chunk.pagePrev(page, last[sizeClass]);
            Chunk.pageNext(last[sizeClass], page);
        }
        last[sizeClass] = page;
    }

    private void unlink(long page, int sizeClass) {
        long next = Chunk.pageNext(page);
        long previous = Chunk.pagePrev(page);
        if (next != 0) {
            Chunk.pagePrev(next, previous);
        } else {
            last[sizeClass] = previous;
        }
        if (previous != 0) {
            Chunk.pageNext(previous, next);
        } else {
            first[sizeClass] = next == 0 ? NO_PAGE : next;
        }
    }
}
