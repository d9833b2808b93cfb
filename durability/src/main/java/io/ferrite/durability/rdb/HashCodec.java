package io.ferrite.durability.rdb;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.Ziplist;
import io.ferrite.store.encoding.Zipmap;
import io.ferrite.store.value.HashCursor;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.PackedLimits;
import java.io.IOException;

/**
 * Hashes. Written as a listpack's bytes, or field by field. Read from both and from the older small
 * forms, the ziplist and the zipmap.
 */
final class HashCodec {

    /** Fields in one step. */
    private static final int STEP = 256;

    private static final MemoryTag TAG = MemoryTag.HASH;

    private HashCodec() {}

    static int type(long root) {
        return HashValue.isTable(root) ? RdbType.HASH : RdbType.HASH_LISTPACK;
    }

    /**
     * Writes the beginning; answers the place that {@link #step} goes on from, 0 if all is written.
     */
    static long begin(RdbOutput out, long root) throws IOException {
        if (!HashValue.isTable(root)) {
            long listpack = HashValue.block(root);
            out.putString(listpack, Listpack.bytes(listpack));
            return 0;
        }
        out.putLength(HashValue.count(root));
        return step(out, root, 0);
    }

    /** Writes some fields of a large hash; answers the next place. */
    static long step(RdbOutput out, long root, long place) throws IOException {
        try (HashCursor cursor = new HashCursor(null, root).from(place)) {
            for (int i = 0; i < STEP; i++) {
                if (!cursor.next()) {
                    return 0;
                }
                put(out, cursor.field());
                put(out, cursor.value());
            }
            return cursor.place();
        }
    }

    private static void put(RdbOutput out, ListpackItem item) throws IOException {
        if (item.isInteger()) {
            out.putInteger(item.integer());
        } else {
            out.putString(item.address(), item.length());
        }
    }

    static void read(int type, RdbInput in, Slab slab, PackedLimits limits, RdbValue value)
            throws IOException {
        RdbString string = new RdbString();
        RdbString second = new RdbString();
        try {
            if (type == RdbType.HASH) {
                readFields(in, slab, limits, value, string, second);
                return;
            }
            in.readString(slab, TAG, string);
            long listpack = toListpack(type, in, slab, string);
            if (Listpack.isEmpty(listpack)) {
                Listpack.free(slab, TAG, listpack);
                value.setEmpty();
                return;
            }
            settle(in, slab, limits, value, listpack);
        } finally {
            string.free();
            second.free();
        }
    }

    private static void readFields(
            RdbInput in,
            Slab slab,
            PackedLimits limits,
            RdbValue value,
            RdbString field,
            RdbString content)
            throws IOException {
        long count = in.readCount(2);
        if (count == 0) {
            value.setEmpty();
            return;
        }
        long root = count > limits.entries() ? HashValue.createTable(slab) : HashValue.create(slab);
        try {
            for (long i = 0; i < count; i++) {
                in.readString(slab, TAG, field);
                in.readString(slab, TAG, content);
                root =
                        HashValue.set(
                                slab,
                                root,
                                field.address(),
                                field.length(),
                                content.address(),
                                content.length(),
                                limits);
                if (HashValue.count(root) != i + 1) {
                    throw in.refuse("Duplicate hash fields detected");
                }
            }
        } catch (IOException | RuntimeException e) {
            HashValue.free(slab, root);
            throw e;
        }
        value.set(RdbValue.Kind.HASH, slab, root);
    }

    /** The sound listpack that a string is or stands for. */
    private static long toListpack(int type, RdbInput in, Slab slab, RdbString string)
            throws IOException {
        long bytes = string.address();
        int length = string.length();
        switch (type) {
            case RdbType.HASH_ZIPMAP -> {
                if (!Zipmap.isValid(bytes, length)) {
                    throw in.refuse("Zipmap integrity check failed");
                }
                return Zipmap.toListpack(slab, TAG, bytes);
            }
            case RdbType.HASH_ZIPLIST -> {
                if (!Ziplist.isValid(bytes, length)) {
                    throw in.refuse("Hash ziplist integrity check failed");
                }
                return Ziplist.toListpack(slab, TAG, bytes);
            }
            default -> {
                if (!Listpack.isValid(bytes, length, true)) {
                    throw in.refuse("Hash listpack integrity check failed");
                }
                return string.forget();
            }
        }
    }

    /**
     * Makes a hash of a listpack, which is used up, unless a field has no value or is there twice.
     */
    private static void settle(
            RdbInput in, Slab slab, PackedLimits limits, RdbValue value, long listpack)
            throws IOException {
        int entries = Listpack.count(listpack);
        long root = HashValue.ofListpack(listpack);
        if (entries % 2 != 0) {
            HashValue.free(slab, root);
            throw in.refuse("A field without a value in a hash");
        }
        // The table shows whether a field is there twice.
        long table = HashValue.createTable(slab);
        boolean large = entries / 2 > limits.entries();
        try (HashCursor cursor = new HashCursor(slab, root)) {
            while (cursor.next()) {
                int length = cursor.field().textLength();
                int valueLength = cursor.value().textLength();
                large |= length > limits.value() || valueLength > limits.value();
                HashValue.set(
                        slab,
                        table,
                        cursor.fieldText(),
                        length,
                        cursor.valueText(),
                        valueLength,
                        limits);
            }
        }
        boolean sound = HashValue.count(table) == entries / 2;
        HashValue.free(slab, sound && large ? root : table);
        if (!sound) {
            HashValue.free(slab, root);
            throw in.refuse("Duplicate hash fields detected");
        }
        value.set(RdbValue.Kind.HASH, slab, large ? table : root);
    }
}
