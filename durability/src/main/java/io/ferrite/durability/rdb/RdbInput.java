package io.ferrite.durability.rdb;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Crc64;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.memory.codec.Lzf;
import java.io.EOFException;
import java.io.IOException;

/**
 * Reads the parts that everything in an RDB is made of ({@link RdbOutput} draws them) from a source
 * that may be anybody's. No length makes it take memory that the source could not fill: a length
 * beyond {@link RdbSource#remaining} is refused, and where that is not known a string's block grows
 * as its bytes arrive. What LZF claims to unpack to is held against what it can.
 *
 * <p>One thread at a time. Memory: the buffer (64 KiB, if nothing else is asked for) and, while a
 * compressed string is read that goes beyond it, its compressed form.
 */
public final class RdbInput implements AutoCloseable {

    /** The longest string there can be. */
    public static final int MAX_STRING = Integer.MAX_VALUE - 64;

    private static final int BUFFER_BYTES = 1 << 16;

    /** A string's block begins no larger than this where the source's length is not known. */
    private static final int FIRST_STEP = 1 << 20;

    /** Three bytes of LZF stand for at most 264. */
    private static final int MAX_EXPANSION = 88;

    /** Strings that are numbers or compressed begin with this, or more. */
    private static final int FIRST_ENCODED = 0xC0;

    private static final MemoryTag TAG = MemoryTag.OTHER;

    /** What the first byte of a length said. */
    private enum Kind {
        LENGTH,
        INTEGER_8,
        INTEGER_16,
        INTEGER_32,
        COMPRESSED
    }

    private static final RdbSource NOTHING =
            new RdbSource() {
                @Override
                public int read(long target, int length) {
                    return -1;
                }

                @Override
                public long remaining() {
                    return 0;
                }
            };

    private RdbSource source = NOTHING;
    private final int bufferBytes;
    private final long own;

    /** Where the bytes at hand are: the own buffer, or memory that was opened. */
    private long buffer;

    private int at;
    private int end;
    private int checked;
    private long before;
    private long crc;
    private Kind kind;
    private int allowed = MAX_STRING;

    public RdbInput() {
        this(BUFFER_BYTES);
    }

    /**
     * @param bufferBytes 0 for one that only {@link #openMemory reads memory}
     */
    public RdbInput(int bufferBytes) {
        this.bufferBytes = bufferBytes;
        own = bufferBytes == 0 ? 0 : SharedSlab.take(bufferBytes, TAG);
        buffer = own;
    }

    /** Begins to read from another source. */
    public RdbInput open(RdbSource source) {
        this.source = source;
        buffer = own;
        at = 0;
        end = 0;
        checked = 0;
        before = 0;
        crc = 0;
        return this;
    }

    /**
     * Begins to read bytes where they lie; no checksum is kept of them.
     *
     * @param position how many bytes of the whole lie before them
     */
    public RdbInput openMemory(long address, int length, long position) {
        source = NOTHING;
        buffer = address;
        at = 0;
        end = length;
        before = position;
        return this;
    }

    private boolean isMemory() {
        return source == NOTHING;
    }

    /** How many bytes have been read. */
    public long position() {
        return before + at;
    }

    public RdbRefusal refuse(String reason) {
        return new RdbRefusal(reason, position());
    }

    /** The checksum of all bytes read so far. */
    public long checksum() {
        crc = Crc64.update(crc, buffer + checked, at - checked);
        checked = at;
        return crc;
    }

    /**
     * Where the bytes are that were read ahead of {@link #position}: what follows the RDB in a
     * stream.
     */
    public long aheadAddress() {
        return buffer + at;
    }

    /** How many bytes were read ahead. */
    public int aheadBytes() {
        return end - at;
    }

    /** Whether nothing is left. */
    public boolean atEnd() throws IOException {
        return at == end && !fill();
    }

    private boolean fill() throws IOException {
        if (isMemory()) {
            return false;
        }
        checksum();
        before += at;
        at = 0;
        end = 0;
        checked = 0;
        int read = source.read(buffer, bufferBytes);
        if (read < 0) {
            return false;
        }
        end = read;
        return true;
    }

    /** Makes {@code bytes} (few) follow each other in the buffer, and passes over them. */
    private long take(int bytes) throws IOException {
        if (end - at < bytes) {
            gather(bytes);
        }
        long there = buffer + at;
        at += bytes;
        return there;
    }

