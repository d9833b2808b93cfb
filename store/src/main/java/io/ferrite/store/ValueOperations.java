package io.ferrite.store;

import io.ferrite.memory.Slab;

/**
 * What the keyspace must be able to do with the values of a type other than string. One instance
 * for each type, given to the keyspace when it is made.
 */
public interface ValueOperations {

    /**
     * About how many blocks and elements there are to free; what decides whether it is done at
     * once.
     */
    long effort(int encoding, long root);

    /**
     * Frees some of a value, about {@code budget} elements, and answers the root of what is left; 0
     * when that is nothing. The blocks may be another slab's.
     */
    long release(Slab slab, int encoding, long root, int budget);

    /** A copy of a value in blocks of this slab; answers its root. */
    long copy(Slab slab, int encoding, long root);

    /**
     * The root of what a value is now, which {@link Keyspace#freeze} promises; 0 if the type, or a
     * value of this form, has no such thing.
     */
    default long freeze(Slab slab, long root) {
        return 0;
    }

    /** Gives up what was frozen; answers the root of what is to be released now, or 0. */
    default long thaw(Slab slab, long frozen) {
        throw new IllegalStateException("nothing was frozen");
    }

    /** Bytes that a value takes; exact, or from about {@code samples} elements if positive. */
    long bytes(int encoding, long root, int samples);

    /** The {@link io.ferrite.store.index.HashIndex} of a value's elements; 0 if it has none. */
    default long index(long root) {
        return 0;
    }

    /**
     * When the next element of a {@link TimedRoot} expires, in milliseconds since 1970; {@link
     * Long#MAX_VALUE} if none does.
     */
    default long nextExpiry(long root) {
        return Long.MAX_VALUE;
    }
}
