package io.ferrite.base.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file with one position. One thread at a time, but for the reads that name their place and
 * {@link #sync}: those may run beside anything.
 */
public interface DiskFile extends AutoCloseable {

    /**
     * Writes all that remains of {@code bytes} at the position, or behind the end if opened for
     * that. When it fails, a part may have been written: the buffer's position says how much.
     */
    void write(ByteBuffer bytes) throws IOException;

    /** Reads at the position; answers how many bytes, -1 at the end. May read less than asked. */
    int read(ByteBuffer into) throws IOException;

    /** As {@link #read(ByteBuffer)}, from a place of its own. */
    int read(ByteBuffer into, long at) throws IOException;

    long position() throws IOException;

    void seek(long position) throws IOException;

    long size() throws IOException;

    /** Cuts the file, or leaves it alone if it is shorter. */
    void truncate(long size) throws IOException;

    /**
     * Takes the file for this process until it is closed, without waiting; false if another process
     * has it. Opened for writing only.
     */
    default boolean tryLock() throws IOException {
        return true;
    }

    /** Waits until the contents are on the disk. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
}