    private void gather(int bytes) throws IOException {
        if (isMemory()) {
            throw truncated();
        }
        moveToFront();
        while (end < bytes) {
            int read = source.read(buffer + end, bufferBytes - end);
            if (read < 0) {
                throw truncated();
            }
            end += read;
        }
    }

    private void moveToFront() {
        checksum();
        int left = end - at;
        Memory.copy(buffer + at, buffer, left);
        before += at;
        at = 0;
        checked = 0;
        end = left;
    }

    /**
     * Reads on behind what is ahead; says whether anything came. Nothing does at the end, or when
     * the buffer is full.
     */
    boolean readAhead() throws IOException {
        if (isMemory()) {
            return false;
        }
        moveToFront();
        int read = end == bufferBytes ? -1 : source.read(buffer + end, bufferBytes - end);
        end += Math.max(0, read);
        return read > 0;
    }

    /** Passes over bytes that are ahead. */
    void passOver(int bytes) {
        at += bytes;
    }

    private EOFException truncated() {
        return new EOFException("Unexpected EOF reading RDB data at offset " + (before + end));
    }

    public int readByte() throws IOException {
        return Memory.getUnsignedByte(take(1));
    }

    public int readInt() throws IOException {
        return Memory.getInt(take(4));
    }

    public long readLong() throws IOException {
        return Memory.getLong(take(8));
    }

    public long readLongBigEndian() throws IOException {
        return Memory.getLongBigEndian(take(8));
    }

    public double readDouble() throws IOException {
        return Memory.getDouble(take(8));
    }

    public float readFloat() throws IOException {
        return Float.intBitsToFloat(readInt());
    }

    /**
     * Reads a string that need not last: in memory it is left where it lies, unless it must be
     * unpacked or spelt out.
     */
    void readBriefly(Slab slab, MemoryTag tag, RdbString string) throws IOException {
        if (isMemory() && end != at) {
            int first = Memory.getUnsignedByte(buffer + at);
            if (first < FIRST_ENCODED) {
                allowed = MAX_STRING;
                int length = checkString(readLengthOrKind());
                if (length > end - at) {
                    throw truncated();
                }
                string.lend(buffer + at, length);
                at += length;
                return;
            }
        }
        readString(slab, tag, string);
    }

