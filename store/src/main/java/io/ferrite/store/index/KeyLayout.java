package io.ferrite.store.index;

import io.ferrite.memory.MemoryTag;

/**
 * How a {@link HashIndex} reads the key of one of its elements: the only thing it knows about them.
 *
 * <p>There is one instance per kind of element, in a {@code static final} field, handed to the
 * index's static methods by the code that owns the elements, so that the compiler sees which one it
 * is.
 */
public abstract class KeyLayout {

    private final MemoryTag tag;

    /**
     * @param tag under which the index's own blocks are counted
     */
    protected KeyLayout(MemoryTag tag) {
        this.tag = tag;
    }

    /** The hash of an element's key; the same that {@code Hash.of} answers for its bytes. */
    public abstract long hash(long element);

    /** Whether an element's key is these bytes. */
    public abstract boolean matches(long element, long key, int length);

    public final MemoryTag tag() {
        return tag;
    }
}
