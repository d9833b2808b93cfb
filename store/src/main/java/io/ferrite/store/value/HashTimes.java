package io.ferrite.store.value;

import io.ferrite.memory.Hash;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.TimedRoot;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.expiry.ExpiryHeap;
import io.ferrite.store.index.HashIndex;

/**
 * When the fields of a hash expire. A hash is made ready for that by {@link #prepare} once, as in
 * Redis 7.4 by the first command that gives times to fields; it stays so when none has one.
 *
 * <p>Times are milliseconds since 1970 from 0 on, {@link HashValue#NEVER} for a field that lasts. A
 * field whose time has passed is a field like others here: who reads decides.
 */
public final class HashTimes {

    /** What {@link #of} answers where there is no such field. */
    public static final long ABSENT = -1;

    /** The latest time there is, as in Redis: 46 bits. */
    public static final long LATEST = (1L << 46) - 1;

    /** The latest time that a file may give: 48 bits. */
    public static final long LATEST_STORED = (1L << 48) - 1;

    private static final MemoryTag TAG = MemoryTag.HASH;

    /** How a listpack writes that a field lasts. */
    private static final long NO_TIME = 0;

    private HashTimes() {}

    /** Whether fields of a hash may expire. */
    public static boolean isReady(long root) {
        return TimedRoot.is(root);
    }

    /** Makes a hash ready for fields that expire; answers its root. */
    public static long prepare(Slab slab, long root) {
        if (TimedRoot.is(root)) {
            return root;
        }
        long block = HashValue.block(root);
        if (HashValue.isTable(root)) {
            long times = ExpiryHeap.create(slab, HashField.TIMES);
            return TimedRoot.create(slab, block, times) | TimedRoot.MARK | root & 7;
        }
        long fields = Listpack.count(block) / 2L;
        if (Listpack.bytes(block) + 2 * fields >= Listpack.MAX_BYTES) {
            return prepare(slab, HashValue.convert(slab, root));
        }
        long timed = Listpack.create(slab, TAG);
        try (HashCursor cursor = new HashCursor(slab, root)) {
            while (cursor.next()) {
                timed = append(slab, timed, cursor.field());
                timed = append(slab, timed, cursor.value());
                timed = Listpack.appendInteger(slab, TAG, timed, NO_TIME);
            }
        }
        HashValue.free(slab, root);
        return ofListpack(slab, timed);
    }

    private static long append(Slab slab, long listpack, ListpackItem item) {
        return item.isInteger()
                ? Listpack.appendInteger(slab, TAG, listpack, item.integer())
                : Listpack.append(slab, TAG, listpack, item.address(), item.length());
    }

    /**
     * A hash of the block of a valid listpack of fields, values and times in their order, no field
     * twice, which it owns from now on.
     */
    public static long ofListpack(Slab slab, long listpack) {
        return TimedRoot.create(slab, listpack, 0) | TimedRoot.MARK;
    }

    /**
     * A hash in the small form with the fields of one in the large form, which is used up: those
     * with a time in the order of their times. Only where a listpack has room for them.
     */
    public static long pack(Slab slab, long table) {
        ListpackItem item = new ListpackItem();
        long lp = Listpack.create(slab, TAG);
        while (next(table) != HashValue.NEVER) {
            long element = ExpiryHeap.element(TimedRoot.times(table), 0);
            lp =
                    append(
                            slab,
                            lp,
                            item.setBytes(HashField.text(element), HashField.length(element)));
            long value = HashField.value(element);
            lp = append(slab, lp, item.setBytes(value, HashField.valueLength(element)));
            lp = Listpack.appendInteger(slab, TAG, lp, HashField.expireAt(element));
            remove(slab, table, HashField.LAYOUT.hash(element), element);
        }
        try (HashCursor cursor = new HashCursor(slab, table)) {
            while (cursor.next()) {
                lp = append(slab, lp, cursor.field());
                lp = append(slab, lp, cursor.value());
                lp = Listpack.appendInteger(slab, TAG, lp, NO_TIME);
            }
        }
        HashValue.free(slab, table);
        return ofListpack(slab, lp);
    }

