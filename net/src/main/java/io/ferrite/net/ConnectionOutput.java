package io.ferrite.net;

import io.ferrite.memory.Memory;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/**
 * What a connection has to say: written into native memory in place, chunk by chunk, and sent when
 * it is flushed. For the event loop's thread.
 *
 * <p>An answer that fits into one chunk, with nothing before it that the kernel has not taken, is
 * given to the kernel at once and its chunk serves the next connection. All others take the
 * channel's way, which waits for the kernel where it must.
 */
final class ConnectionOutput {

    private final ChannelHandlerContext context;

    /** Null where there is only the channel's way. */
    private final Socket socket;

    private final SpareChunk spare;

    /** The chunk being written to; null when nothing is. */
    private ByteBuf chunk;

    /** Something was given to the channel and not flushed. */
    private boolean wrote;

    private long bytes;

    ConnectionOutput(ChannelHandlerContext context, SpareChunk spare) {
        this.context = context;
        this.socket = IoTransport.socketOf(context.channel());
        this.spare = spare;
    }

    /** As {@link Connection#reserve}. */
    long reserve(int room) {
        if (chunk != null && chunk.writableBytes() < room) {
            push();
        }
        if (chunk == null) {
            chunk = spare.take(context.alloc(), room);
        }
        return chunk.memoryAddress() + chunk.writerIndex();
    }

    /** As {@link Connection#reserveBehind}. */
    long reserveBehind(long from, long at, int room) {
        commit(from);
        int kept = (int) (at - from);
        int wanted = (int) Math.min(2L * kept + room, Integer.MAX_VALUE - 64);
        ByteBuf larger = context.alloc().directBuffer(Math.max(SpareChunk.SIZE, wanted));
        Memory.copy(from, larger.memoryAddress(), kept);
        push();
        chunk = larger;
        return larger.memoryAddress();
    }

    /** The end of the room that {@link #reserve} gave. */
    long limit() {
        return chunk == null ? 0 : chunk.memoryAddress() + chunk.capacity();
    }

    /** Everything before {@code address} in the current chunk is output. */
    void commit(long address) {
        chunk.writerIndex((int) (address - chunk.memoryAddress()));
    }

    /** Sends what has been committed. */
    void flush() {
        if (chunk != null && !sentAtOnce()) {
            push();
        }
        if (wrote) {
            wrote = false;
            context.flush();
        }
    }

    /** Gives what has been committed to the channel, which has not to send it yet. */
    void push() {
        ByteBuf full = chunk;
        if (full == null) {
            return;
        }
        chunk = null;
        if (full.isReadable()) {
            bytes += full.readableBytes();
            context.write(full, context.voidPromise());
            wrote = true;
        } else {
            spare.give(full);
        }
    }

    /** Whether the kernel took the whole of the chunk; else the rest of it is still there. */
    private boolean sentAtOnce() {
        if (socket == null || wrote || !chunk.isReadable()) {
            return false;
        }
        ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
        if (waiting == null || !waiting.isEmpty()) {
            return false;
        }
        int from = chunk.readerIndex();
        int to = chunk.writerIndex();
        int taken;
        try {
            taken = socket.sendAddress(chunk.memoryAddress(), from, to);
        } catch (IOException broken) {
            return false; // the channel meets it again, and ends
        }
        bytes += taken;
        if (taken < to - from) {
            chunk.skipBytes(taken);
            return false;
        }
        spare.give(chunk);
        chunk = null;
        return true;
    }

    /** What was pushed will leave with a later flush of the channel. */
    void flushedElsewhere() {
        wrote = false;
    }

    /** As {@link Connection#discardUnflushed}. */
    boolean discardUnflushed() {
        if (wrote) {
            return false;
        }
        if (chunk != null) {
            chunk.clear();
        }
        return true;
    }

    /** Room of the chunk that is being written to. Any thread. */
    int capacity() {
        ByteBuf now = chunk;
        return now == null ? 0 : now.capacity();
    }

    /** Bytes of the chunk that is being written to. */
    int unpushed() {
        return chunk == null ? 0 : chunk.readableBytes();
    }

    /** Bytes given to the kernel or the channel since the connection was opened. */
    long bytes() {
        return bytes;
    }

    void release() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }
}
