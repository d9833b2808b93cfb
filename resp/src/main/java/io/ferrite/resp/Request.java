package io.ferrite.resp;

import io.ferrite.memory.Args;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.Slice;

/**
 * The arguments of one command, as places in memory.
 *
 * <p>A request comes in two kinds. One that a {@link RequestDecoder} fills owns only its table: the
 * bytes are the connection's read buffer (or a copy, of a line with quotes), and it is reused for
 * every request of the connection. One made by {@link #detach} or {@link #of} is <em>detached</em>:
 * it owns its bytes too, never changes, and lives until it is closed (a queued command of a
 * transaction, a blocked command).
 *
 * <p>The table is one block, one entry for each argument:
 *
 * <pre>
 *   0                      4                      8
 *   +----------------------+----------------------+-- - -
 *   | offset u32 from base | length u32           | next
 *   +----------------------+----------------------+-- - -      detached: the bytes follow the table
 * </pre>
 *
 * Offsets count from the first byte of the request, so that a read buffer which grew or was
 * compacted costs one call of {@link #rebase}. The table grows as arguments arrive, never by what a
 * client announces, and is cut back after a large request.
 *
 * <p>Not thread-safe, but not bound to a thread: a detached request may be closed wherever it ends.
 */
public final class Request implements Args, AutoCloseable {

    /** Arguments that have a flyweight of their own; see {@link #arg}. */
    public static final int FIXED_SLICES = 64;

    private static final int FIRST_CAPACITY = 16;

    /** "\r\n" as a little-endian integer. */
    private static final short LINE_END = 0x0A0D;

    /** A table of up to this many entries is kept from one request to the next. */
    private static final int KEPT_CAPACITY = 1024;

    private static final Slice[] NONE = {};

    private long base;
    private long table;
    private long blockBytes;
    private int capacity;
    private int count;
    private boolean detached;

    /** Words that had to be unquoted lie here; 0 bytes if never needed. */
    private long own;

    private int ownSize;

    private Slice[] slices = NONE;
    private Slice[] ring = NONE;

    /**
     * Bit i: {@code slices[i]} already shows argument i of this request (and may know its hash).
     */
    private long shown;

    private int nextInRing;

    /** An empty request for a decoder to fill. */
    public Request() {}

    /** A detached request with these arguments: for tests, scripts and commands of our own. */
    public static Request of(byte[]... arguments) {
        long bytes = 0;
        for (byte[] argument : arguments) {
            bytes += argument.length;
        }
        Request made = new Request();
        made.takeDetached(arguments.length, bytes);
        for (byte[] argument : arguments) {
            long offset = made.endOfLast();
            Memory.copyIn(argument, 0, made.base + offset, argument.length);
            made.put(offset, argument.length);
        }
        return made;
    }

    /** A detached copy of any arguments. */
    public static Request copyOf(Args arguments) {
        long bytes = 0;
        for (int i = 0; i < arguments.count(); i++) {
            bytes += arguments.length(i);
        }
        Request made = new Request();
        made.takeDetached(arguments.count(), bytes);
        for (int i = 0; i < arguments.count(); i++) {
            long offset = made.endOfLast();
            Memory.copy(arguments.address(i), made.base + offset, arguments.length(i));
            made.put(offset, arguments.length(i));
        }
        return made;
    }

