package io.ferrite.store.value;

import io.ferrite.memory.Hash;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.Encoding;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.ListpackPicks;
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
 * <p>The small form becomes the large one as in Redis 7.2 and never turns back: where a field is
 * set, by the {@link PackedLimits} of that moment.
 *
 * <p>Memory belongs to the partition's {@link Slab} under {@link MemoryTag#HASH}. No
 * synchronisation.
 */
public final class HashValue {

    private static final MemoryTag TAG = MemoryTag.HASH;
    private static final long TABLE = 2;

    /** What two entries of a listpack take beside their texts, at most. */
    private static final int PAIR_OVERHEAD = 20;

    private HashValue() {}

    // --------------------------------------------------------------------------------------- the
    // whole

    public static long create(Slab slab) {
        return Listpack.create(slab, TAG);
    }

    public static long createTable(Slab slab) {
        return HashIndex.create(slab, HashField.LAYOUT) | TABLE;
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
        return isTable(root) ? Encoding.HASHTABLE : Encoding.LISTPACK;
    }

    /** The address of the listpack or index. */
    public static long block(long root) {
        return root & ~TABLE;
    }

    /** How many fields there are. */
    public static long count(long root) {
        return isTable(root) ? HashIndex.count(block(root)) : Listpack.count(root) / 2;
    }

    /** An independent copy, for COPY. */
    public static long copyOf(Slab slab, long root) {
        return isTable(root) ? toTable(slab, root) : Listpack.copyOf(slab, TAG, root);
    }

    public static void free(Slab slab, long root) {
        freeSome(slab, root, Integer.MAX_VALUE);
    }

    /**
     * Frees up to {@code budget} fields and answers what is left to free: 0 when all is gone.
     * Between the steps the root is good for nothing else.
     */
    public static long freeSome(Slab slab, long root, int budget) {
        if (!isTable(root)) {
            Listpack.free(slab, TAG, root);
            return 0;
        }
        boolean gone =
                HashIndex.release(
                        slab,
                        block(root),
                        budget,
                        HashField.LAYOUT,
                        element -> HashField.free(slab, element));
        return gone ? 0 : root;
    }

    /** The bytes held; an extrapolation from {@code samples} fields, or exact if that is 0. */
    public static long memoryBytes(long root, long samples) {
        if (!isTable(root)) {
            return Slab.roundUp(Listpack.bytes(root));
        }
        long block = block(root);
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
        return HashIndex.bytes(block) + fields;
    }

    // ------------------------------------------------------------------------------------------
    // fields

    /** Shows the value of a field; false if there is no such field. */
    public static boolean get(long root, long field, int length, ListpackItem value) {
        if (isTable(root)) {
            long element = find(root, Hash.of(field, length), field, length);
            if (element == HashIndex.NONE) {
                return false;
            }
            value.setBytes(HashField.value(element), HashField.valueLength(element));
            return true;
        }
        int at = Listpack.find(root, Listpack.first(root), field, length, 1);
        if (at == Listpack.NONE) {
            return false;
        }
        Listpack.get(root, Listpack.next(root, at), value);
        return true;
    }

    private static long find(long root, long hash, long field, int length) {
        return HashIndex.find(block(root), hash, field, length, HashField.LAYOUT);
    }

    public static boolean contains(long root, long field, int length) {
        return isTable(root)
                ? find(root, Hash.of(field, length), field, length) != HashIndex.NONE
                : Listpack.find(root, Listpack.first(root), field, length, 1) != Listpack.NONE;
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
                        && Listpack.bytes(root) + bytes + fields * PAIR_OVERHEAD
                                < Listpack.MAX_BYTES) {
            return root;
        }
        return convert(slab, root);
    }

    /** Sets a field; that it was not there, {@link #count} tells. */
    public static long set(
            Slab slab,
            long root,
            long field,
            int length,
            long value,
            int valueLength,
            PackedLimits limits) {
        if (!isTable(root)) {
            if (length > limits.value() || valueLength > limits.value()) {
                return set(slab, convert(slab, root), field, length, value, valueLength, limits);
            }
            long lp = setInListpack(slab, root, field, length, value, valueLength);
            return count(lp) > limits.entries() ? convert(slab, lp) : lp;
        }
        long hash = Hash.of(field, length);
        long element = find(root, hash, field, length);
        if (element != HashIndex.NONE && HashField.overwrite(element, value, valueLength)) {
            return root;
        }
        long fresh = HashField.create(slab, field, length, value, valueLength);
        if (element == HashIndex.NONE) {
            HashIndex.insert(slab, block(root), hash, fresh, HashField.LAYOUT);
        } else {
            HashIndex.replace(block(root), hash, element, fresh);
            HashField.free(slab, element);
        }
        return root;
    }

    private static long setInListpack(
            Slab slab, long root, long field, int length, long value, int valueLength) {
        int at = Listpack.find(root, Listpack.first(root), field, length, 1);
        if (at != Listpack.NONE) {
            return Listpack.replace(slab, TAG, root, Listpack.next(root, at), value, valueLength);
        }
        long lp = Listpack.append(slab, TAG, root, field, length);
        return Listpack.append(slab, TAG, lp, value, valueLength);
    }

    /** Removes a field, if it is there. */
    public static long remove(Slab slab, long root, long field, int length) {
        if (!isTable(root)) {
            int at = Listpack.find(root, Listpack.first(root), field, length, 1);
            return at == Listpack.NONE ? root : Listpack.deleteEntries(slab, TAG, root, at, 2);
        }
        long hash = Hash.of(field, length);
        long element = find(root, hash, field, length);
        if (element != HashIndex.NONE) {
            HashIndex.remove(slab, block(root), hash, element, HashField.LAYOUT);
            HashField.free(slab, element);
        }
        return root;
    }

    /** Shows a field of a hash that is not empty, each as likely as the other, and its value. */
    public static void random(
            long root, RandomGenerator random, ListpackItem field, ListpackItem value) {
        if (isTable(root)) {
            long element = HashIndex.random(block(root), random);
            field.setBytes(HashField.text(element), HashField.length(element));
            value.setBytes(HashField.value(element), HashField.valueLength(element));
        } else {
            int at = ListpackPicks.one(root, 2, random);
            Listpack.get(root, at, field);
            Listpack.get(root, Listpack.next(root, at), value);
        }
    }

    /** Told of the fields that {@link #scan} meets. */
    @FunctionalInterface
    public interface FieldSink {
        void field(long text, int length, long value, int valueLength);
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
                                HashField.valueLength(element)));
    }

    // ------------------------------------------------------------------------------------- other
    // forms

    /** The hash with all its fields in the large form; the small one is freed. */
    public static long convert(Slab slab, long root) {
        if (isTable(root)) {
            return root;
        }
        long table = toTable(slab, root);
        free(slab, root);
        return table;
    }

    private static long toTable(Slab slab, long root) {
        long table = HashIndex.create(slab, HashField.LAYOUT);
        try (HashCursor cursor = new HashCursor(slab, root)) {
            while (cursor.next()) {
                long field = cursor.fieldText();
                int length = cursor.field().textLength();
                long element =
                        HashField.create(
                                slab,
                                field,
                                length,
                                cursor.valueText(),
                                cursor.value().textLength());
                HashIndex.insert(slab, table, Hash.of(field, length), element, HashField.LAYOUT);
            }
        }
        return table | TABLE;
    }
}
