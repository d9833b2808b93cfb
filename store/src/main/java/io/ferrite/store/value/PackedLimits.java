package io.ferrite.store.value;

/**
 * Up to where a collection is one listpack.
 *
 * @param entries how many elements, or fields, it holds at most
 * @param value how many bytes the longest of them, or of their values, has at most
 */
public record PackedLimits(long entries, long value) {

    /**
     * {@code hash-max-listpack-entries} and {@code hash-max-listpack-value}, as they are by
     * default.
     */
    public static final PackedLimits HASH = new PackedLimits(512, 64);

    /**
     * {@code zset-max-listpack-entries} and {@code zset-max-listpack-value}, as they are by
     * default.
     */
    public static final PackedLimits ZSET = new PackedLimits(128, 64);
}
