package io.ferrite.server;

import io.ferrite.base.disk.DiskFile;
import io.ferrite.durability.rdb.RdbSource;
import io.ferrite.memory.Memory;
import java.io.IOException;

/** A file as the source of a snapshot, from its position on. One thread at a time. */
final class DiskSource implements RdbSource {

    private final DiskFile file;
    private long left;

    DiskSource(DiskFile file) throws IOException {
        this.file = file;
        this.left = file.size() - file.position();
    }

    @Override
    public int read(long target, int length) throws IOException {
        int size = file.read(Memory.buffer(target, length));
        left -= Math.max(0, size);
        return size;
    }

    @Override
    public long remaining() {
        return left;
    }
}
