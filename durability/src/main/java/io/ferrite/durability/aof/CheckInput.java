package io.ferrite.durability.aof;

import io.ferrite.base.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A file read by lines and by counted bytes, as the check of an append-only file does. */
final class CheckInput {

    private static final int BUFFER = 1 << 16;

    private final DiskFile file;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long position;
    private boolean ended;

    CheckInput(DiskFile file, long from) throws IOException {
        this.file = file;
        this.size = file.size();
        this.position = from;
        file.seek(from);
        buffer.limit(0);
    }

    long position() {
        return position;
    }

    /** Whether a read found the end of the file. */
    boolean ended() {
        return ended;
    }

    private boolean fill() throws IOException {
        if (buffer.hasRemaining()) {
            return true;
        }
        buffer.clear();
        int read = file.read(buffer);
        buffer.flip();
        ended |= read <= 0;
        return read > 0;
    }

    /** The byte that comes next, or -1. */
    int peek() throws IOException {
        return fill() ? buffer.get(buffer.position()) & 0xFF : -1;
    }

    /** A line with its end, or its first {@code most} bytes; null at the end of the file. */
    byte[] line(int most) throws IOException {
        byte[] line = new byte[most];
        int length = 0;
        while (length < most && fill()) {
            byte b = buffer.get();
            line[length++] = b;
            position++;
            if (b == '\n') {
                break;
            }
        }
        return length == 0 ? null : Arrays.copyOf(line, length);
    }

    /**
     * Passes over {@code length} bytes, as far as there are so many; answers how many there were.
     */
    long skip(long length) throws IOException {
        long there = Math.min(length, size - position);
        ended |= there < length;
        move(position + there);
        return there;
    }

    /** Reads bytes; null, having passed over what is left, if there are not so many. */
    byte[] bytes(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            if (!fill()) {
                return null;
            }
            bytes[i] = buffer.get();
            position++;
        }
        return bytes;
    }

    private void move(long to) throws IOException {
        long ahead = to - position;
        if (ahead <= buffer.remaining()) {
            buffer.position(buffer.position() + (int) ahead);
        } else {
            file.seek(to);
            buffer.limit(0);
        }
        position = to;
    }
}
