package io.ferrite.store.value;

/**
 * Up to where the two small forms of a set are used.
 *
 * @param intsetEntries {@code set-max-intset-entries}
 * @param entries {@code set-max-listpack-entries}
 * @param value {@code set-max-listpack-value}: how many bytes the longest member of a listpack has
 */
public record SetLimits(long intsetEntries, long entries, long value) {

    /** No intset has more members, whatever the configuration says. */
    private static final long MOST_INTEGERS = 1L << 30;

    public static final SetLimits DEFAULT = new SetLimits(512, 128, 64);

    public SetLimits {
        intsetEntries = Math.min(intsetEntries, MOST_INTEGERS);
    }
}
