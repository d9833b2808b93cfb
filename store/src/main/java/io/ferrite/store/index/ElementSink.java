package io.ferrite.store.index;

/** Told the address of one element of a {@link HashIndex} after the other. */
@FunctionalInterface
public interface ElementSink {

    /** May read the element; must not change the index that is being walked. */
    void element(long address);
}
