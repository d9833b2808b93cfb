package io.ferrite.store.value;

import io.ferrite.memory.Hash;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Encoding;
import io.ferrite.store.TimedRoot;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.ListpackPicks;
import io.ferrite.store.expiry.ExpiryHeap;
import io.ferrite.store.index.HashIndex;
import java.util.random.RandomGenerator;

/**
 * A hash: a {@link Listpack} of fields and values in turn while it is small, beyond that a {@link
 * HashIndex} of {@link HashField}s.
 *
 * <p>A hash is named by its <em>root</em>, a long: the address of either, with bit 1 set for the
 * index. Methods that change the hash answer its root, which may be new. Texts handed in must not
 * lie in the hash itself.
 *
 * <p>A hash whose fields may expire ({@link HashTimes}) has a {@link TimedRoot} instead. Its
 * listpack is that of Redis 7.4: each field and value is followed by the field's time, the next
 * first, or by 0 where it lasts, and these last.
 *
 * <p>The small form becomes the large one as in Redis 7.2 and never turns back: where a field is
 * set, by the {@link PackedLimits} of that moment.
 *
 * <p>Memory belongs to the partition's {@link Slab} under {@link MemoryTag#HASH}. No
 * synchronisation.
 */
public final class HashValue {

    /** When a field expires that lasts. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final MemoryTag TAG = MemoryTag.HASH;
    private static final long TABLE = 2;

    /** What the entries of a field in a listpack take beside its texts, at most. */
    private static final int PAIR_OVERHEAD = 31;

    private HashValue() {}

    // --------------------------------------------------------------------------------------- the
    // whole

    public static long create(Slab slab) {
        return Listpack.create(slab, TAG);
    }

    public static long createTable(Slab slab) {
        return newTable(slab, false);
    }

    /**
     * A hash of the block of a valid listpack of pairs, no field twice, which it owns from now on.
     */
    public static long ofListpack(long listpack) {
        return listpack;
    }

    public static boolean isTable(long root) {
        return (root & TABLE) != 0;
    }

    /** The {@link Encoding} of the form that the hash has. */
    public static int encoding(long root) {
        if (isTable(root)) {
            return Encoding.HASHTABLE;
        }
        return TimedRoot.is(root) ? Encoding.LISTPACK_EX : Encoding.LISTPACK;
    }

    /** The address of the listpack or index. */
    public static long block(long root) {
        return TimedRoot.is(root) ? TimedRoot.block(root) : root & ~TABLE;
    }

    /** How many fields there are, those included whose time has passed. */
    public static long count(long root) {
        return isTable(root)
                ? HashIndex.count(block(root))
                : Listpack.count(block(root)) / tuple(root);
    }

    /** Entries that a field takes in a listpack. */
    static int tuple(long root) {
        return TimedRoot.is(root) ? 3 : 2;
    }

    /** The root of a hash whose listpack is this one now. */
    static long withListpack(long root, long listpack) {
        if (!TimedRoot.is(root)) {
            return listpack;
        }
        TimedRoot.setBlock(root, listpack);
        return root;
    }

    /** An independent copy, for COPY. */
    public static long copyOf(Slab slab, long root) {
        if (isTable(root)) {
            return toTable(slab, root, TimedRoot.is(root));
        }
        long listpack = Listpack.copyOf(slab, TAG, block(root));
        return TimedRoot.is(root) ? TimedRoot.create(slab, listpack, 0) | TimedRoot.MARK : listpack;
    }

    public static void free(Slab slab, long root) {
        freeSome(slab, root, Integer.MAX_VALUE);
    }

    /**
     * Frees up to {@code budget} fields and answers what is left to free: 0 when all is gone.
     * Between the steps the root is good for nothing else.
     */
    public static long freeSome(Slab slab, long root, int budget) {
        if (TimedRoot.is(root) && TimedRoot.times(root) != 0) {
            if (!ExpiryHeap.release(slab, TimedRoot.times(root), budget, HashField.TIMES)) {
                return root;
            }
            TimedRoot.setTimes(root, 0);
        }
        long block = block(root);
        if (!isTable(root)) {
            Listpack.free(slab, TAG, block);
        } else if (!HashIndex.release(
                slab, block, budget, HashField.LAYOUT, element -> HashField.free(slab, element))) {
            return root;
        }
        if (TimedRoot.is(root)) {
            TimedRoot.free(slab, root);
        }
        return 0;
    }

