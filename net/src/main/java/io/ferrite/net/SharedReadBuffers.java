package io.ferrite.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Where connections read into: one buffer for each event loop, used again for every read.
 *
 * <p>Why: nearly always a handler consumes all that was read before the next connection is read, so
 * the bytes stay in the processor's cache and nothing is taken from a pool and given back. Whoever
 * keeps what is left holds a reference to the buffer; the loop then goes on with a new one.
 *
 * <p>For transports that read when the loop asks for it, not for those whose kernel fills buffers
 * of many connections at the same time.
 */
final class SharedReadBuffers extends DefaultMaxMessagesRecvByteBufAllocator {

    /** Bytes of one read at most. */
    static final int SIZE = 64 << 10;

    /** Reads of one connection before the loop looks after the next one. */
    private static final int READS = 16;

    private final FastThreadLocal<Place> places =
            new FastThreadLocal<>() {
                @Override
                protected Place initialValue() {
                    return new Place();
                }

                @Override
                protected void onRemoval(Place place) {
                    place.empty();
                }
            };

    SharedReadBuffers() {
        super(READS);
    }

    @Override
    @SuppressWarnings("deprecation") // the interface of the handle is, with no other to replace it
    public Handle newHandle() {
        return new ReadHandle(places.get());
    }

    private final class ReadHandle extends MaxMessageHandle {
        private final Place place;

        ReadHandle(Place place) {
            this.place = place;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return place.take(allocator);
        }

        @Override
        public int guess() {
            return SIZE;
        }
    }

    /** The buffer of one event loop; for its thread alone. */
    private static final class Place {
        private ByteBuf buffer;

        /** The buffer, empty, with a reference of the caller's own. */
        ByteBuf take(ByteBufAllocator allocator) {
            if (buffer == null || buffer.refCnt() != 1) {
                empty();
                buffer = allocator.directBuffer(SIZE, SIZE);
            }
            return buffer.clear().retain();
        }

        void empty() {
            if (buffer != null) {
                buffer.release();
                buffer = null;
            }
        }
    }
}
