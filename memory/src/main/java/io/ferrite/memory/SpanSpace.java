package io.ferrite.memory;

/**
 * The chunks of one slab and the runs of free units in them. A span is taken from a chunk whose
 * longest free run is the shortest that is long enough, so that the emptier chunks may empty
 * wholly.
 *
 * <p>What goes back to the operating system: a chunk without spans, unless it is the only such
 * chunk of the slab; and the pages of free units, chunk by chunk as spans are given back, once the
 * slab has more than 128 KiB and 1/32 of its spans' bytes lying about resident. {@link #trim} gives
 * back all of it.
 *
 * <p>Chunks are in one list by their longest free run (none for 0) and in one list of all. Under
 * the slab's lock.
 */
final class SpanSpace {

    private static final int DIRTY_ALLOWED = 16;
    private static final int DIRTY_SHARE_SHIFT = 5;
    private static final int WORTH_PURGING = 8;

    private final int owner;
    private final Tally tally;

    private final long[] byRun = new long[Chunk.UNITS]; // by longest run: the first chunk, or 0
    private long runs; // bit r: byRun[r] is not empty
    private long all; // the first of all chunks, or 0
    private int empty; // chunks without a span
    private long discarded; // units given back to the operating system, ever

    SpanSpace(int owner, Tally tally) {
        this.owner = owner;
        this.tally = tally;
    }

    /** Bytes given back to the operating system since the slab was made. */
    long discardedBytes() {
        return discarded * SizeClass.UNIT;
    }

    /** The page of a new span; its memory may hold anything. */
    long take(int units) {
        long candidates = runs & -1L << units;
        long chunk = candidates == 0 ? addChunk() : byRun[Long.numberOfTrailingZeros(candidates)];
        long free = Chunk.freeMask(chunk);
        int first = Long.numberOfTrailingZeros(startsOfRuns(free, units));
        long span = mask(first, units);
        if (free == Chunk.ALL_FREE) {
            empty--;
        }
        long dirty = Chunk.dirtyMask(chunk);
        tally.add(Tally.DIRTY_UNITS, -Long.bitCount(dirty & span));
        tally.add(Tally.SPAN_UNITS, units);
        Chunk.dirtyMask(chunk, dirty & ~span);
        Chunk.freeMask(chunk, free & ~span);
        relink(chunk);
        long page = Chunk.page(chunk, first);
        for (int i = 0; i < units; i++) {
            Chunk.pageBack(page + i * (long) Chunk.PAGE_SIZE, i);
        }
        return page;
    }

    void give(long page, int units) {
        long chunk = Chunk.of(page);
        long span = mask(Chunk.unitOfPage(page), units);
        long free = Chunk.freeMask(chunk) | span;
        Chunk.freeMask(chunk, free);
        Chunk.dirtyMask(chunk, Chunk.dirtyMask(chunk) | span);
        tally.add(Tally.SPAN_UNITS, -units);
        tally.add(Tally.DIRTY_UNITS, units);
        if (free == Chunk.ALL_FREE) {
            if (empty > 0) {
                unlink(chunk);
                release(chunk);
                return;
            }
            empty++;
        }
        relink(chunk);
        long allowed = DIRTY_ALLOWED + (tally.get(Tally.SPAN_UNITS) >> DIRTY_SHARE_SHIFT);
        if (tally.get(Tally.DIRTY_UNITS) > allowed
                && Long.bitCount(Chunk.dirtyMask(chunk)) >= WORTH_PURGING) {
            purge(chunk);
        }
    }

    /** Gives every resident page that no span needs back to the operating system. */
    void trim() {
        long chunk = all;
        while (chunk != 0) {
            long next = Chunk.slabNext(chunk);
            if (Chunk.freeMask(chunk) == Chunk.ALL_FREE) {
                empty--;
                unlink(chunk);
                release(chunk);
            } else {
                purge(chunk);
            }
            chunk = next;
        }
    }

