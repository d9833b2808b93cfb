package io.ferrite.durability.rdb;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * A string just read: a block of exactly its length in the slab that was asked for. Reusable:
 * whoever keeps the block {@link #forget}s it, else it is given back by {@link #free} or by the
 * next read. One that was {@link RdbInput#readBriefly read briefly} may lie in the input, and
 * cannot be kept.
 */
public final class RdbString {

    private Slab slab;
    private MemoryTag tag;
    private long address;
    private int length;

    void set(Slab slab, MemoryTag tag, long address, int length) {
        free();
        this.slab = slab;
        this.tag = tag;
        this.address = address;
        this.length = length;
    }

    /** Makes it bytes that are somebody else's, and stay there until it is read again. */
    void lend(long there, int bytes) {
        free();
        slab = null;
        address = there;
        length = bytes;
    }

    public long address() {
        return address;
    }

    public int length() {
        return length;
    }

    /** Hands the block to the caller, who frees it; a length of 0 holds a block too. */
    public long forget() {
        long block = address;
        address = 0;
        return block;
    }

    public void free() {
        if (address != 0 && slab != null) {
            slab.give(address, Math.max(1, length), tag);
        }
        address = 0;
    }

    public byte[] toBytes() {
        return Memory.toBytes(address, length);
    }
}
