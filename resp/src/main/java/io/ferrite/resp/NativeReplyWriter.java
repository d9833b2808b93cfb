package io.ferrite.resp;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;

/**
 * A reply writer with memory of its own, which grows as needed: for what is written once and used
 * elsewhere (effects, scripts, messages to several clients, tests).
 */
public final class NativeReplyWriter extends ReplyWriter implements AutoCloseable {

    private final MemoryTag tag;
    private long capacity;

    /** Takes no memory before the first byte is written. */
    public NativeReplyWriter() {
        this(0);
    }

    public NativeReplyWriter(int capacity) {
        this(capacity, MemoryTag.CLIENT);
    }

    public NativeReplyWriter(int capacity, MemoryTag tag) {
        this.tag = tag;
        if (capacity > 0) {
            allocate(capacity);
        }
    }

    /** Where the bytes written begin; good until more is written. */
    public long address() {
        return start;
    }

    /** How many bytes were written. */
    public int length() {
        return (int) (at - start);
    }

    public byte[] toBytes() {
        return Memory.toBytes(start, length());
    }

    /** Forgets what was written and keeps the memory. */
    public void reset() {
        at = start;
    }

    public long heldBytes() {
        return capacity;
    }

    @Override
    protected void more(int needed) {
        long used = at - start;
        long wanted = Math.max(64, Math.max(capacity * 2, used + needed));
        if (used + needed > Integer.MAX_VALUE) {
            throw new OutOfMemoryError("a reply of more than 2 GiB");
        }
        allocate(Math.min(wanted, Integer.MAX_VALUE));
    }

    private void allocate(long wanted) {
        long size = SharedSlab.roundUp(wanted);
        long used = at - start;
        start =
                capacity == 0
                        ? SharedSlab.take(size, tag)
                        : SharedSlab.resize(start, capacity, size, tag);
        capacity = size;
        at = start + used;
        end = start + size;
    }

    /** Gives the memory back; the writer is empty and can be used again. */
    @Override
    public void close() {
        if (capacity != 0) {
            SharedSlab.give(start, capacity, tag);
        }
        start = 0;
        at = 0;
        end = 0;
        capacity = 0;
    }
}
