package io.ferrite.durability.rdb;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.codec.Crc64;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.memory.codec.Lzf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the parts that everything in an RDB is made of, through a fixed buffer into a sink.
 *
 * <p>Lengths take 1, 2, 5 or 9 bytes, told apart by their first two bits:
 *
 * <pre>
 *   00llllll                      6 bits
 *   01llllll llllllll             14 bits, high bits first
 *   10000000 u32 big-endian       32 bits
 *   10000001 u64 big-endian       64 bits
 *   11000000 / 01 / 10            not a length: an integer of 8, 16 or 32 bits follows
 *   11000011                      not a length: two lengths and an LZF block follow
 * </pre>
 *
 * <p>Strings of up to 11 bytes that spell a 32-bit integer are written as one; strings of more than
 * 20 bytes are compressed if that is wanted and gains something.
 *
 * <p>One thread at a time. Memory: the buffer (64 KiB) and, while strings are compressed, as much
 * as the longest of them.
 */
public final class RdbOutput implements AutoCloseable {

    static final int BUFFER_BYTES = 1 << 16;

    private static final int MAX_INTEGER_TEXT = 11;
    private static final int MIN_COMPRESSED = 21;

    private static final MemoryTag TAG = MemoryTag.OTHER;

    private final RdbSink sink;

    /** Takes strings that are compressed later; null if they are compressed here. */
    private final @Nullable Capture capture;

    private final boolean checksummed;
    private final int compressUpTo;
    private final long buffer;
    private int used;
    private long flushed;
    private long crc;
    private long scratch;
    private int scratchBytes;

    /**
     * @param checksummed whether {@link #checksum} is kept; 0 stands for none
     * @param compressUpTo the longest string that is compressed; 0 for none. Compression takes
     *     about 5 ns a byte, too much for who holds a lock
     */
    public RdbOutput(RdbSink sink, boolean checksummed, int compressUpTo) {
        this(sink, null, checksummed, compressUpTo);
    }

    /**
     * An output that leaves the compression of strings, up to a length, to who writes what was
     * captured.
     */
    public RdbOutput(Capture capture, int compressUpTo) {
        this(capture::bytes, capture, false, compressUpTo);
    }

    private RdbOutput(
            RdbSink sink, @Nullable Capture capture, boolean checksummed, int compressUpTo) {
        this.sink = sink;
        this.capture = capture;
        this.checksummed = checksummed;
        this.compressUpTo = compressUpTo;
        this.buffer = SharedSlab.take(BUFFER_BYTES, TAG);
    }

    /** How many bytes were written, those still in the buffer included. */
    public long written() {
        return flushed + used;
    }

    public void flush() throws IOException {
        if (used > 0) {
            int length = used;
            used = 0;
            pass(buffer, length);
        }
    }

    private void pass(long address, int length) throws IOException {
        if (checksummed) {
            crc = Crc64.update(crc, address, length);
        }
        flushed += length;
        sink.write(address, length);
    }

    /** The checksum of all that was written; flushes. */
    public long checksum() throws IOException {
        flush();
        return crc;
    }

    private long room(int bytes) throws IOException {
        if (BUFFER_BYTES - used < bytes) {
            flush();
        }
        long at = buffer + used;
        used += bytes;
        return at;
    }

    public void putByte(int value) throws IOException {
        Memory.putByte(room(1), value);
    }

    public void putShort(int value) throws IOException {
        Memory.putShort(room(2), value);
    }

    public void putInt(int value) throws IOException {
        Memory.putInt(room(4), value);
    }

    public void putLong(long value) throws IOException {
        Memory.putLong(room(8), value);
    }

    public void putDouble(double value) throws IOException {
        Memory.putDouble(room(8), value);
    }

    /** A number with its highest byte first, as the keys of streams are. */
    public void putLongBigEndian(long value) throws IOException {
        Memory.putLongBigEndian(room(8), value);
    }

    public void putBytes(long address, int length) throws IOException {
        if (length <= BUFFER_BYTES - used) {
            Memory.copy(address, buffer + used, length);
            used += length;
            return;
        }
        flush();
        if (length < BUFFER_BYTES / 2) {
            Memory.copy(address, buffer, length);
            used = length;
            return;
        }
        pass(address, length);
    }

