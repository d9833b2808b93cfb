package io.ferrite.store.value;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Lzf;
import io.ferrite.store.encoding.Listpack;

/**
 * One link of a {@link ChunkedList}: a listpack, or a single element too big for one (a
 * <em>plain</em> node), either of them raw or compressed with LZF.
 *
 * <pre>
 *   0        8        16       24       28         32       36    40
 *   +--------+--------+--------+--------+----------+--------+-----+
 *   | before | after  | blob   | bytes  | packed   | count  | kind|   links: 0 at the ends
 *   | i64    | i64    | i64    | u32    | u32      | u32    | u32 |   bytes: of the blob when raw
 *   +--------+--------+--------+--------+----------+--------+-----+   packed: bytes compressed, 0 = raw
 * </pre>
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
        Memory.putInt(node + KIND, kind);
        return node;
    }

    static long copyOf(Slab slab, long node) {
        int held = heldBytes(node);
        long blob = slab.take(Math.max(1, held), TAG);
        Memory.copy(blob(node), blob, held);
        long copy = create(slab, blob, bytes(node), count(node), Memory.getInt(node + KIND));
        Memory.putInt(copy + PACKED_BYTES, compressedBytes(node));
        return copy;
    }

    static void free(Slab slab, long node) {
        slab.give(blob(node), Math.max(1, heldBytes(node)), TAG);
        slab.give(node, BYTES, TAG);
    }

    /** Gives back the node and hands its raw listpack to the caller. */
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
        return BYTES + Slab.roundUp(Math.max(1, heldBytes(node)));
    }

    public static int count(long node) {
        return Memory.getInt(node + COUNT);
    }

    static void setCount(long node, int count) {
        Memory.putInt(node + COUNT, count);
    }

    public static boolean isPlain(long node) {
        return Memory.getInt(node + KIND) == PLAIN;
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

    /** Makes a node raw; answers whether it was compressed. */
    static boolean decompress(Slab slab, long node) {
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
