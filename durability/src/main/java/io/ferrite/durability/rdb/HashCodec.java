package io.ferrite.durability.rdb;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.Ziplist;
import io.ferrite.store.encoding.Zipmap;
import io.ferrite.store.value.HashCursor;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.PackedLimits;
import java.io.IOException;

/**
 * Hashes. Written as a listpack's bytes, or field by field. Read from both and from the older small
 * forms, the ziplist and the zipmap.
 *
 * <p>Where fields have times, the forms of version 12, which begin with the next time:
 *
 * <pre>
 *   HASH_LISTPACK_EX   | next i64 | the listpack's bytes: field, value, time or 0 |
 *   HASH_METADATA      | next i64 | count | time - next + 1, or 0 | field | value | ...
 * </pre>
 *
 * The forms of a release candidate have no next time, and times are absolute. Valkey's form has the
 * time, or -1, behind each value.
 */
final class HashCodec {

    /** Fields in one step. */
    private static final int EMPTY_ZIPMAP = 2;

    private static final int STEP = 256;

    /** What the entries of a field with a time take beside its texts, at most. */
    private static final int ENTRIES_OVERHEAD = 31;

    private static final MemoryTag TAG = MemoryTag.HASH;

    private HashCodec() {}

    static int type(long root) {
        boolean timed = HashTimes.next(root) != HashValue.NEVER;
        if (HashValue.isTable(root)) {
            return timed ? RdbType.HASH_METADATA : RdbType.HASH;
        }
        if (timed) {
            return RdbType.HASH_LISTPACK_EX;
        }
        // A listpack with room for times that has none is nothing for older servers.
        return HashTimes.isReady(root) ? RdbType.HASH : RdbType.HASH_LISTPACK;
    }

    /**
     * Writes the beginning; answers the place that {@link #step} goes on from, 0 if all is written.
     */
    static long begin(RdbOutput out, long root) throws IOException {
        int type = type(root);
        if (type == RdbType.HASH_METADATA || type == RdbType.HASH_LISTPACK_EX) {
            out.putLong(HashTimes.next(root));
        }
        if (type == RdbType.HASH_LISTPACK || type == RdbType.HASH_LISTPACK_EX) {
            long listpack = HashValue.block(root);
            out.putString(listpack, Listpack.bytes(listpack));
            return 0;
        }
        out.putLength(HashValue.count(root));
        return step(out, root, 0);
    }