    /** Gives every chunk back, whatever is in it. */
    void releaseAll() {
        while (all != 0) {
            long chunk = all;
            all = Chunk.slabNext(chunk);
            ChunkSource.SHARED.give(chunk);
        }
        tally.add(Tally.CHUNKS, -tally.get(Tally.CHUNKS));
        tally.add(Tally.SPAN_UNITS, -tally.get(Tally.SPAN_UNITS));
        tally.add(Tally.DIRTY_UNITS, -tally.get(Tally.DIRTY_UNITS));
    }

    private long addChunk() {
        long chunk = ChunkSource.SHARED.take();
        tally.add(Tally.CHUNKS, 1);
        Chunk.owner(chunk, owner);
        Chunk.freeMask(chunk, Chunk.ALL_FREE);
        Chunk.dirtyMask(chunk, 0);
        Chunk.longestRun(chunk, 0);
        Chunk.slabNext(chunk, all);
        Chunk.slabPrev(chunk, 0);
        if (all != 0) {
            Chunk.slabPrev(all, chunk);
        }
        all = chunk;
        empty++;
        relink(chunk);
        return chunk;
    }

    /** Hands a chunk that is in no run list back to the source. */
    private void release(long chunk) {
        discarded += Long.bitCount(Chunk.dirtyMask(chunk));
        tally.add(Tally.DIRTY_UNITS, -Long.bitCount(Chunk.dirtyMask(chunk)));
        tally.add(Tally.CHUNKS, -1);
        long next = Chunk.slabNext(chunk);
        long previous = Chunk.slabPrev(chunk);
        if (next != 0) {
            Chunk.slabPrev(next, previous);
        }
        if (previous != 0) {
            Chunk.slabNext(previous, next);
        } else {
            all = next;
        }
        ChunkSource.SHARED.give(chunk);
    }

    private void purge(long chunk) {
        long dirty = Chunk.dirtyMask(chunk);
        discarded += Long.bitCount(dirty);
        tally.add(Tally.DIRTY_UNITS, -Long.bitCount(dirty));
        Chunk.dirtyMask(chunk, 0);
        while (dirty != 0) {
            int first = Long.numberOfTrailingZeros(dirty);
            int units = Long.numberOfTrailingZeros(~(dirty >>> first));
            Os.discard(
                    chunk + ((long) first << SizeClass.UNIT_SHIFT), (long) units * SizeClass.UNIT);
            dirty &= ~mask(first, units);
        }
    }

    /** Moves a chunk to the list of what its longest free run has become. */
    private void relink(long chunk) {
        int run = longestRun(Chunk.freeMask(chunk));
        if (run == Chunk.longestRun(chunk)) {
            return;
        }
        unlink(chunk);
        Chunk.longestRun(chunk, run);
        if (run == 0) {
            return;
        }
        long next = byRun[run];
        Chunk.runPrev(chunk, 0);
        Chunk.runNext(chunk, next);
        if (next != 0) {
            Chunk.runPrev(next, chunk);
        }
        byRun[run] = chunk;
        runs |= 1L << run;
    }

    private void unlink(long chunk) {
        int run = Chunk.longestRun(chunk);
        if (run == 0) {
            return;
        }
        long next = Chunk.runNext(chunk);
        long previous = Chunk.runPrev(chunk);
        if (next != 0) {
            Chunk.runPrev(next, previous);
        }
        if (previous != 0) {
            Chunk.runNext(previous, next);
        } else {
            byRun[run] = next;
            if (next == 0) {
                runs &= ~(1L << run);
            }
        }
        Chunk.longestRun(chunk, 0);
    }

    private static long mask(int first, int units) {
        return (1L << units) - 1 << first;
    }

    /**
     * The bits where at least {@code length} ones begin; each step halves what is still to be asked
     * for.
     */
    static long startsOfRuns(long mask, int length) {
        int wanted = length;
        while (wanted > 1) {
            int half = wanted >> 1;
            mask &= mask >>> half;
            wanted -= half;
        }
        return mask;
    }

    static int longestRun(long mask) {
        int run = 0;
        while (mask != 0) {
            mask &= mask >>> 1;
            run++;
        }
        return run;
    }
}
