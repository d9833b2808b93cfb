package io.ferrite.store.value;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Lzf;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackEntry;

/**
 * One link of a {@link ChunkedList}: a listpack, or a single element too big for one (a
 * <em>plain</em> node), either of them raw or compressed with LZF.
 *
 * <pre>
 *   0        8        16       24       28         32       36    38    40
 *   +--------+--------+--------+--------+----------+--------+-----+-----+
 *   | before | after  | blob   | bytes  | packed   | count  | kind| gap |  links: 0 at the ends
 *   | i64    | i64    | i64    | u32    | u32      | u32    | u16 | u16 |  bytes: of the blob when raw
 *   +--------+--------+--------+--------+----------+--------+-----+-----+  packed: bytes compressed, 0 = raw
 * </pre>
 *
 * <p>Why the gap: a raw listpack may begin that many bytes behind its block, so that pushing and
 * popping its first element moves nothing but the header. It is an eighth of the listpack when made
 * by pushing, and at most a half of it when left by popping. Only the methods here know of it:
 * {@link #open} is called before anything else changes the listpack.
 *
 * <p>Cost: 40 bytes and the blob's block.
 */
public final class ListNode {

    static final int BYTES = 40;

    private static final int AFTER = 8;
    private static final int BLOB = 16;
    private static final int RAW_BYTES = 24;
    private static final int PACKED_BYTES = 28;
    private static final int COUNT = 32;
    private static final int KIND = 36;
    private static final int GAP = 38;

    private static final int MAX_GAP = 0xFFFF;

    /** A smaller gap is not worth a move, whether it is made or closed. */
    private static final int SOME_GAP = 256;

    private static final int PACKED = 0;
    private static final int PLAIN = 1;

    /** Smaller blobs are not worth compressing, and a smaller gain is not worth keeping. */
    private static final int MIN_COMPRESSED = 48;

    private static final int MIN_GAIN = 8;

    private static final MemoryTag TAG = MemoryTag.LIST;

    private ListNode() {}

    /** A node for a listpack, which it owns from now on. */
    static long ofListpack(Slab slab, long lp) {
        return create(slab, lp, Listpack.bytes(lp), Listpack.count(lp), PACKED);
    }

    /** A node for an element alone, copied. */
    static long ofElement(Slab slab, long text, int length) {
        long blob = slab.take(Math.max(1, length), TAG);
        Memory.copy(text, blob, length);
        return create(slab, blob, length, 1, PLAIN);
    }

    private static long create(Slab slab, long blob, int bytes, int count, int kind) {
        long node = slab.take(BYTES, TAG);
        Memory.putLong(node, 0);
        Memory.putLong(node + AFTER, 0);
        Memory.putLong(node + BLOB, blob);
        Memory.putInt(node + RAW_BYTES, bytes);
        Memory.putInt(node + PACKED_BYTES, 0);
        Memory.putInt(node + COUNT, count);
        Memory.putShort(node + KIND, kind);
        Memory.putShort(node + GAP, 0);
        return node;
    }

    static long copyOf(Slab slab, long node) {
        int held = heldBytes(node);
        long blob = slab.take(Math.max(1, held), TAG);
        Memory.copy(blob(node), blob, held);
        long copy = create(slab, blob, bytes(node), count(node), kind(node));
        Memory.putInt(copy + PACKED_BYTES, compressedBytes(node));
        return copy;
    }

    static void free(Slab slab, long node) {
        int gap = gap(node);
        slab.give(blob(node) - gap, Math.max(1, gap + heldBytes(node)), TAG);
        slab.give(node, BYTES, TAG);
    }

    /** Gives back the node and hands its listpack, which is {@link #open}, to the caller. */
    static long release(Slab slab, long node) {
        long blob = blob(node);
        slab.give(node, BYTES, TAG);
        return blob;
    }

    static long before(long node) {
        return Memory.getLong(node);
    }

