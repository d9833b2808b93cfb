package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.memory.Slice;

/** Value digests for IFDEQ and IFDNE. */
final class Digest {

    private Digest() {}

    static boolean matches(long entry, Slice digest) {
        throw CommandError.of("ERR digests are not available in this version of Ferrite");
    }
}
