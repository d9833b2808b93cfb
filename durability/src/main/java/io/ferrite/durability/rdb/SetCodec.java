package io.ferrite.durability.rdb;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Intset;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.SetLimits;
import io.ferrite.store.value.SetValue;
import java.io.IOException;

/**
 * Sets. Written as an intset's bytes, or member by member: also those that are listpacks here,
 * whose own form Redis 7.0 cannot read. Read from both and from a listpack.
 */
final class SetCodec {

    /** Members in one step. */
    private static final int STEP = 512;

    private static final MemoryTag TAG = MemoryTag.SET;

    private SetCodec() {}

    static int type(long root) {
        return SetValue.isIntset(root) ? RdbType.SET_INTSET : RdbType.SET;
    }

    /**
     * Writes the beginning; answers the place that {@link #step} goes on from, 0 if all is written.
     */
    static long begin(RdbOutput out, long root) throws IOException {
        if (SetValue.isIntset(root)) {
            long set = SetValue.block(root);
            out.putString(set, (int) Intset.bytes(set));
            return 0;
        }
        out.putLength(SetValue.count(root));
        if (SetValue.isTable(root)) {
            return step(out, root, 0);
        }
        try (SetCursor cursor = new SetCursor(null, root)) {
            while (cursor.next()) {
                put(out, cursor.item());
            }
        }
        return 0;
    }

    private static void put(RdbOutput out, ListpackItem item) throws IOException {
        if (item.isInteger()) {
            out.putInteger(item.integer());
        } else {
            out.putString(item.address(), item.length());
        }
    }

    /** Writes some members of a large set; answers the next place. */
    static long step(RdbOutput out, long root, long place) throws IOException {
        try (SetCursor cursor = new SetCursor(null, root).from(place)) {
            for (int i = 0; i < STEP; i++) {
                if (!cursor.next()) {
                    return 0;
                }
                put(out, cursor.item());
            }
            return cursor.place();
        }
    }

    static void read(int type, RdbInput in, Slab slab, SetLimits limits, RdbValue value)
            throws IOException {
        RdbString string = new RdbString();
        try {
            switch (type) {
                case RdbType.SET -> readMembers(in, slab, limits, value, string);
                case RdbType.SET_INTSET -> readIntset(in, slab, limits, value, string);
                default -> readListpack(in, slab, limits, value, string);
            }
        } finally {
            string.free();
        }
    }

    private static void readMembers(
            RdbInput in, Slab slab, SetLimits limits, RdbValue value, RdbString string)
            throws IOException {
        long count = in.readCount(1);
        if (count == 0) {
            value.setEmpty();
            return;
        }
        long root =
                count > limits.intsetEntries()
                        ? SetValue.createTable(slab)
                        : SetValue.createIntset(slab);
        try {
            for (long i = 0; i < count; i++) {
                in.readString(slab, TAG, string);
                root = SetValue.add(slab, root, string.address(), string.length(), limits);
                if (SetValue.count(root) != i + 1) {
                    throw in.refuse("Duplicate set members detected");
                }
            }
        } catch (IOException | RuntimeException e) {
            SetValue.free(slab, root);
            throw e;
        }
        value.set(RdbValue.Kind.SET, slab, root);
    }

    private static void readIntset(
            RdbInput in, Slab slab, SetLimits limits, RdbValue value, RdbString string)
            throws IOException {
        in.readString(slab, TAG, string);
        if (!Intset.isValid(string.address(), string.length(), true)) {
            throw in.refuse("Intset integrity check failed");
        }
        long root = SetValue.ofIntset(string.forget());
        if (SetValue.count(root) > limits.intsetEntries()) {
            root = SetValue.convert(slab, root);
        }
        value.set(RdbValue.Kind.SET, slab, root);
    }

    private static void readListpack(
            RdbInput in, Slab slab, SetLimits limits, RdbValue value, RdbString string)
            throws IOException {
        in.readString(slab, TAG, string);
        if (!Listpack.isValid(string.address(), string.length(), true)) {
            throw in.refuse("Set listpack integrity check failed");
        }
        if (Listpack.isEmpty(string.address())) {
            value.setEmpty();
            return;
        }
        long listpack = string.address();
        // The table shows whether a member is there twice.
        long table = SetValue.createTable(slab);
        try (SetCursor cursor = new SetCursor(slab, SetValue.ofListpack(listpack))) {
            while (cursor.next()) {
                SetValue.add(slab, table, cursor.text(), cursor.length(), limits);
            }
        }
        long count = SetValue.count(table);
        if (count != Listpack.count(listpack)) {
            SetValue.free(slab, table);
            throw in.refuse("Set listpack integrity check failed");
        }
        if (count > limits.entries()) {
            value.set(RdbValue.Kind.SET, slab, table);
        } else {
            SetValue.free(slab, table);
            value.set(RdbValue.Kind.SET, slab, SetValue.ofListpack(string.forget()));
        }
    }
}
