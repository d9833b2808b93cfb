package io.ferrite.store.stream;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;

/**
 * The room behind the last block of a stream, so that an entry which is added moves nothing: the
 * block's piece of memory grows by halves, and is cut to what the block needs once another one
 * follows or somebody is about to change it otherwise.
 *
 * <p>The head of the stream says how much the last block holds while that is more than its size
 * tells; 0 if it holds what it would anyway, as every other block does.
 */
final class StreamTail {

    /** Less is not worth a step, and more not worth keeping. */
    private static final long LEAST_ROOM = 64;

    private static final long MOST_ROOM = 64 << 10;

    private StreamTail() {}

    private static long held(long stream) {
        return Memory.getLong(stream + StreamValue.TAIL_HELD);
    }

    /**
     * Sees to it that the last block has room for so many bytes more; answers where it is now.
     *
     * @param most what a block may come to; it gets more only if this entry alone takes it there
     */
    static long reserve(Slab slab, long stream, long record, long bytes, long most) {
        long lp = StreamBlock.of(record);
        long used = Listpack.bytes(lp);
        long held = held(stream);
        if (held == 0) {
            held = Slab.roundUp(used);
        }
        long needed = used + bytes;
        if (needed <= held) {
            return lp;
        }
        long room = Math.clamp(used >> 1, LEAST_ROOM, MOST_ROOM);
        long wanted = Slab.roundUp(Math.max(needed, Math.min(needed + room, most)));
        long block = slab.resize(lp, held, wanted, StreamValue.TAG);
        Memory.putLong(stream + StreamValue.TAIL_HELD, wanted);
        Memory.putLong(record + IdTree.PAYLOAD, block);
        StreamValue.addBlockBytes(stream, wanted - held);
        return block;
    }

    /** Gives the room behind the last block back, if there is any. */
    static void close(Slab slab, long stream) {
        long held = held(stream);
        if (held == 0) {
            return;
        }
        Memory.putLong(stream + StreamValue.TAIL_HELD, 0);
        long record = IdTree.edge(stream + StreamValue.BLOCKS, true);
        long lp = StreamBlock.of(record);
        long used = Listpack.bytes(lp);
        Memory.putLong(record + IdTree.PAYLOAD, slab.resize(lp, held, used, StreamValue.TAG));
        StreamValue.addBlockBytes(stream, Slab.roundUp(used) - held);
    }

    /** As {@link #close}, if this is the last block; to be called before it is changed or freed. */
    static void closeIfAt(Slab slab, long stream, long record) {
        if (held(stream) != 0 && record == IdTree.edge(stream + StreamValue.BLOCKS, true)) {
            close(slab, stream);
        }
    }
}
