package io.ferrite.resp;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.memory.codec.Real;

/**
 * A request that is put together argument by argument in memory of its own, again and again: the
 * commands that a script calls. Not thread-safe.
 */
public final class ArgumentBuffer implements AutoCloseable {

    private static final int FIRST_BYTES = 512;

    /** More than this is given back when the next request begins. */
    private static final int KEPT_BYTES = 1 << 20;

    /** Offsets in a request are unsigned, lengths of all arguments together bounded by this. */
    private static final long MOST_BYTES = Integer.MAX_VALUE;

    private final Request request = new Request();
    private final MemoryTag tag;
    private long start;
    private long capacity;
    private long used;

    public ArgumentBuffer(MemoryTag tag) {
        this.tag = tag;
    }

    /** Starts over with no arguments. */
    public void begin() {
        if (capacity > KEPT_BYTES) {
            release();
        }
        used = 0;
        request.begin(start);
    }

    /**
     * Adds an argument with a copy of these bytes.
     *
     * @return false if the request would become too long
     */
    public boolean add(long address, long length) {
        if (used + length > MOST_BYTES) {
            return false;
        }
        room(length);
        Memory.copy(address, start + used, length);
        put(length);
        return true;
    }

    /** Adds a whole number in decimal. */
    public void add(long number) {
        room(Decimal.MAX_LENGTH);
        put(Decimal.write(number, start + used));
    }

    /** Adds a number in its shortest form. */
    public void add(double number) {
        room(Real.MAX_LENGTH);
        put(Real.write(number, start + used));
    }

    private void put(long length) {
        request.put(used, (int) length);
        used += length;
    }

    /** What was added; good until {@link #begin}. */
    public Request request() {
        request.rebase(start);
        return request;
    }

    private void room(long more) {
        if (used + more <= capacity) {
            return;
        }
        long wanted =
                SharedSlab.roundUp(Math.max(FIRST_BYTES, Math.max(2 * capacity, used + more)));
        start =
                capacity == 0
                        ? SharedSlab.take(wanted, tag)
                        : SharedSlab.resize(start, capacity, wanted, tag);
        capacity = wanted;
    }

    private void release() {
        if (capacity != 0) {
            SharedSlab.give(start, capacity, tag);
        }
        start = 0;
        capacity = 0;
    }

    @Override
    public void close() {
        request.close();
        release();
    }
}