    /** A copy with memory of its own, to be closed by whoever keeps it. */
    public Request detach() {
        return copyOf(this);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long address(int i) {
        return base + (Memory.getLong(table + ((long) i << 3)) & 0xFFFFFFFFL);
    }

    @Override
    public int length(int i) {
        return (int) (Memory.getLong(table + ((long) i << 3)) >>> 32);
    }

    /**
     * Argument {@code i} as a flyweight of this request. For {@code i <} {@value #FIXED_SLICES} it
     * is the same one every time and good until the request changes; beyond, it is good until 64
     * more such calls were made.
     */
    public Slice arg(int i) {
        if (i < FIXED_SLICES) {
            if ((shown & 1L << i) != 0) {
                return slices[i];
            }
            return show(i);
        }
        return showInRing(i);
    }

    private Slice show(int i) {
        if (i >= slices.length) {
            Slice[] more = new Slice[i < 4 ? 4 : i < 16 ? 16 : FIXED_SLICES];
            System.arraycopy(slices, 0, more, 0, slices.length);
            slices = more;
        }
        Slice slice = slices[i];
        if (slice == null) {
            slice = new Slice();
            slices[i] = slice;
        }
        shown |= 1L << i;
        return slice.set(address(i), length(i));
    }

    private Slice showInRing(int i) {
        if (ring.length == 0) {
            ring = new Slice[FIXED_SLICES];
            for (int j = 0; j < ring.length; j++) {
                ring[j] = new Slice();
            }
        }
        nextInRing = (nextInRing + 1) % ring.length;
        return ring[nextInRing].set(address(i), length(i));
    }

    /**
     * Says where the first byte of the request is now. Slices given out before are void; ask for
     * them again. Words that had to be unquoted stay where they are.
     */
    public void rebase(long base) {
        if (ownSize == 0) {
            this.base = base;
            shown = 0;
        }
    }

    /** The address of the first byte of the request: offsets count from here. */
    public long base() {
        return base;
    }

    public boolean isDetached() {
        return detached;
    }

    /**
     * How many bytes from {@link #base} on are this request as an array of bulk strings, just as it
     * was received; 0 if it was received in another form or lies elsewhere by now.
     */
    public long encodedBytes() {
        if (detached || ownSize != 0 || Memory.getByte(base) != '*') {
            return 0;
        }
        for (int i = 0; i < count; i++) {
            if (Memory.getShort(address(i) + length(i)) != LINE_END) {
                return 0; // passed over by the decoder, whatever it is
            }
        }
        return endOfLast() + 2;
    }

    /**
     * How many bytes the request took on its way here. As an array of bulk strings where it is not
     * known any more in which form it came.
     */
    public long wireBytes() {
        boolean kept = !detached && ownSize == 0;
        if (kept && Memory.getByte(base) == '*') {
            return endOfLast() + 2;
        }
        if (kept) {
            return argumentBytes() + count - 1 + 2; // one line of words
        }
        long bytes = 1 + digits(count) + 2;
        for (int i = 0; i < count; i++) {
            bytes += 1 + digits(length(i)) + 2 + length(i) + 2;
        }
        return bytes;
    }

    private static int digits(int number) {
        int digits = 1;
        for (int left = number / 10; left > 0; left /= 10) {
            digits++;
        }
        return digits;
    }

    /** Bytes of off-heap memory held: the table, and the arguments if it is detached. */
    public long heldBytes() {
        return (blockBytes == 0 ? 0 : SharedSlab.roundUp(blockBytes))
                + (ownSize == 0 ? 0 : SharedSlab.roundUp(ownSize));
    }

    /** Sum of the arguments' lengths. Walks all of them. */
    public long argumentBytes() {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += length(i);
        }
        return bytes;
    }

    /** About how many bytes the request took on its way here. */
    public long receivedBytes() {
        return endOfLast() + 2;
    }

    /** Forgets the arguments and gives the memory back; the request can be filled again. */
    @Override
    public void close() {
        if (blockBytes != 0) {
            SharedSlab.give(table, blockBytes, MemoryTag.CLIENT);
        }
        table = 0;
        blockBytes = 0;
        capacity = 0;
        count = 0;
        shown = 0;
        detached = false;
        dropOwn();
    }

    private void dropOwn() {
        if (ownSize != 0) {
            SharedSlab.give(own, ownSize, MemoryTag.CLIENT);
            own = 0;
            ownSize = 0;
        }
    }

    // --- filling, by a decoder -------------------------------------------------------------

    /** Starts over with no arguments; offsets will count from {@code base}. For decoders alone. */
    public void begin(long base) {
        assert !detached : "a detached request does not change";
        this.base = base;
        count = 0;
        shown = 0;
        if (capacity > KEPT_CAPACITY) {
            close();
        } else if (ownSize != 0) {
            dropOwn();
        }
    }

    /**
     * Makes the arguments lie in a copy of these bytes, kept until the next request; answers where.
     */
    long ownBytes(long bytes, int length) {
        dropOwn();
        own = SharedSlab.take(length, MemoryTag.CLIENT);
        ownSize = length;
        Memory.copy(bytes, own, length);
        base = own;
        return own;
    }

    /**
     * One more argument, {@code offset} bytes (below 2^32) from the request's first one. For
     * decoders alone.
     */
    public void put(long offset, int length) {
        if (count == capacity) {
            grow();
        }
        Memory.putLong(table + ((long) count << 3), (long) length << 32 | offset);
        count++;
    }

    private void grow() {
        int wanted = Math.max(FIRST_CAPACITY, (int) Math.min(Integer.MAX_VALUE, capacity * 2L));
        long bytes = (long) wanted << 3;
        table =
                blockBytes == 0
                        ? SharedSlab.take(bytes, MemoryTag.CLIENT)
                        : SharedSlab.resize(table, blockBytes, bytes, MemoryTag.CLIENT);
        blockBytes = bytes;
        capacity = wanted;
    }

    private void takeDetached(int arguments, long bytes) {
        long tableBytes = (long) arguments << 3;
        blockBytes = Math.max(8, tableBytes + bytes);
        table = SharedSlab.take(blockBytes, MemoryTag.CLIENT);
        base = table + tableBytes;
        capacity = arguments;
        detached = true;
    }

    private long endOfLast() {
        return count == 0 ? 0 : address(count - 1) - base + length(count - 1);
    }
}
