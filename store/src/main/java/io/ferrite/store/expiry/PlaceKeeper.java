package io.ferrite.store.expiry;

import io.ferrite.memory.MemoryTag;

/**
 * Where an element of an {@link ExpiryHeap} keeps its place in it: all that the heap knows about
 * its elements. One instance for each kind of element, in a {@code static final} field.
 */
public abstract class PlaceKeeper {

    private final MemoryTag tag;

    /**
     * @param tag under which the heap's own blocks are counted
     */
    protected PlaceKeeper(MemoryTag tag) {
        this.tag = tag;
    }

    /** Writes down the place of an element. */
    public abstract void setPlace(long element, int place);

    public final MemoryTag tag() {
        return tag;
    }
}
