package io.ferrite.engine.sort;

import io.ferrite.memory.Slab;
import java.util.function.Consumer;

/** Where SORT finds its elements: one for each type that has some. */
interface SortSource {

    /** How many elements there are. */
    long size(long entry);

    /** Whether they have an order of their own that means something. */
    boolean isOrdered();

    /**
     * Hands out {@code count} elements, which are there, in the type's own order or against it.
     *
     * @param slab that of the key
     * @param from the position of the first, counted from the head also when going backwards
     */
    void elements(
            Slab slab, long entry, long from, long count, boolean forward, Consumer<byte[]> sink);
}
