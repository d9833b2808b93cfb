package io.ferrite.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** The chunk that the next answer on an event loop is written to. For that loop's thread. */
final class SpareChunk {

    /** Bytes of an ordinary chunk. */
    static final int SIZE = 16 << 10;

    private ByteBuf chunk;

    /** An empty chunk with room for at least {@code room} bytes, the caller's from now on. */
    ByteBuf take(ByteBufAllocator allocator, int room) {
        ByteBuf taken = chunk;
        if (taken == null || room > SIZE) {
            return allocator.directBuffer(Math.max(SIZE, room));
        }
        chunk = null;
        return taken;
    }

    /** Takes back a chunk that nobody else refers to. */
    void give(ByteBuf used) {
        if (chunk == null && used.capacity() == SIZE) {
            chunk = used.clear();
        } else {
            used.release();
        }
    }
}
