package io.ferrite.engine;

import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.PackedLimits;
import io.ferrite.store.value.SetLimits;

/**
 * Up to where the compact encoding of each type is used: the {@code *-max-listpack-*} parameters
 * and their like, as they are now. Immutable; whoever changes a parameter puts a new one into the
 * {@link Engine}. A command reads it once, where it adds elements.
 *
 * @param list {@code list-max-listpack-size}, {@code list-compress-depth}
 * @param hash {@code hash-max-listpack-entries}, {@code hash-max-listpack-value}
 * @param set {@code set-max-intset-entries}, {@code set-max-listpack-entries}, {@code
 *     set-max-listpack-value}
 * @param zset {@code zset-max-listpack-entries}, {@code zset-max-listpack-value}
 * @param hllSparseBytes {@code hll-sparse-max-bytes}
 * @param stream {@code stream-node-max-entries} and, as value, {@code stream-node-max-bytes}; 0 is
 *     no limit there
 */
public record EncodingLimits(
        ListSettings list,
        PackedLimits hash,
        SetLimits set,
        PackedLimits zset,
        long hllSparseBytes,
        Packed stream) {

    /**
     * The limits of a listpack.
     *
     * @param entries how many elements, or fields, it holds at most
     * @param value how many bytes the longest of them has at most
     */
    public record Packed(long entries, long value) {}

    /** Redis' defaults. */
    public static final EncodingLimits DEFAULT =
            new EncodingLimits(
                    ListSettings.DEFAULT,
                    PackedLimits.HASH,
                    SetLimits.DEFAULT,
                    PackedLimits.ZSET,
                    3000,
                    new Packed(100, 4096));
}
