package io.ferrite.spec;

import java.util.Arrays;

/** The keys of one request, as {@link KeyFinder} found them. Reused from request to request. */
public final class KeyRefs {

    private static final int KEPT = 1024;

    private int count;
    private int[] positions = new int[16];
    private int[] flags = new int[16];

    public int count() {
        return count;
    }

    /** Which argument key {@code i} is. */
    public int position(int i) {
        return positions[i];
    }

    /** What happens to it: a set of {@link KeyFlag}. */
    public int flags(int i) {
        return flags[i];
    }

    void clear() {
        count = 0;
        if (positions.length > KEPT) {
            positions = new int[16];
            flags = new int[16];
        }
    }

    void add(int position, int flagSet) {
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, count * 2);
            flags = Arrays.copyOf(flags, count * 2);
        }
        positions[count] = position;
        flags[count] = flagSet;
        count++;
    }
}