    static void setBefore(long node, long before) {
        Memory.putLong(node, before);
    }

    /** The next node, or 0. */
    public static long after(long node) {
        return Memory.getLong(node + AFTER);
    }

    static void setAfter(long node, long after) {
        Memory.putLong(node + AFTER, after);
    }

    /** The listpack or element, or its compressed form. */
    public static long blob(long node) {
        return Memory.getLong(node + BLOB);
    }

    /** The length of the raw listpack or element. */
    public static int bytes(long node) {
        return Memory.getInt(node + RAW_BYTES);
    }

    /** The length of the compressed form, or 0 when the blob is raw. */
    public static int compressedBytes(long node) {
        return Memory.getInt(node + PACKED_BYTES);
    }

    private static int heldBytes(long node) {
        return isCompressed(node) ? compressedBytes(node) : bytes(node);
    }

    static long memoryBytes(long node) {
        return BYTES + Slab.roundUp(Math.max(1, gap(node) + heldBytes(node)));
    }

    public static int count(long node) {
        return Memory.getInt(node + COUNT);
    }

    static void setCount(long node, int count) {
        Memory.putInt(node + COUNT, count);
    }

    public static boolean isPlain(long node) {
        return kind(node) == PLAIN;
    }

    private static int kind(long node) {
        return Memory.getUnsignedShort(node + KIND);
    }

    private static int gap(long node) {
        return Memory.getUnsignedShort(node + GAP);
    }

    public static boolean isCompressed(long node) {
        return compressedBytes(node) != 0;
    }

    /** Stores a listpack that was changed, and counts on {@code added} elements more or less. */
    static void setListpack(long node, long lp, int added) {
        Memory.putLong(node + BLOB, lp);
        Memory.putInt(node + RAW_BYTES, Listpack.bytes(lp));
        Memory.putInt(node + COUNT, count(node) + added);
    }

    // ------------------------------------------------------------------------- the ends of a raw
    // listpack

    /** Adds an element before the others; the listpack may be expected to come to {@code most}. */
    static void prepend(Slab slab, long node, long text, int length, int most) {
        int bytes = ListpackEntry.textBytes(text, length);
        if ((long) bytes(node) + bytes > MAX_GAP) {
            closeGap(slab, node);
            setListpack(node, Listpack.prepend(slab, TAG, blob(node), text, length), 1);
            return;
        }
        if (gap(node) < bytes) {
            widen(slab, node, bytes, most);
        }
        long lp = Listpack.growFront(blob(node), bytes);
        ListpackEntry.writeText(lp + Listpack.HEADER_BYTES, text, length);
        Memory.putShort(node + GAP, gap(node) - bytes);
        setListpack(node, lp, 1);
    }

    /** Puts the listpack at the end of its block, or of a larger one. */
    private static void widen(Slab slab, long node, int needed, int most) {
        int gap = gap(node);
        int bytes = bytes(node);
        long block = blob(node) - gap;
        long wanted = Math.min((long) bytes + needed + Math.max(SOME_GAP, bytes >> 3), most);
        long held = Slab.roundUp(gap + bytes);
        long room = Slab.roundUp(Math.max(wanted, (long) bytes + needed));
        if (room <= held) {
            room = held;
            Memory.copy(blob(node), block + room - bytes, bytes);
        } else {
            long wider = slab.take(room, TAG);
            Memory.copy(blob(node), wider + room - bytes, bytes);
            slab.give(block, gap + bytes, TAG);
            block = wider;
        }
        Memory.putLong(node + BLOB, block + room - bytes);
        Memory.putShort(node + GAP, (int) room - bytes);
    }

    /** Adds an element behind the others. */
    static void append(Slab slab, long node, long text, int length) {
        setListpack(node, Listpack.append(slab, TAG, blob(node), gap(node), text, length), 1);
    }