    /** Writes some fields of a hash that is written field by field; answers the next place. */
    static long step(RdbOutput out, long root, long place) throws IOException {
        boolean table = HashValue.isTable(root);
        long next = table ? HashTimes.next(root) : HashValue.NEVER;
        try (HashCursor cursor = new HashCursor(null, root).from(place)) {
            for (int i = 0; i < STEP || !table; i++) {
                if (!cursor.next()) {
                    return 0;
                }
                if (next != HashValue.NEVER) {
                    long at = cursor.expireAt();
                    out.putLength(at == HashValue.NEVER ? 0 : at - next + 1);
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
            if (type == RdbType.HASH_METADATA
                    || type == RdbType.HASH_METADATA_PRE_GA
                    || type == RdbType.VALKEY_HASH_2) {
                readTimed(type, in, slab, limits, value, string, second);
                return;
            }
            if (type == RdbType.HASH_LISTPACK_EX) {
                in.readLong();
            }
            in.readString(slab, TAG, string);
            long listpack = toListpack(type, in, slab, string);
            if (Listpack.isEmpty(listpack)) {
                Listpack.free(slab, TAG, listpack);
                value.setEmpty();
                return;
            }
            if (type == RdbType.HASH_LISTPACK_EX || type == RdbType.HASH_LISTPACK_EX_PRE_GA) {
                settleTimed(in, slab, limits, value, listpack);
            } else {
                settle(in, slab, limits, value, listpack);
            }
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

    private static void readTimed(
            int type,
            RdbInput in,
            Slab slab,
            PackedLimits limits,
            RdbValue value,
            RdbString field,
            RdbString content)
            throws IOException {
        long first = 1;
        if (type == RdbType.HASH_METADATA) {
            first = in.readLong();
            if (first < 0 || first > HashTimes.LATEST_STORED) {
                throw in.refuse("Hash read invalid minExpire value");
            }
        }
        long count = in.readCount(3);
        if (count == 0) {
            value.setEmpty();
            return;
        }
        boolean large = count > limits.entries();
        long bytes = 0;
        long table = HashTimes.createTable(slab);
        try {
            for (long i = 0; i < count; i++) {
                boolean timeLast = type == RdbType.VALKEY_HASH_2;
                long at = timeLast ? HashValue.NEVER : time(in, first);
                in.readString(slab, TAG, field);
                in.readString(slab, TAG, content);
                if (timeLast) {
                    at = plainTime(in);
                }
                large |= field.length() > limits.value() || content.length() > limits.value();
                bytes += field.length() + (long) content.length() + ENTRIES_OVERHEAD;
                add(in, slab, table, field.address(), field.length(), content, at);
            }
        } catch (IOException | RuntimeException e) {
            HashValue.free(slab, table);
            throw e;
        }
        large |= bytes > Listpack.MAX_BYTES;
        value.set(RdbValue.Kind.HASH, slab, large ? table : HashTimes.pack(slab, table));
    }

    private static long time(RdbInput in, long first) throws IOException {
        long written = in.readLength();
        if (written == 0) {
            return HashValue.NEVER;
        }
        if (written < 0 || written > HashTimes.LATEST_STORED - first + 1) {
            throw in.refuse("A field's time of " + Long.toUnsignedString(written));
        }
        return written + first - 1;
    }

    /** A time as Valkey writes it: milliseconds since 1970, -1 for none. */
    private static long plainTime(RdbInput in) throws IOException {
        long at = in.readLong();
        if (at == -1) {
            return HashValue.NEVER;
        }
        if (at < 0 || at > HashTimes.LATEST_STORED) {
            throw in.refuse("A field's time of " + at);
        }
        return at;
    }

    private static void add(
            RdbInput in, Slab slab, long table, long field, int length, RdbString content, long at)
            throws IOException {
        if (HashValue.contains(table, field, length)) {
            throw in.refuse("Duplicate hash fields detected");
        }
        HashTimes.insert(slab, table, field, length, content.address(), content.length(), at);
    }

    /** The sound listpack that a string is or stands for. */
    private static long toListpack(int type, RdbInput in, Slab slab, RdbString string)
            throws IOException {
        long bytes = string.address();
        int length = string.length();
        switch (type) {
            case RdbType.HASH_ZIPMAP -> {
                if (!Zipmap.isValid(bytes, length) || length == EMPTY_ZIPMAP) {
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
            throw in.refuse("Hash integrity check failed: a field without a value");
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
            throw in.refuse("Hash integrity check failed: listpack with dup elements");
        }
        value.set(RdbValue.Kind.HASH, slab, large ? table : root);
    }

    /** As {@link #settle}, for a listpack of fields, values and times. */
    private static void settleTimed(
            RdbInput in, Slab slab, PackedLimits limits, RdbValue value, long listpack)
            throws IOException {
        if (!timesAreSound(listpack)) {
            Listpack.free(slab, TAG, listpack);
            throw in.refuse("Hash listpackex integrity check failed");
        }
        long root = HashTimes.ofListpack(slab, listpack);
        long table = HashTimes.createTable(slab);
        boolean large = HashValue.count(root) > limits.entries();
        boolean sound = true;
        boolean ordered = true;
        long last = 0;
        try (HashCursor cursor = new HashCursor(slab, root)) {
            while (sound && cursor.next()) {
                long field = cursor.fieldText();
                int length = cursor.field().textLength();
                int valueLength = cursor.value().textLength();
                long at = cursor.expireAt();
                large |= length > limits.value() || valueLength > limits.value();
                ordered &= at >= last;
                last = at;
                sound = !HashValue.contains(table, field, length);
                if (sound) {
                    long text = cursor.valueText();
                    HashTimes.insert(slab, table, field, length, text, valueLength, at);
                }
            }
        }
        if (sound && !large && ordered) {
            HashValue.free(slab, table);
            value.set(RdbValue.Kind.HASH, slab, root);
            return;
        }
        HashValue.free(slab, root);
        if (!sound) {
            HashValue.free(slab, table);
            throw in.refuse("Duplicate hash fields detected");
        }
        value.set(RdbValue.Kind.HASH, slab, large ? table : HashTimes.pack(slab, table));
    }

    /** Whether a sound listpack is made of fields, values and times. */
    private static boolean timesAreSound(long listpack) {
        int position = 0;
        for (int at = Listpack.first(listpack);
                at != Listpack.NONE;
                at = Listpack.next(listpack, at)) {
            if (position % 3 == 2
                    && (!Listpack.isInteger(listpack, at)
                            || Listpack.integer(listpack, at) < 0
                            || Listpack.integer(listpack, at) > HashTimes.LATEST_STORED)) {
                return false;
            }
            position++;
        }
        return position % 3 == 0;
    }
}
