package io.ferrite.memory;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the process has mapped besides slab memory, for checked mode: read from {@code
 * /proc/self/maps} and read again when an address is not found. Memory that was unmapped since is
 * still taken for mapped.
 */
final class ForeignMemory {

    /** The first page is never mapped on purpose: an address in it is a null with an offset. */
    private static final long LOWEST = 65536;

    /** Starts and ends in turn, ascending. */
    private static volatile long[] known = {};

    private ForeignMemory() {}

    static boolean isMapped(long a, long n) {
        if (a < LOWEST || n < 0 || a + n < a) {
            return false;
        }
        if (contains(known, a, n)) {
            return true;
        }
        known = read();
        return contains(known, a, n);
    }

    private static boolean contains(long[] ranges, long a, long n) {
        int low = 0;
        int high = ranges.length / 2;
        while (low < high) {
            int middle = low + high >>> 1;
            if (ranges[2 * middle + 1] <= a) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return 2 * low < ranges.length && ranges[2 * low] <= a && a + n <= ranges[2 * low + 1];
    }

    private static long[] read() {
        String text;
        try (FileInputStream maps = new FileInputStream("/proc/self/maps")) {
            text = new String(maps.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new MemoryViolation("the list of mappings cannot be read", e);
        }
        Ranges ranges = new Ranges();
        for (String line : text.split("\n")) {
            int dash = line.indexOf('-');
            int space = line.indexOf(' ', dash);
            if (line.charAt(space + 1) == 'r') {
                ranges.addForeign(
                        Long.parseUnsignedLong(line, 0, dash, 16),
                        Long.parseUnsignedLong(line, dash + 1, space, 16));
            }
        }
        return Arrays.copyOf(ranges.bounds, ranges.length);
    }

    private static final class Ranges {
        long[] bounds = new long[256];
        int length;

        /**
         * Adds what of a mapping is in no zone of ours: the kernel joins neighbours into one line.
         */
        void addForeign(long from, long to) {
            long at = from;
            while (at != to) {
                long next = (at | ChunkSource.REGION - 1) + 1;
                if (Long.compareUnsigned(next, to) > 0 || next == 0) {
                    next = to;
                }
                if (Checker.zone(at) == null) {
                    add(at, next);
                }
                at = next;
            }
        }

        private void add(long from, long to) {
            if (length > 0 && bounds[length - 1] == from) {
                bounds[length - 1] = to;
                return;
            }
            if (length == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * length);
            }
            bounds[length++] = from;
            bounds[length++] = to;
        }
    }
}