    /** Bytes of the heap, fewer than the buffer holds. */
    public void putBytes(byte[] bytes) throws IOException {
        Memory.copyIn(bytes, 0, room(bytes.length), bytes.length);
    }

    public void putLength(long length) throws IOException {
        if (length >= 0 && length < 1 << 6) {
            putByte((int) length);
        } else if (length >= 0 && length < 1 << 14) {
            putByte(0x40 | (int) (length >>> 8));
            putByte((int) length);
        } else if (length >>> 32 == 0) {
            putByte(0x80);
            Memory.putIntBigEndian(room(4), (int) length);
        } else {
            putByte(0x81);
            Memory.putLongBigEndian(room(8), length);
        }
    }

    public void putString(long address, int length) throws IOException {
        if (length <= MAX_INTEGER_TEXT) {
            long value = Decimal.parse(address, length);
            if (Decimal.isNumber(address, length, value) && putSmallInteger(value)) {
                return;
            }
        }
        if (length < MIN_COMPRESSED || length > compressUpTo || !putCompressed(address, length)) {
            putLength(length);
            putBytes(address, length);
        }
    }

    /** A short string of the heap. */
    public void putString(String ascii) throws IOException {
        byte[] bytes = ascii.getBytes(StandardCharsets.ISO_8859_1);
        long a = scratch(bytes.length);
        Memory.copyIn(bytes, 0, a, bytes.length);
        if (bytes.length <= MAX_INTEGER_TEXT) {
            putString(a, bytes.length);
        } else {
            putLength(bytes.length);
            putBytes(a, bytes.length);
        }
    }

    /** A string of the heap, of any length. */
    public void putText(byte[] bytes) throws IOException {
        long copy = SharedSlab.take(Math.max(1, bytes.length), TAG);
        try {
            Memory.copyIn(bytes, 0, copy, bytes.length);
            putString(copy, bytes.length);
        } finally {
            SharedSlab.give(copy, Math.max(1, bytes.length), TAG);
        }
    }

    /** The string that an integer's text is. */
    public void putInteger(long value) throws IOException {
        if (!putSmallInteger(value)) {
            putByte(Decimal.length(value));
            long at = room(Decimal.MAX_LENGTH);
            used += Decimal.write(value, at) - Decimal.MAX_LENGTH;
        }
    }

    private boolean putSmallInteger(long value) throws IOException {
        if (value == (byte) value) {
            putByte(0xC0);
            putByte((int) value);
        } else if (value == (short) value) {
            putByte(0xC1);
            putShort((int) value);
        } else if (value == (int) value) {
            putByte(0xC2);
            putInt((int) value);
        } else {
            return false;
        }
        return true;
    }

    private boolean putCompressed(long address, int length) throws IOException {
        if (capture != null) {
            flush();
            capture.string(address, length);
            flushed += length;
            return true;
        }
        long room = scratch(length);
        int packed = Lzf.compress(address, length, room, length - 4);
        if (packed == 0) {
            return false;
        }
        putCompressed(room, packed, length);
        return true;
    }

    /**
     * A string that is compressed already: {@code packed} bytes of LZF that stand for {@code
     * length}.
     */
    public void putCompressed(long address, int packed, int length) throws IOException {
        putByte(0xC3);
        putLength(packed);
        putLength(length);
        putBytes(address, packed);
    }

    private long scratch(int bytes) {
        if (scratchBytes < bytes) {
            if (scratch != 0) {
                SharedSlab.give(scratch, scratchBytes, TAG);
            }
            scratchBytes = Math.max(1024, bytes);
            scratch = SharedSlab.take(scratchBytes, TAG);
        }
        return scratch;
    }

    /** Gives the buffers back; what was not flushed is lost. */
    @Override
    public void close() {
        SharedSlab.give(buffer, BUFFER_BYTES, TAG);
        if (scratch != 0) {
            SharedSlab.give(scratch, scratchBytes, TAG);
            scratch = 0;
        }
    }
}