    /** An empty hash in the large form. */
    public static long createTable(Slab slab) {
        return HashValue.newTable(slab, true);
    }

    /** When a field expires; {@link #ABSENT} if there is no such field. */
    public static long of(long root, long field, int length) {
        if (HashValue.isTable(root)) {
            long element = HashValue.find(root, Hash.of(field, length), field, length);
            return element == HashIndex.NONE ? ABSENT : HashField.expireAt(element);
        }
        int at = HashValue.findPacked(root, field, length);
        if (at == Listpack.NONE) {
            return ABSENT;
        }
        long lp = HashValue.block(root);
        return TimedRoot.is(root)
                ? orNever(packedTime(lp, Listpack.next(lp, at)))
                : HashValue.NEVER;
    }

    /** When the next field expires; {@link HashValue#NEVER} if none does. */
    public static long next(long root) {
        if (!TimedRoot.is(root)) {
            return HashValue.NEVER;
        }
        if (HashValue.isTable(root)) {
            return ExpiryHeap.nextAt(TimedRoot.times(root));
        }
        long lp = HashValue.block(root);
        int first = Listpack.first(lp);
        return first == Listpack.NONE
                ? HashValue.NEVER
                : orNever(packedTime(lp, Listpack.next(lp, first)));
    }

    /** How many fields have a time before {@code nowMs}. */
    public static long due(long root, long nowMs) {
        if (next(root) >= nowMs) {
            return 0;
        }
        if (HashValue.isTable(root)) {
            return ExpiryHeap.countDue(TimedRoot.times(root), nowMs);
        }
        long due = 0;
        try (HashCursor cursor = new HashCursor(null, root)) {
            while (cursor.next() && cursor.expireAt() < nowMs) {
                due++;
            }
        }
        return due;
    }

    /** Told of fields that are about to go. */
    @FunctionalInterface
    public interface DueSink {
        void field(ListpackItem field);
    }

    /**
     * Removes fields with a time before {@code nowMs}, at most {@code max}, in any order; each is
     * told of before. Answers the root; {@link HashValue#count} tells how many.
     */
    public static long removeDue(Slab slab, long root, long nowMs, int max, DueSink sink) {
        if (!HashValue.isTable(root)) {
            return removePackedDue(slab, root, nowMs, max, sink);
        }
        ListpackItem field = new ListpackItem();
        for (int i = 0; i < max && next(root) < nowMs; i++) {
            long element = ExpiryHeap.due(TimedRoot.times(root), nowMs);
            field.setBytes(HashField.text(element), HashField.length(element));
            sink.field(field);
            remove(slab, root, HashField.LAYOUT.hash(element), element);
        }
        return root;
    }

    private static long removePackedDue(Slab slab, long root, long nowMs, int max, DueSink sink) {
        int due = 0;
        try (HashCursor cursor = new HashCursor(null, root)) {
            while (due < max && cursor.next() && cursor.expireAt() < nowMs) {
                sink.field(cursor.field());
                due++;
            }
        }
        long lp = HashValue.block(root);
        return due == 0
                ? root
                : HashValue.withListpack(
                        root, Listpack.deleteEntries(slab, TAG, lp, Listpack.first(lp), 3L * due));
    }

    /**
     * Lets a field that is there expire at a time, or last with {@link HashValue#NEVER}; the hash
     * has been {@link #prepare}d.
     */
    public static long set(Slab slab, long root, long field, int length, long atMs) {
        if (!HashValue.isTable(root)) {
            return setPacked(slab, root, field, length, atMs);
        }
        long hash = Hash.of(field, length);
        long element = HashValue.find(root, hash, field, length);
        if (HashField.isTimed(element) && atMs != HashValue.NEVER) {
            HashField.setExpireAt(element, atMs);
            long times = TimedRoot.times(root);
            ExpiryHeap.change(times, HashField.place(element), atMs, HashField.TIMES);
        } else if (HashField.expireAt(element) != atMs) {
            long value = HashField.value(element);
            int valueLength = HashField.valueLength(element);
            long fresh = HashField.create(slab, field, length, value, valueLength, atMs);
            replace(slab, root, hash, element, fresh);
        }
        return root;
    }

