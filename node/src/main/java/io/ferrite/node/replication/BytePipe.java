package io.ferrite.node.replication;

import io.ferrite.durability.rdb.RdbSource;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Bytes from an event loop to a thread that can wait for them. The loop is never stopped: it is
 * told when enough lies here, and holds its link until the thread has taken half of that.
 */
final class BytePipe implements RdbSource {

    private static final long ENOUGH = 1 << 20;
    private static final MemoryTag TAG = MemoryTag.OTHER;

    private record Piece(long address, int length) {}

    private final Runnable roomAgain;
    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    private long queued;

    /** How much of the first piece has been read. */
    private int taken;

    private boolean full;
    private boolean ended;
    private boolean abandoned;

    /**
     * @param roomAgain called by the reading thread once for each time that {@link #isFull} was
     *     true
     */
    BytePipe(Runnable roomAgain) {
        this.roomAgain = roomAgain;
    }

    /** Takes a copy of the bytes, in any case. */
    synchronized void write(long source, int length) {
        if (length > 0 && !abandoned) {
            long address = SharedSlab.take(length, TAG);
            Memory.copy(source, address, length);
            add(address, length);
        }
    }

    /** As the other {@code write}. */
    synchronized void write(byte[] bytes, int length) {
        if (length > 0 && !abandoned) {
            long address = SharedSlab.take(length, TAG);
            Memory.copyIn(bytes, 0, address, length);
            add(address, length);
        }
    }

    private void add(long address, int length) {
        pieces.add(new Piece(address, length));
        queued += length;
        full |= queued >= ENOUGH;
        notifyAll();
    }

    /** Whether the writer should stop until it is told of room. */
    synchronized boolean isFull() {
        return full;
    }

    /** Nothing more comes. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Nobody wants it any more, on either side. Any thread. */
    synchronized void abandon() {
        abandoned = true;
        for (Piece piece : pieces) {
            SharedSlab.give(piece.address(), piece.length(), TAG);
        }
        pieces.clear();
        queued = 0;
        notifyAll();
    }

    synchronized boolean isAbandoned() {
        return abandoned;
    }

    @Override
    public int read(long target, int length) throws IOException {
        int done;
        boolean room = false;
        synchronized (this) {
            if (!await()) {
                return -1;
            }
            Piece first = pieces.peek();
            done = Math.min(length, first.length() - taken);
            Memory.copy(first.address() + taken, target, done);
            taken += done;
            queued -= done;
            if (taken == first.length()) {
                pieces.poll();
                SharedSlab.give(first.address(), first.length(), TAG);
                taken = 0;
            }
            if (full && queued < ENOUGH / 2) {
                full = false;
                room = true;
            }
        }
        if (room) {
            roomAgain.run();
        }
        return done;
    }

    /** Waits for something to read; false at the end. */
    private boolean await() throws IOException {
        try {
            while (pieces.isEmpty() && !ended && !abandoned) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EOFException("interrupted");
        }
        if (abandoned) {
            throw new EOFException("the link broke");
        }
        return !pieces.isEmpty();
    }
}