    /** The bytes held; an extrapolation from {@code samples} fields, or exact if that is 0. */
    public static long memoryBytes(long root, long samples) {
        long block = block(root);
        long timed = TimedRoot.is(root) ? TimedRoot.bytes() : 0;
        if (!isTable(root)) {
            return timed + Slab.roundUp(Listpack.bytes(block));
        }
        if (timed != 0) {
            timed += ExpiryHeap.bytes(TimedRoot.times(root));
        }
        long wanted = samples == 0 ? Long.MAX_VALUE : samples;
        long seen = 0;
        long sum = 0;
        for (long at = HashIndex.next(block, HashIndex.START);
                at != HashIndex.END && seen < wanted;
                at = HashIndex.next(block, at)) {
            sum += HashField.blockBytes(HashIndex.at(block, at));
            seen++;
        }
        long count = HashIndex.count(block);
        long fields = seen == 0 || seen == count ? sum : (long) ((double) sum / seen * count);
        return timed + HashIndex.bytes(block) + fields;
    }

    // ------------------------------------------------------------------------------------------
    // fields

    /** Shows the value of a field; false if there is no such field. */
    public static boolean get(long root, Slice name, ListpackItem value) {
        long field = name.address();
        int length = name.length();
        if (isTable(root)) {
            long element = find(root, name.hash(), field, length);
            if (element == HashIndex.NONE) {
                return false;
            }
            value.setBytes(HashField.value(element), HashField.valueLength(element));
            return true;
        }
        int at = findPacked(root, field, length);
        if (at == Listpack.NONE) {
            return false;
        }
        long listpack = block(root);
        Listpack.get(listpack, Listpack.next(listpack, at), value);
        return true;
    }

    static long find(long root, long hash, long field, int length) {
        return HashIndex.find(block(root), hash, field, length, HashField.LAYOUT);
    }

    static int findPacked(long root, long field, int length) {
        long listpack = block(root);
        return Listpack.find(listpack, Listpack.first(listpack), field, length, tuple(root) - 1);
    }

    public static boolean contains(long root, long field, int length) {
        return isTable(root)
                ? find(root, Hash.of(field, length), field, length) != HashIndex.NONE
                : findPacked(root, field, length) != Listpack.NONE;
    }

    /**
     * To be called before fields are set one by one: {@code longest} is the length of the longest
     * text among them and their values, {@code bytes} the sum of all these lengths.
     */
    public static long beforeAdding(
            Slab slab, long root, long fields, long longest, long bytes, PackedLimits limits) {
        if (isTable(root)
                || fields <= limits.entries()
                        && longest <= limits.value()
                        && Listpack.bytes(block(root)) + bytes + fields * PAIR_OVERHEAD
                                < Listpack.MAX_BYTES) {
            return root;
        }
        return convert(slab, root);
    }

    /** As below, and the field, whose hash is needed again, lasts from now on. */
    public static long set(
            Slab slab, long root, Slice field, long value, int valueLength, PackedLimits limits) {
        if (isTable(root)) {
            long hash = field.hash();
            put(slab, root, hash, field.address(), field.length(), value, valueLength, false);
            return root;
        }
        return set(slab, root, field.address(), field.length(), value, valueLength, limits);
    }

    /** As below, and the field lasts from now on. */
    public static long set(
            Slab slab,
            long root,
            long field,
            int length,
            long value,
            int valueLength,
            PackedLimits limits) {
        return set(slab, root, field, length, value, valueLength, false, limits);
    }

    /**
     * Sets a field; that it was not there, {@link #count} tells.
     *
     * @param keepTime whether the field still expires when it did; else it lasts from now on
     */
    public static long set(
            Slab slab,
            long root,
            long field,
            int length,
            long value,
            int valueLength,
            boolean keepTime,
            PackedLimits limits) {
        if (!isTable(root)) {
            if (length > limits.value() || valueLength > limits.value()) {
                long table = convert(slab, root);
                return set(slab, table, field, length, value, valueLength, keepTime, limits);
            }
            long packed = setPacked(slab, root, field, length, value, valueLength, keepTime);
            return count(packed) > limits.entries() ? convert(slab, packed) : packed;
        }
        put(slab, root, Hash.of(field, length), field, length, value, valueLength, keepTime);
        return root;
    }

    /** Sets a field of the large form. */
    private static void put(
            Slab slab,
            long root,
            long hash,
            long field,
            int length,
            long value,
            int valueLength,
            boolean keepTime) {
        long element = find(root, hash, field, length);
        boolean timed = element != HashIndex.NONE && HashField.isTimed(element);
        if (element != HashIndex.NONE
                && (keepTime || !timed)
                && HashField.overwrite(element, value, valueLength)) {
            return;
        }
        long atMs = timed && keepTime ? HashField.expireAt(element) : NEVER;
        long fresh = HashField.create(slab, field, length, value, valueLength, atMs);
        if (element == HashIndex.NONE) {
            HashIndex.insert(slab, block(root), hash, fresh, HashField.LAYOUT);
        } else {
            HashTimes.replace(slab, root, hash, element, fresh);
        }
    }

