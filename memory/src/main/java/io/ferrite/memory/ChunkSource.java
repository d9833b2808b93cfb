package io.ferrite.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where slabs get their chunks: aligned pieces of {@link Chunk#SIZE} bytes, cut from regions of 64
 * that are mapped as one. A chunk that comes back is stripped of its pages and its addresses are
 * kept, so that a long life of growing and shrinking does not shred the process' list of mappings;
 * a region that is wholly free is unmapped, except one.
 *
 * <p>Where {@link #preferHugePages} was asked for, regions ask the kernel for pages of 2 MiB:
 * random access to much data gets a fifth to a third faster, as fewer address translations are
 * missed. The first megabytes of a process stay on small pages, so that an idle one stays small.
 * What is given back by parts is only free for others when all of a large page is.
 *
 * <p>Chunks are handed out zeroed, lowest region first, so that the others may empty. One source
 * serves the whole process. Thread-safe; the system calls that strip pages run outside the lock.
 */
final class ChunkSource {

    private static final int CHUNKS = 64;
    static final long REGION = CHUNKS * (long) Chunk.SIZE;
    private static final long ALL_FREE = -1;
    private static final long HUGE_PAGE = 2L << 20;

    /** An idle process touches less than this, in its first region. */
    private static final long SMALL_PAGES = 2 * HUGE_PAGE;

    static final ChunkSource SHARED = new ChunkSource();

    private static final class Region {
        final long mapping;
        final long mappingBytes;
        final long base;
        long free = ALL_FREE;

        Region(long hugePagesFrom) {
            // In checked mode a region is aligned to its size: one table lookup finds it by
            // address.
            long alignment = Memory.CHECKED ? REGION : HUGE_PAGE;
            mappingBytes = REGION + alignment;
            mapping = Os.map(mappingBytes);
            base = (mapping + alignment - 1) & -alignment;
            if (hugePagesFrom < REGION) {
                Os.preferHugePages(base + hugePagesFrom, REGION - hugePagesFrom);
            }
            if (Memory.CHECKED) {
                Checker.regionMapped(base);
            }
        }

        void unmap() {
            if (Memory.CHECKED) {
                Checker.regionUnmapped(base);
            }
            Os.unmap(mapping, mappingBytes);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Region> regions = new ArrayList<>(); // guarded by lock, by base
    private int firstWithRoom; // no region before this index has a free chunk
    private int wholeFree; // regions without a chunk in use
    private boolean hugePages; // guarded by lock

    private ChunkSource() {}

    /** Whether regions that are mapped from now on ask for large pages. */
    void preferHugePages(boolean on) {
        lock.lock();
        try {
            hugePages = on;
        } finally {
            lock.unlock();
        }
    }

    long take() {
        lock.lock();
        try {
            while (firstWithRoom < regions.size() && regions.get(firstWithRoom).free == 0) {
                firstWithRoom++;
            }
            if (firstWithRoom == regions.size()) {
                insert(new Region(!hugePages ? REGION : regions.isEmpty() ? SMALL_PAGES : 0));
            }
            Region region = regions.get(firstWithRoom);
            if (region.free == ALL_FREE) {
                wholeFree--;
            }
            int index = Long.numberOfTrailingZeros(region.free);
            region.free &= region.free - 1;
            return region.base + index * (long) Chunk.SIZE;
        } finally {
            lock.unlock();
        }
    }

    void give(long chunk) {
        if (Memory.CHECKED) {
            Checker.chunkGiven(chunk);
        }
        Os.discard(chunk, Chunk.SIZE);
        Region emptied = null;
        lock.lock();
        try {
            int at = indexOf(chunk);
            Region region = regions.get(at);
            region.free |= 1L << (int) ((chunk - region.base) / Chunk.SIZE);
            firstWithRoom = Math.min(firstWithRoom, at);
            if (region.free == ALL_FREE && ++wholeFree > 1) {
                wholeFree--;
                regions.remove(at);
                emptied = region;
            }
        } finally {
            lock.unlock();
        }
        if (emptied != null) {
            emptied.unmap();
        }
    }

    private void insert(Region region) {
        int at = 0;
        while (at < regions.size() && regions.get(at).base < region.base) {
            at++;
        }
        regions.add(at, region);
        firstWithRoom = at; // all others are full
        wholeFree++;
    }

    private int indexOf(long chunk) {
        int low = 0;
        int high = regions.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (regions.get(middle).base <= chunk) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
