package io.ferrite.durability.rdb;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.io.IOException;

/** Strings, long ones piece by piece. */
final class StringCodec {

    /** What one step writes of a long string. */
    private static final int PIECE = 1 << 20;

    private StringCodec() {}

    /**
     * Writes the beginning; answers the offset that {@link #step} goes on with, 0 if all is
     * written.
     */
    static long begin(RdbOutput out, long address, int length, boolean compressible)
            throws IOException {
        if (length <= PIECE || compressible) {
            out.putString(address, length);
            return 0;
        }
        out.putLength(length);
        out.putBytes(address, PIECE);
        return PIECE;
    }

    /** Writes one piece; answers the offset of the next. */
    static long step(RdbOutput out, long address, int length, long offset) throws IOException {
        int piece = (int) Math.min(PIECE, length - offset);
        out.putBytes(address + offset, piece);
        return offset + piece == length ? 0 : offset + piece;
    }

    static void read(RdbInput in, Slab slab, RdbValue value) throws IOException {
        value.setEmpty();
        in.readBriefly(slab, MemoryTag.STRING, value.string());
        value.setString();
    }
}
