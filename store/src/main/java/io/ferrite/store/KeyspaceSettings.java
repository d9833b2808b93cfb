package io.ferrite.store;

import io.ferrite.memory.Slab;

/**
 * How a {@link Keyspace} is made.
 *
 * @param databases how many, from 1
 * @param tables into how many tables each is split, a power of two
 * @param bySlot whether a key's table is its hash slot; then there are 16384 tables
 * @param slabs one for each stripe, a power of two of them and no more than tables
 * @param values by {@link Type}; null where there is none, as for strings
 * @param seed of the chance that access counters take
 */
public record KeyspaceSettings(
        int databases,
        int tables,
        boolean bySlot,
        Slab[] slabs,
        ValueOperations[] values,
        long seed) {

    public KeyspaceSettings {
        if (databases < 1
                || Integer.bitCount(tables) != 1
                || Integer.bitCount(slabs.length) != 1
                || slabs.length > tables
                || values.length != Type.COUNT) {
            throw new IllegalArgumentException("not the shape of a keyspace");
        }
    }

    /** Strings only. */
    public static KeyspaceSettings ofStrings(int databases, int tables, Slab... slabs) {
        return new KeyspaceSettings(
                databases, tables, false, slabs, new ValueOperations[Type.COUNT], 1);
    }
}
