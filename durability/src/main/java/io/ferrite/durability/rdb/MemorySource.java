package io.ferrite.durability.rdb;

import io.ferrite.memory.Memory;

/** A source of bytes that are in memory: a DUMP payload. Reusable. */
public final class MemorySource implements RdbSource {

    private long at;
    private long end;

    public MemorySource set(long address, long length) {
        at = address;
        end = address + length;
        return this;
    }

    @Override
    public int read(long target, int length) {
        if (at == end) {
            return -1;
        }
        int given = (int) Math.min(length, end - at);
        Memory.copy(at, target, given);
        at += given;
        return given;
    }

    @Override
    public long remaining() {
        return end - at;
    }
}
