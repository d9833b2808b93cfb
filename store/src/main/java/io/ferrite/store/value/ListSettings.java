package io.ferrite.store.value;

import io.ferrite.store.encoding.Listpack;

/**
 * The limits of a list's blocks.
 *
 * @param fill {@code list-max-listpack-size}: how many elements a block holds if positive (0 counts
 *     as 1), or how many bytes if negative, from -1 for 4 KiB doubling to -5 for 64 KiB
 * @param compressDepth {@code list-compress-depth}: how many blocks at either end are never
 *     compressed; 0 compresses none
 * @param plainThreshold an element of this many bytes gets a block of its own outside of any
 *     listpack
 */
public record ListSettings(int fill, int compressDepth, int plainThreshold) {

    /** Just below what a listpack can hold. */
    public static final int MAX_PLAIN_THRESHOLD = Listpack.MAX_BYTES - 1024;

    public static final ListSettings DEFAULT = new ListSettings(-2, 0, MAX_PLAIN_THRESHOLD);

    private static final int SMALLEST_SIZE_CLASS = 4096;
    private static final int SIZE_CLASSES = 5;
    private static final int MAX_FILL = 0x7FFF;
    private static final int MAX_DEPTH = 0xFFFF;

    /** A block that is bounded by its number of elements is bounded by this many bytes too. */
    private static final int BYTES_WHEN_COUNTED = 8192;

    public ListSettings {
        fill = Math.clamp(fill, -SIZE_CLASSES, MAX_FILL);
        compressDepth = Math.clamp(compressDepth, 0, MAX_DEPTH);
        plainThreshold = Math.clamp(plainThreshold, 1, MAX_PLAIN_THRESHOLD);
    }

    boolean isPlain(int length) {
        return length >= plainThreshold;
    }

    /** Whether a block of this size is too big for {@code fill}. */
    static boolean exceeds(int fill, long bytes, long count) {
        return fill < 0
                ? bytes > bytesAllowed(fill)
                : bytes > BYTES_WHEN_COUNTED || count > Math.max(fill, 1);
    }

    /** Whether a block is small enough to be a whole list, and if {@code shrunk}, small by half. */
    static boolean fitsOneBlock(int fill, boolean shrunk, long bytes, long count) {
        int part = shrunk ? 2 : 1;
        return fill < 0 ? bytes <= bytesAllowed(fill) / part : count <= Math.max(fill, 1) / part;
    }

    /** How many bytes a block of more elements than one may come to. */
    static int mostBytes(int fill) {
        return fill < 0 ? bytesAllowed(fill) : BYTES_WHEN_COUNTED;
    }

    private static int bytesAllowed(int fill) {
        return SMALLEST_SIZE_CLASS << Math.min(-fill, SIZE_CLASSES) - 1;
    }
}
