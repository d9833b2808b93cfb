package io.ferrite.memory;

/**
 * The sizes that blocks come in: every 8 bytes up to 128, then 8 steps for each doubling, so that a
 * block is at most 12.5 % larger than what was asked for. Blocks above {@link #MAX_BLOCK} follow
 * the same steps but live in mappings of their own and have no class number.
 *
 * <p>Classes are numbered from 1 (8 bytes) to {@link #LAST} (256 KiB). A <em>span</em> is the run
 * of units that blocks of one class are cut from; its length is the least that leaves no more than
 * 1/64 unused.
 */
final class SizeClass {

    static final int UNIT_SHIFT = 13;
    static final int UNIT = 1 << UNIT_SHIFT;

    /** The largest block that is cut from a chunk. */
    static final long MAX_BLOCK = 256 * 1024;

    static final int LAST = of(MAX_BLOCK);

    private static final int[] SIZE = new int[LAST + 1];
    private static final byte[] SPAN_UNITS = new byte[LAST + 1];

    static {
        for (int c = 1; c <= LAST; c++) {
            int size = computeSize(c);
            int units = Math.max(1, size >> UNIT_SHIFT);
            while (units * UNIT < size || units * UNIT % size * 64 > units * UNIT) {
                units++;
            }
            SIZE[c] = size;
            SPAN_UNITS[c] = (byte) units;
        }
    }

    private SizeClass() {}

    /** The bytes that a request really gets. */
    static long roundUp(long size) {
        if (size <= 128) {
            return size <= 8 ? 8 : (size + 7) & -8;
        }
        long step = Long.highestOneBit(size - 1) >>> 3;
        return (size + step - 1) & -step;
    }

    /**
     * The class of a request of 0 to {@link #MAX_BLOCK} bytes; more than {@link #LAST} above that.
     */
    static int of(long size) {
        if (size <= 128) {
            return size <= 8 ? 1 : (int) (size + 7) >>> 3;
        }
        int top = 63 - Long.numberOfLeadingZeros(size - 1);
        return 17 + ((top - 7) << 3) + ((int) ((size - 1) >>> (top - 3)) & 7);
    }

    static int size(int sizeClass) {
        return SIZE[sizeClass];
    }

    static int spanUnits(int sizeClass) {
        return SPAN_UNITS[sizeClass];
    }

    private static int computeSize(int sizeClass) {
        if (sizeClass <= 16) {
            return sizeClass << 3;
        }
        int doubling = (sizeClass - 17) >> 3;
        int step = (sizeClass - 17) & 7;
        return (9 + step) << (doubling + 4);
    }
}