    /** Reads exactly these many bytes to {@code target}. */
    public void readBytes(long target, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (at == end && !fill()) {
                throw truncated();
            }
            int step = Math.min(length - done, end - at);
            Memory.copy(buffer + at, target + done, step);
            at += step;
            done += step;
        }
    }

    /** Passes over bytes without keeping them. */
    public void skip(long length) throws IOException {
        long left = length;
        while (left > 0) {
            if (at == end && !fill()) {
                throw truncated();
            }
            int step = (int) Math.min(left, end - at);
            at += step;
            left -= step;
        }
    }

    // -----------------------------------------------------------------------------------------
    // lengths

    /** A length, as an unsigned number. */
    public long readLength() throws IOException {
        long length = readLengthOrKind();
        if (kind != Kind.LENGTH) {
            throw refuse("A length was expected, not an encoded string");
        }
        return length;
    }

    /**
     * A number of items that take at least {@code itemBytes} each; refused if the source cannot
     * hold them.
     */
    public long readCount(int itemBytes) throws IOException {
        long count = readLength();
        if (count < 0 || count > Long.MAX_VALUE / 16 || count * itemBytes > available()) {
            throw refuse("A count of " + Long.toUnsignedString(count) + " is beyond the data");
        }
        return count;
    }

    private long available() {
        long remaining = source.remaining();
        return remaining == RdbSource.UNKNOWN ? Long.MAX_VALUE : remaining + (end - at);
    }

    private long readLengthOrKind() throws IOException {
        int first = readByte();
        kind = Kind.LENGTH;
        switch (first >>> 6) {
            case 0:
                return first & 0x3F;
            case 1:
                return (first & 0x3F) << 8 | readByte();
            case 2:
                if (first == 0x80) {
                    return Memory.getIntBigEndian(take(4)) & 0xFFFFFFFFL;
                }
                if (first == 0x81) {
                    return Memory.getLongBigEndian(take(8));
                }
                throw refuse("Unknown length encoding " + first);
            default:
                kind =
                        switch (first & 0x3F) {
                            case 0 -> Kind.INTEGER_8;
                            case 1 -> Kind.INTEGER_16;
                            case 2 -> Kind.INTEGER_32;
                            case 3 -> Kind.COMPRESSED;
                            default -> throw refuse("Unknown string encoding " + (first & 0x3F));
                        };
                return 0;
        }
    }

    // -----------------------------------------------------------------------------------------
    // strings

    /** Reads a string into a block of its length. */
    public void readString(Slab slab, MemoryTag tag, RdbString string) throws IOException {
        readString(slab, tag, string, MAX_STRING);
    }

    /** Reads a string of up to {@code longest} bytes into a block of its length. */
    public void readString(Slab slab, MemoryTag tag, RdbString string, int longest)
            throws IOException {
        allowed = longest;
        long length = readLengthOrKind();
        switch (kind) {
            case LENGTH -> readPlain(slab, tag, checkString(length), string);
            case COMPRESSED -> readCompressed(slab, tag, string);
            default -> {
                long value = readSmallInteger();
                int text = Decimal.length(value);
                long block = slab.take(text, tag);
                Decimal.write(value, block);
                string.set(slab, tag, block, text);
            }
        }
    }

    /** Passes over a string without keeping it. */
    public void skipString() throws IOException {
        allowed = MAX_STRING;
        long length = readLengthOrKind();
        switch (kind) {
            case LENGTH -> skip(checkString(length));
            case COMPRESSED -> {
                int packed = checkString(readLength());
                readLength();
                skip(packed);
            }
            default -> readSmallInteger();
        }
    }

    private long readSmallInteger() throws IOException {
        return switch (kind) {
            case INTEGER_8 -> (byte) readByte();
            case INTEGER_16 -> Memory.getShort(take(2));
            default -> readInt();
        };
    }

    private int checkString(long length) throws RdbRefusal {
        if (length < 0 || length > allowed || length > available()) {
            throw refuse(
                    "A string of " + Long.toUnsignedString(length) + " bytes is beyond the data");
        }
        return (int) length;
    }

    private void readPlain(Slab slab, MemoryTag tag, int length, RdbString string)
            throws IOException {
        boolean known = source.remaining() != RdbSource.UNKNOWN;
        int room = Math.max(1, known ? length : Math.min(length, FIRST_STEP));
        string.set(slab, tag, slab.take(room, tag), room);
        int done = 0;
        while (done < length) {
            if (done == room) {
                int more = (int) Math.min(length, room * 2L);
                long block = slab.resize(string.forget(), room, more, tag);
                string.set(slab, tag, block, more);
                room = more;
            }
            int step = Math.min(length, room) - done;
            readBytes(string.address() + done, step);
            done += step;
        }
        string.set(slab, tag, string.forget(), length);
    }

    private void readCompressed(Slab slab, MemoryTag tag, RdbString string) throws IOException {
        int packed = checkString(readLength());
        long length = readLength();
        if (length <= 0 || length > allowed || length > (long) packed * MAX_EXPANSION) {
            throw refuse("A compressed string claims " + Long.toUnsignedString(length) + " bytes");
        }
        if (packed <= end - at) {
            string.set(slab, tag, slab.take(length, tag), (int) length);
            at += packed;
            unpack(buffer + at - packed, packed, string);
            return;
        }
        RdbString block = new RdbString();
        try {
            readPlain(slab, tag, packed, block);
            string.set(slab, tag, slab.take(length, tag), (int) length);
            unpack(block.address(), packed, string);
        } finally {
            block.free();
        }
    }

    private void unpack(long from, int packed, RdbString to) throws RdbRefusal {
        if (Lzf.decompress(from, packed, to.address(), to.length()) != to.length()) {
            throw refuse("Invalid LZF compressed string");
        }
    }

    /** A score in the text form of old files. */
    public double readDoubleText() throws IOException {
        int length = readByte();
        switch (length) {
            case 255:
                return Double.NEGATIVE_INFINITY;
            case 254:
                return Double.POSITIVE_INFINITY;
            case 253:
                return Double.NaN;
            default:
                byte[] text = Memory.toBytes(take(length), length);
                try {
                    return Double.parseDouble(
                            new String(text, java.nio.charset.StandardCharsets.ISO_8859_1));
                } catch (NumberFormatException e) {
                    throw refuse("Not a number where a score was expected");
                }
        }
    }

    @Override
    public void close() {
        if (own != 0) {
            SharedSlab.give(own, bufferBytes, TAG);
        }
    }
}
