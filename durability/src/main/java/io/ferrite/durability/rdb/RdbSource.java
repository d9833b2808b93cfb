package io.ferrite.durability.rdb;

import java.io.IOException;

/** Gives the bytes of an RDB as they are asked for; may block until there are some. */
public interface RdbSource {

    /** An answer of {@link #remaining} that promises nothing. */
    long UNKNOWN = Long.MAX_VALUE;

    /**
     * Writes between 1 and {@code length} bytes to {@code target} and answers how many, or -1 at
     * the end.
     */
    int read(long target, int length) throws IOException;

    /**
     * How many bytes there are at most still to come. A length that needs more is refused before
     * memory is taken for it; where this is not known, memory is taken as the bytes arrive.
     */
    default long remaining() {
        return UNKNOWN;
    }
}
