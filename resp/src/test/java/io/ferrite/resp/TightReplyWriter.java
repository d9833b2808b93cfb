package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;

/**
 * A writer that never has a byte more room than was asked for, moves whenever it gets room, and
 * notices a store behind its end.
 */
final class TightReplyWriter extends ReplyWriter implements AutoCloseable {

    private static final int GUARD = 64;
    private static final byte INTACT = 0x5A;

    private long size;
    int moves;

    /** A writer with room for exactly {@code room} bytes. */
    TightReplyWriter(int protocol, int room) {
        setProtocol(protocol);
        move(room);
        moves = 0;
    }

    @Override
    protected void more(int needed) {
        if (end - at >= needed) {
            throw new AssertionError("asked for room that is there");
        }
        move(at - start + needed);
    }

    private void move(long room) {
        long used = at - start;
        long block = SharedSlab.take(room + GUARD, MemoryTag.CLIENT);
        Memory.fill(block, room + GUARD, INTACT);
        if (size != 0) {
            Memory.copy(start, block, used);
            check();
            SharedSlab.give(start, size, MemoryTag.CLIENT);
        }
        size = room + GUARD;
        start = block;
        at = block + used;
        end = block + room;
        moves++;
    }

    String text() {
        check();
        return new String(Memory.toBytes(start, (int) (at - start)), ISO_8859_1);
    }

    private void check() {
        if (at > end) {
            throw new AssertionError("wrote " + (at - end) + " bytes too many");
        }
        for (int i = 0; i < GUARD; i++) {
            if (Memory.getByte(end + i) != INTACT) {
                throw new AssertionError("stored behind the end, at " + i);
            }
        }
    }

    @Override
    public void close() {
        check();
        SharedSlab.give(start, size, MemoryTag.CLIENT);
    }
}