    private static long setPacked(
            Slab slab,
            long root,
            long field,
            int length,
            long value,
            int valueLength,
            boolean keepTime) {
        long lp = block(root);
        int at = findPacked(root, field, length);
        if (at != Listpack.NONE) {
            int second = Listpack.next(lp, at);
            if (keepTime || !TimedRoot.is(root) || HashTimes.packedTime(lp, second) == 0) {
                return withListpack(
                        root, Listpack.replace(slab, TAG, lp, second, value, valueLength));
            }
            lp = Listpack.deleteEntries(slab, TAG, lp, at, 3);
        }
        lp = Listpack.append(slab, TAG, lp, field, length);
        lp = Listpack.append(slab, TAG, lp, value, valueLength);
        if (TimedRoot.is(root)) {
            lp = Listpack.appendInteger(slab, TAG, lp, 0);
        }
        return withListpack(root, lp);
    }

    /** Removes a field, if it is there. */
    public static long remove(Slab slab, long root, long field, int length) {
        if (!isTable(root)) {
            int at = findPacked(root, field, length);
            return at == Listpack.NONE
                    ? root
                    : withListpack(
                            root, Listpack.deleteEntries(slab, TAG, block(root), at, tuple(root)));
        }
        long hash = Hash.of(field, length);
        long element = find(root, hash, field, length);
        if (element != HashIndex.NONE) {
            HashTimes.remove(slab, root, hash, element);
        }
        return root;
    }

    /**
     * Shows a field of a hash that is not empty, each as likely as the other, and its value;
     * answers when it expires.
     */
    public static long random(
            long root, RandomGenerator random, ListpackItem field, ListpackItem value) {
        long block = block(root);
        if (isTable(root)) {
            long element = HashIndex.random(block, random);
            field.setBytes(HashField.text(element), HashField.length(element));
            value.setBytes(HashField.value(element), HashField.valueLength(element));
            return HashField.expireAt(element);
        }
        int at = ListpackPicks.one(block, tuple(root), random);
        int second = Listpack.next(block, at);
        Listpack.get(block, at, field);
        Listpack.get(block, second, value);
        return TimedRoot.is(root) ? HashTimes.orNever(HashTimes.packedTime(block, second)) : NEVER;
    }

    /** Told of the fields that {@link #scan} meets. */
    @FunctionalInterface
    public interface FieldSink {
        /**
         * @param expireAt when the field expires, or {@link #NEVER}
         */
        void field(long text, int length, long value, int valueLength, long expireAt);
    }

    /**
     * Tells of some fields of a hash in the large form and answers the cursor to go on with; begins
     * and ends with 0. See {@link HashIndex#scan}.
     */
    public static long scan(long root, long cursor, FieldSink sink) {
        return HashIndex.scan(
                block(root),
                cursor,
                element ->
                        sink.field(
                                HashField.text(element),
                                HashField.length(element),
                                HashField.value(element),
                                HashField.valueLength(element),
                                HashField.expireAt(element)));
    }

    // ------------------------------------------------------------------------------------- other
    // forms

    /** The hash with all its fields in the large form; the small one is freed. */
    public static long convert(Slab slab, long root) {
        if (isTable(root)) {
            return root;
        }
        if (!TimedRoot.is(root)) {
            long table = toTable(slab, root, false);
            free(slab, root);
            return table;
        }
        // The place in the table's heap stands in the block of the root, which stays.
        long copy = toTable(slab, root, true);
        Listpack.free(slab, TAG, block(root));
        TimedRoot.setBlock(root, TimedRoot.block(copy));
        TimedRoot.setTimes(root, TimedRoot.times(copy));
        TimedRoot.free(slab, copy);
        return root | TABLE;
    }

    /** An empty hash in the large form. */
    static long newTable(Slab slab, boolean timed) {
        long index = HashIndex.create(slab, HashField.LAYOUT);
        if (!timed) {
            return index | TABLE;
        }
        long times = ExpiryHeap.create(slab, HashField.TIMES);
        return TimedRoot.create(slab, index, times) | TimedRoot.MARK | TABLE;
    }

    private static long toTable(Slab slab, long root, boolean timed) {
        long table = newTable(slab, timed);
        try (HashCursor cursor = new HashCursor(slab, root)) {
            while (cursor.next()) {
                HashTimes.insert(
                        slab,
                        table,
                        cursor.fieldText(),
                        cursor.field().textLength(),
                        cursor.valueText(),
                        cursor.value().textLength(),
                        cursor.expireAt());
            }
        }
        return table;
    }
}