    /** Takes field and value out and puts them in again where their time belongs. */
    private static long setPacked(Slab slab, long root, long field, int length, long atMs) {
        long lp = HashValue.block(root);
        int at = HashValue.findPacked(root, field, length);
        ListpackItem value = new ListpackItem();
        Listpack.get(lp, Listpack.next(lp, at), value);
        int valueLength = value.isInteger() ? 0 : value.length();
        long copy = slab.take(Math.max(1, valueLength), TAG);
        if (!value.isInteger()) {
            value.copyText(copy);
            value.setBytes(copy, valueLength);
        }
        lp = Listpack.deleteEntries(slab, TAG, lp, at, 3);
        int to = placeFor(lp, atMs);
        lp = Listpack.insert(slab, TAG, lp, to, field, length);
        int second = to + Listpack.entryBytes(lp, to);
        lp =
                value.isInteger()
                        ? Listpack.insertInteger(slab, TAG, lp, second, value.integer())
                        : Listpack.insert(slab, TAG, lp, second, copy, valueLength);
        int third = second + Listpack.entryBytes(lp, second);
        long time = atMs == HashValue.NEVER ? NO_TIME : atMs;
        lp = Listpack.insertInteger(slab, TAG, lp, third, time);
        slab.give(copy, Math.max(1, valueLength), TAG);
        return HashValue.withListpack(root, lp);
    }

    /** In front of the first field that expires then or later, as Redis does. */
    private static int placeFor(long lp, long atMs) {
        int at = atMs == HashValue.NEVER ? Listpack.NONE : Listpack.first(lp);
        while (at != Listpack.NONE) {
            int second = Listpack.next(lp, at);
            if (orNever(packedTime(lp, second)) >= atMs) {
                return at;
            }
            at = Listpack.next(lp, Listpack.next(lp, second));
        }
        return Listpack.end(lp);
    }

    // ------------------------------------------------------------------------- for the other parts

    /** The third of a field's entries, 0 for none, as the one behind its value. */
    static long packedTime(long lp, int value) {
        return Listpack.integer(lp, Listpack.next(lp, value));
    }

    static long orNever(long packed) {
        return packed == NO_TIME ? HashValue.NEVER : packed;
    }

    /**
     * Adds a field to a hash in the large form that does not have it; only one that is ready takes
     * a time.
     */
    public static void insert(
            Slab slab, long root, long field, int length, long value, int valueLength, long atMs) {
        long element = HashField.create(slab, field, length, value, valueLength, atMs);
        long hash = Hash.of(field, length);
        HashIndex.insert(slab, HashValue.block(root), hash, element, HashField.LAYOUT);
        if (atMs != HashValue.NEVER) {
            ExpiryHeap.add(slab, TimedRoot.times(root), atMs, element, HashField.TIMES);
        }
    }

    /** Puts an element in the place of one with the same field, which is freed. */
    static void replace(Slab slab, long root, long hash, long element, long fresh) {
        HashIndex.replace(HashValue.block(root), hash, element, fresh);
        boolean was = HashField.isTimed(element);
        boolean is = HashField.isTimed(fresh);
        if (was && is) {
            ExpiryHeap.moved(
                    TimedRoot.times(root), HashField.place(element), fresh, HashField.TIMES);
        } else if (was) {
            ExpiryHeap.remove(
                    slab, TimedRoot.times(root), HashField.place(element), HashField.TIMES);
        } else if (is) {
            long at = HashField.expireAt(fresh);
            ExpiryHeap.add(slab, TimedRoot.times(root), at, fresh, HashField.TIMES);
        }
        HashField.free(slab, element);
    }

    /** Takes an element out and frees it. */
    static void remove(Slab slab, long root, long hash, long element) {
        if (HashField.isTimed(element)) {
            ExpiryHeap.remove(
                    slab, TimedRoot.times(root), HashField.place(element), HashField.TIMES);
        }
        HashIndex.remove(slab, HashValue.block(root), hash, element, HashField.LAYOUT);
        HashField.free(slab, element);
    }
}