    /** Removes the first of several elements. */
    static void removeFirst(Slab slab, long node) {
        long lp = Listpack.dropFirst(blob(node));
        int gap = gap(node) + bytes(node) - Listpack.bytes(lp);
        if (gap > MAX_GAP) {
            long block = lp - gap;
            int bytes = Listpack.bytes(lp);
            Memory.copy(lp, block, bytes);
            lp = slab.resize(block, gap + (long) bytes, bytes, TAG);
            gap = 0;
        }
        Memory.putShort(node + GAP, gap);
        setListpack(node, lp, -1);
        narrow(slab, node);
    }

    /** Removes the last of several elements. */
    static void removeLast(Slab slab, long node) {
        setListpack(node, Listpack.deleteLast(slab, TAG, blob(node), gap(node)), -1);
        narrow(slab, node);
    }

    private static void narrow(Slab slab, long node) {
        int gap = gap(node);
        if (gap > SOME_GAP && gap > bytes(node) >> 1) {
            closeGap(slab, node);
        }
    }

    /** Gives up the gap of a node that nobody will push to soon, if that frees memory. */
    static void tighten(Slab slab, long node) {
        int bytes = bytes(node);
        if (gap(node) != 0 && Slab.roundUp(gap(node) + bytes) != Slab.roundUp(bytes)) {
            closeGap(slab, node);
        }
    }

    private static void closeGap(Slab slab, long node) {
        int gap = gap(node);
        if (gap == 0) {
            return;
        }
        int bytes = bytes(node);
        long block = blob(node) - gap;
        Memory.copy(blob(node), block, bytes);
        Memory.putLong(node + BLOB, slab.resize(block, gap + bytes, bytes, TAG));
        Memory.putShort(node + GAP, 0);
    }

    // ------------------------------------------------------------------------- other changes

    /**
     * Makes a node raw, with its listpack at the beginning of its block, as those who change it
     * expect it; answers whether it was compressed.
     */
    static boolean open(Slab slab, long node) {
        closeGap(slab, node);
        return decompress(slab, node);
    }

    /** Puts another element into a plain node. */
    static void setElement(Slab slab, long node, long text, int length) {
        slab.give(blob(node), Math.max(1, heldBytes(node)), TAG);
        long blob = slab.take(Math.max(1, length), TAG);
        Memory.copy(text, blob, length);
        Memory.putLong(node + BLOB, blob);
        Memory.putInt(node + RAW_BYTES, length);
        Memory.putInt(node + PACKED_BYTES, 0);
    }

    /** Compresses a raw node if it is big enough and gains enough. */
    static void compress(Slab slab, long node) {
        int bytes = bytes(node);
        if (isCompressed(node) || bytes < MIN_COMPRESSED) {
            return;
        }
        closeGap(slab, node);
        long room = slab.take(bytes, TAG);
        int packed = Lzf.compress(blob(node), bytes, room, bytes);
        if (packed == 0 || packed + MIN_GAIN >= bytes) {
            slab.give(room, bytes, TAG);
            return;
        }
        slab.give(blob(node), bytes, TAG);
        Memory.putLong(node + BLOB, slab.resize(room, bytes, packed, TAG));
        Memory.putInt(node + PACKED_BYTES, packed);
    }

    private static boolean decompress(Slab slab, long node) {
        int packed = compressedBytes(node);
        if (packed == 0) {
            return false;
        }
        int bytes = bytes(node);
        long raw = slab.take(bytes, TAG);
        restore(node, raw);
        slab.give(blob(node), packed, TAG);
        Memory.putLong(node + BLOB, raw);
        Memory.putInt(node + PACKED_BYTES, 0);
        return true;
    }

    /** Writes the raw form of a compressed node to {@code target}; the node stays as it is. */
    static void restore(long node, long target) {
        int bytes = bytes(node);
        int restored = Lzf.decompress(blob(node), compressedBytes(node), target, bytes);
        if (restored != bytes) {
            throw new IllegalStateException("a list's compressed block does not decompress");
        }
    }
}
