package io.ferrite.memory;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Checked mode: knows of every 8 bytes of slab memory whether they belong to a block that is out,
 * and refuses an access to any that do not.
 *
 * <p>Address space is looked at in slots of {@link ChunkSource#REGION} bytes. In checked mode a
 * region of chunks fills a slot exactly, and a large block begins at the start of a slot and has
 * the slots it reaches into for itself, so the slot's zone decides: a region has a shadow byte for
 * each 8 bytes (1: live), a large block has its bounds. Addresses in no zone are foreign (network
 * buffers, segments of tests): they pass if the process has them mapped readable, as {@link
 * ForeignMemory} finds out.
 *
 * <p>A block's red zone is the dead bytes up to the next block. Blocks are live up to their size
 * class, not up to what was asked for: owners may use all of it (see {@link Slab#roundUp}).
 *
 * <p>With {@code -Dferrite.memory.trace=true} the stack of every take is kept and shown with a leak
 * or a violation: slow, for hunting.
 *
 * <p>Thread-safe: zones are immutable, and a block's shadow is written only by who takes or gives
 * it.
 */
final class Checker {

    private static final int SLOT_SHIFT = Long.numberOfTrailingZeros(ChunkSource.REGION);
    private static final int FANOUT_SHIFT = 12;
    private static final int FANOUT = 1 << FANOUT_SHIFT;
    private static final int ADDRESS_BITS = 48;
    private static final int ROOTS = 1 << ADDRESS_BITS - SLOT_SHIFT - FANOUT_SHIFT;
    private static final boolean TRACE = Boolean.getBoolean("ferrite.memory.trace");

    private static final Zone[][] ZONES = new Zone[ROOTS][];
    private static final Map<Long, Throwable> TAKES = new ConcurrentHashMap<>();

    /**
     * @param base the first address
     * @param shadow of a region of chunks; 0 for a large block
     * @param liveFrom of a large block: its first byte
     * @param liveTo of a large block: the byte behind its last
     * @param tag of a large block
     */
    record Zone(long base, long shadow, long liveFrom, long liveTo, MemoryTag tag) {

        boolean isLarge() {
            return shadow == 0;
        }

        boolean isLive(long a, long n) {
            long end = a + n;
            if (shadow == 0) {
                return a >= liveFrom && end <= liveTo && end >= a;
            }
            long at = shadow + (a - base >>> 3);
            long last = shadow + (end - 1 - base >>> 3);
            if (n < 0 || end > base + ChunkSource.REGION) {
                return false;
            }
            for (; at + 8 <= last; at += 8) {
                if (Raw.getLong(at) != 0x0101010101010101L) {
                    return false;
                }
            }
            for (; at <= last; at++) {
                if (Raw.getByte(at) == 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private Checker() {}

    static void check(long a, long n) {
        if (n == 0) {
            return;
        }
        Zone zone = zone(a);
        if (zone != null ? !zone.isLive(a, n) : !ForeignMemory.isMapped(a, n)) {
            throw violation(a, n, zone);
        }
    }

    /** The zone that an address lies in, or null. */
    static Zone zone(long a) {
        long slot = a >>> SLOT_SHIFT;
        if (slot >= (long) ROOTS * FANOUT) {
            return null;
        }
        Zone[] zones = ZONES[(int) (slot >>> FANOUT_SHIFT)];
        return zones == null ? null : zones[(int) slot & FANOUT - 1];
    }

    static void regionMapped(long base) {
        long shadow = Os.map(ChunkSource.REGION >> 3);
        put(base, ChunkSource.REGION, new Zone(base, shadow, 0, 0, MemoryTag.OTHER));
    }

    static void regionUnmapped(long base) {
        Zone zone = zone(base);
        put(base, ChunkSource.REGION, null);
        Os.unmap(zone.shadow, ChunkSource.REGION >> 3);
    }

    static void largeTaken(long block, long size, MemoryTag tag) {
        long base = block & -ChunkSource.REGION;
        put(base, block + size - base, new Zone(base, 0, block, block + size, tag));
    }

    static void largeGiven(long block) {
        Zone zone = zone(block);
        put(zone.base, zone.liveTo - zone.base, null);
    }

    /** Marks a chunk that goes back to the source as dead, whatever was out. */
    static void chunkGiven(long chunk) {
        Zone zone = zone(chunk);
        Os.discard(zone.shadow + (chunk - zone.base >>> 3), Chunk.SIZE >> 3);
    }

    /** Marks the bytes of a block in a chunk as out or not. */
    static void mark(long block, long size, boolean live) {
        Zone zone = zone(block);
        Raw.fill(zone.shadow + (block - zone.base >>> 3), size >>> 3, live ? 1 : 0);
    }

    private static synchronized void put(long base, long bytes, Zone zone) {
        for (long a = base; a < base + bytes; a += ChunkSource.REGION) {
            int root = (int) (a >>> SLOT_SHIFT + FANOUT_SHIFT);
            if (ZONES[root] == null) {
                ZONES[root] = new Zone[FANOUT];
            }
            ZONES[root][(int) (a >>> SLOT_SHIFT) & FANOUT - 1] = zone;
        }
    }

    static void traceTaken(long block) {
        if (TRACE) {
            TAKES.put(block, new Throwable("taken here"));
        }
    }

    static void traceGiven(long block) {
        if (TRACE) {
            TAKES.put(block, new Throwable("given back here"));
        }
    }

    /** Where a block was last taken or given, if that is traced. */
    static Throwable trace(long block) {
        return TAKES.get(block);
    }

    /** Where some block of a slab that is still out was taken, if that is traced; else null. */
    static Throwable traceOfLeak(int slab) {
        for (Map.Entry<Long, Throwable> entry : TAKES.entrySet()) {
            long block = entry.getKey();
            Zone zone = zone(block);
            if (zone != null && zone.isLive(block, 1)) {
                int owner =
                        zone.isLarge()
                                ? LargeBlocks.owner(block)
                                : Chunk.pageOwner(Chunk.pageOf(block));
                if (owner == slab) {
                    return entry.getValue();
                }
            }
        }
        return null;
    }

    private static MemoryViolation violation(long a, long n, Zone zone) {
        String what = "access to " + n + " bytes at " + Long.toHexString(a);
        if (zone == null) {
            return new MemoryViolation(what + ", which nobody has mapped");
        }
        if (zone.isLarge()) {
            return new MemoryViolation(
                    what
                            + ", outside of the "
                            + (zone.liveTo - zone.liveFrom)
                            + " bytes of a "
                            + zone.tag
                            + " block at "
                            + Long.toHexString(zone.liveFrom));
        }
        return CheckedBlocks.violation(what, a);
    }
}
