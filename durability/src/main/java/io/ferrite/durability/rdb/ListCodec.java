package io.ferrite.durability.rdb;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.Ziplist;
import io.ferrite.store.value.ListNode;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;
import java.io.IOException;

/**
 * Lists. Written as nodes: their number, and for each what it is (1 an element, 2 a listpack) and
 * its bytes as a string. Read from that and from the three older forms: element by element, one
 * ziplist, a list of ziplists.
 */
final class ListCodec {

    private static final int PLAIN = 1;
    private static final int PACKED = 2;

    private static final MemoryTag TAG = MemoryTag.LIST;

    private ListCodec() {}

    /**
     * Writes the beginning; answers the node that {@link #step} goes on with, 0 if all is written.
     */
    static long begin(RdbOutput out, long root) throws IOException {
        if (ListValue.isListpack(root)) {
            out.putLength(1);
            out.putLength(PACKED);
            out.putString(root, Listpack.bytes(root));
            return 0;
        }
        out.putLength(ListValue.nodes(root));
        return ListValue.firstNode(root);
    }

    /** Writes one node; answers the next. */
    static long step(RdbOutput out, long node) throws IOException {
        out.putLength(ListNode.isPlain(node) ? PLAIN : PACKED);
        if (ListNode.isCompressed(node)) {
            out.putCompressed(
                    ListNode.blob(node), ListNode.compressedBytes(node), ListNode.bytes(node));
        } else {
            out.putString(ListNode.blob(node), ListNode.bytes(node));
        }
        return ListNode.after(node);
    }

    static void read(int type, RdbInput in, Slab slab, ListSettings settings, RdbValue value)
            throws IOException {
        long count = type == RdbType.LIST_ZIPLIST ? 1 : in.readCount(1);
        long root = ListValue.createChunked(slab, settings);
        RdbString string = new RdbString();
        try {
            for (long i = 0; i < count; i++) {
                switch (type) {
                    case RdbType.LIST -> {
                        in.readString(slab, TAG, string);
                        ListValue.push(
                                slab, root, false, string.address(), string.length(), settings);
                    }
                    case RdbType.LIST_QUICKLIST_2 -> readNode(in, slab, root, string);
                    default -> readZiplist(in, slab, root, string);
                }
            }
        } catch (IOException | RuntimeException e) {
            ListValue.free(slab, root);
            throw e;
        } finally {
            string.free();
        }
        if (ListValue.length(root) == 0) {
            ListValue.free(slab, root);
            value.setEmpty();
        } else {
            value.set(RdbValue.Kind.LIST, slab, ListValue.settle(slab, root, settings));
        }
    }

    private static void readNode(RdbInput in, Slab slab, long root, RdbString string)
            throws IOException {
        long container = in.readLength();
        if (container != PLAIN && container != PACKED) {
            throw in.refuse("Quicklist integrity check failed");
        }
        in.readString(slab, TAG, string);
        if (string.length() == 0) {
            throw in.refuse("An empty block in a list");
        }
        if (container == PLAIN) {
            ListValue.appendElement(slab, root, string.address(), string.length());
            return;
        }
        if (!Listpack.isValid(string.address(), string.length(), true)) {
            throw in.refuse("Listpack integrity check failed");
        }
        if (!Listpack.isEmpty(string.address())) {
            ListValue.appendListpack(slab, root, string.forget());
        }
    }

    private static void readZiplist(RdbInput in, Slab slab, long root, RdbString string)
            throws IOException {
        in.readString(slab, TAG, string);
        if (!Ziplist.isValid(string.address(), string.length())) {
            throw in.refuse("Ziplist integrity check failed");
        }
        if (Ziplist.first(string.address()) != Listpack.NONE) {
            long lp = Ziplist.toListpack(slab, TAG, string.address());
            ListValue.appendListpack(slab, root, lp);
        }
    }
}
