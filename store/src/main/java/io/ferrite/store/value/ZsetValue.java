package io.ferrite.store.value;

import io.ferrite.memory.Hash;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.memory.codec.Real;
import io.ferrite.memory.codec.RealParser;
import io.ferrite.store.Encoding;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.index.HashIndex;

/**
 * A sorted set: one {@link Listpack} of members and scores in order while it is small; beyond that
 * a {@link HashIndex} by member and a {@link ZsetTree} by score over the same {@link ZsetElement}s.
 *
 * <p>A sorted set is named by its <em>root</em>, a long: the address of the listpack, or that of
 * the head of the large form with its lowest bit set (blocks are 8-aligned).
 *
 * <pre>
 *   head   0            8           16         24                 32            48
 *          +------------+-----------+----------+------------------+-------------+
 *          | hash index | tree root | nodes    | bytes of         | ZsetFreeze  |
 *          | i64        | node i64  | i64      | elements i64     |             |
 *          +------------+-----------+----------+------------------+-------------+
 * </pre>
 *
 * <p>Cost of the large form for a member of 16 bytes: 32 for the element, 10 in the hash index and
 * 16 to 21 in the tree, about 60 bytes together.
 *
 * <p>A member that is there is named by its <em>place</em>, which {@link #find} answers: good until
 * the set changes. All ranges, by rank, score or member, are ranges of ranks: {@link #countBelow}
 * and its kin answer where one begins and ends.
 *
 * <p>Methods that change the set answer its root, which may be new. Texts handed in must not lie in
 * the set itself. A set turns large and stays so, as in Redis. Memory belongs to the partition's
 * {@link Slab} under {@link MemoryTag#ZSET}. No synchronisation.
 */
public final class ZsetValue {

    /** No such member. */
    public static final long NONE = 0;

    private static final MemoryTag TAG = MemoryTag.ZSET;
    static final long LARGE = 1;

    private static final int HEAD_BYTES = ZsetFreeze.HEAD_BYTES;
    private static final int ELEMENT_BYTES = 24;

    /** Up to here a whole number stands in a listpack as an integer. */
    private static final double LARGEST_INTEGER = 0x1p62;

    private ZsetValue() {}

    // --------------------------------------------------------------------------------------- the
    // whole

    public static long create(Slab slab) {
        return Listpack.create(slab, TAG);
    }

    /** An empty set in the large form. */
    public static long createLarge(Slab slab) {
        long head = slab.take(HEAD_BYTES, TAG);
        Memory.putLong(head, HashIndex.create(slab, ZsetElement.LAYOUT));
        ZsetFreeze.create(head);
        ZsetTree.create(slab, head);
        Memory.putLong(head + ELEMENT_BYTES, 0);
        return head | LARGE;
    }

    /** Takes over a valid listpack of members and scores in order. */
    public static long ofListpack(long listpack) {
        return listpack;
    }

    public static boolean isListpack(long root) {
        return (root & LARGE) == 0;
    }

    /** The {@link Encoding} of the form that the set has. */
    public static int encoding(long root) {
        return isListpack(root) ? Encoding.LISTPACK : Encoding.SKIPLIST;
    }

    static long head(long root) {
        return root & ~ZsetFreeze.BITS;
    }

    static long index(long head) {
        return Memory.getLong(head);
    }

    public static long count(long root) {
        if (isListpack(root)) {
            return Listpack.count(root) / 2;
        }
        return ZsetFreeze.isState(root)
                ? ZsetFreeze.count(root)
                : HashIndex.count(index(head(root)));
    }

    /** An independent copy, for COPY. */
    public static long copyOf(Slab slab, long root) {
        return isListpack(root) ? Listpack.copyOf(slab, TAG, root) : toLarge(slab, root);
    }

    public static void free(Slab slab, long root) {
        long left = root;
        while (left != 0) {
            left = freeSome(slab, left, Integer.MAX_VALUE);
        }
    }

    /**
     * Frees about {@code budget} elements and answers what is left to free: 0 when all is gone.
     * Between the steps the root is good for nothing else. A set of which a state is frozen is left
     * to who thaws the last.
     */
    public static long freeSome(Slab slab, long root, int budget) {
        if ((root & ZsetFreeze.BITS) == ZsetFreeze.LEFT_OVER) {
            return ZsetFreeze.freeSome(slab, root, Math.max(1, budget));
        }
        if (isListpack(root)) {
            Listpack.free(slab, TAG, root);
            return 0;
        }
        long head = head(root);
        if (ZsetFreeze.isFrozen(head)) {
            ZsetFreeze.remove(head);
            return 0;
        }
        if (!ZsetFreeze.freeSomeOf(slab, head, Math.max(1, budget))) {
            return root;
        }
        if (!ZsetRelease.isReleased(head)) {
            // A node is one block as an element is.
            int left = ZsetRelease.release(slab, head, Math.max(1, budget));
            if (left == 0 || !ZsetRelease.isReleased(head)) {
                return root;
            }
        }
        if (!HashIndex.release(
                slab,
                index(head),
                Math.max(1, budget),
                ZsetElement.LAYOUT,
                element -> ZsetElement.free(slab, element))) {
            return root;
        }
        slab.give(head, HEAD_BYTES, TAG);
        return 0;
    }

    /** The bytes held, exact. */
    public static long memoryBytes(long root) {
        if (isListpack(root)) {
            return Slab.roundUp(Listpack.bytes(root));
        }
        long head = head(root);
        return HEAD_BYTES
                + HashIndex.bytes(index(head))
                + ZsetTree.bytes(head)
                + Memory.getLong(head + ELEMENT_BYTES);
    }

    /** About how many blocks there are to free. */
    public static long blocks(long root) {
        if ((root & ZsetFreeze.BITS) == ZsetFreeze.LEFT_OVER) {
            return Integer.MAX_VALUE;
        }
        return isListpack(root) ? 1 : count(root) + ZsetTree.nodes(head(root));
    }

    /**
     * The root of what the set is now, without copying it: for {@link #count} and {@link
     * ZsetCursor}, whatever becomes of the set, without a lock, and until {@link #thaw}. 0 for a
     * small set, which is copied as fast.
     */
    public static long freeze(Slab slab, long root) {
        return isListpack(root) ? 0 : ZsetFreeze.freeze(slab, head(root));
    }

    /** Gives up what {@link #freeze} answered; answers the root of what is to be freed, or 0. */
    public static long thaw(Slab slab, long frozen) {
        return ZsetFreeze.thaw(slab, frozen);
    }

    /** The large form of a set, its own blocks. */
    private static long toLarge(Slab slab, long root) {
        long large = createLarge(slab);
        long text = slab.take(Decimal.MAX_LENGTH, TAG);
        ZsetCursor cursor = new ZsetCursor();
        for (cursor.open(root, 0, true); cursor.next(); ) {
            ListpackItem item = cursor.member();
            if (item.isInteger()) {
                addLarge(slab, head(large), text, item.copyText(text), cursor.score());
            } else {
                addLarge(slab, head(large), item.address(), item.length(), cursor.score());
            }
        }
        slab.give(text, Decimal.MAX_LENGTH, TAG);
        return large;
    }

    // -----------------------------------------------------------------------------------------
    // members

    /** The place of a member, or {@link #NONE}. */
    public static long find(long root, long member, int length) {
        if (isListpack(root)) {
            int at = Listpack.find(root, Listpack.first(root), member, length, 1);
            return at == Listpack.NONE ? NONE : at;
        }
        return HashIndex.find(
                index(head(root)), Hash.of(member, length), member, length, ZsetElement.LAYOUT);
    }

    /** The score at a place. */
    public static double score(long root, long place) {
        return isListpack(root)
                ? scoreAt(root, Listpack.next(root, (int) place))
                : ZsetElement.score(place);
    }

    /** The score that an entry of a listpack spells. */
    static double scoreAt(long lp, int at) {
        if (Listpack.isInteger(lp, at)) {
            return Listpack.integer(lp, at);
        }
        ListpackItem item = new ListpackItem();
        Listpack.get(lp, at, item);
        return RealParser.parse(item.address(), item.length());
    }

    /**
     * Whether a set with one more member of this length may still be a listpack.
     *
     * @param entries {@code zset-max-listpack-entries}
     * @param value {@code zset-max-listpack-value}
     */
    public static boolean fits(long root, int length, long entries, long value) {
        return count(root) + 1 <= entries
                && length <= value
                && (long) Listpack.bytes(root) + length <= Listpack.MAX_BYTES - 64;
    }

    /** Adds a member that is not there, which may turn the set large. */
    public static long add(
            Slab slab, long root, long member, int length, double score, long entries, long value) {
        long now = root;
        if (isListpack(root)) {
            if (fits(root, length, entries, value)) {
                return addPacked(slab, root, member, length, score);
            }
            now = toLarge(slab, root);
            Listpack.free(slab, TAG, root);
        }
        addLarge(slab, head(now), member, length, score);
        return now;
    }

    private static void addLarge(Slab slab, long head, long member, int length, double score) {
        long element = ZsetElement.create(slab, member, length, score);
        HashIndex.insert(slab, index(head), Hash.of(member, length), element, ZsetElement.LAYOUT);
        ZsetTree.insert(slab, head, element);
        addElementBytes(head, Slab.roundUp(ZsetElement.bytes(element)));
    }

    private static void addElementBytes(long head, long more) {
        Memory.putLong(head + ELEMENT_BYTES, Memory.getLong(head + ELEMENT_BYTES) + more);
    }

    private static long addPacked(Slab slab, long lp, long member, int length, double score) {
        int at = Listpack.first(lp);
        ListpackItem item = new ListpackItem();
        while (at != Listpack.NONE) {
            int scoreAt = Listpack.next(lp, at);
            double own = scoreAt(lp, scoreAt);
            if (own > score || own == score && compare(lp, at, item, member, length) > 0) {
                break;
            }
            at = Listpack.next(lp, scoreAt);
        }
        if (at == Listpack.NONE) {
            at = Listpack.end(lp);
        }
        long block = Listpack.insert(slab, TAG, lp, at, member, length);
        return insertScore(slab, block, at + Listpack.entryBytes(block, at), score);
    }

    private static long insertScore(Slab slab, long lp, int at, double score) {
        if (isWhole(score)) {
            return Listpack.insertInteger(slab, TAG, lp, at, (long) score);
        }
        long text = slab.take(Real.MAX_LENGTH, TAG);
        long block = Listpack.insert(slab, TAG, lp, at, text, Real.write(score, text));
        slab.give(text, Real.MAX_LENGTH, TAG);
        return block;
    }

    private static boolean isWhole(double score) {
        // Of a zero the sign is lost, as in Redis; the large form keeps it.
        return Math.abs(score) <= LARGEST_INTEGER && score == (long) score;
    }

    /** Orders the member at an offset of a listpack and a text. */
    private static int compare(long lp, int at, ListpackItem item, long text, int length) {
        Listpack.get(lp, at, item);
        if (!item.isInteger()) {
            return Memory.compare(item.address(), item.length(), text, length);
        }
        return compareInteger(item.integer(), text, length);
    }

    /** Orders the decimal text of a number and a text, byte by byte. */
    private static int compareInteger(long number, long text, int length) {
        boolean negative = number < 0;
        int digits = Decimal.length(number);
        int common = Math.min(digits, length);
        // Digits from the front, without a place to write them to.
        long power = 1;
        for (int i = negative ? 2 : 1; i < digits; i++) {
            power *= 10;
        }
        for (int i = 0; i < common; i++) {
            int own;
            if (negative && i == 0) {
                own = '-';
            } else {
                own = '0' + (int) Math.abs(number / power % 10);
                power /= 10;
            }
            int order = own - Memory.getUnsignedByte(text + i);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(digits, length);
    }

    /** Gives the member at a place, whose text this is, another score. */
    public static long setScore(
            Slab slab, long root, long place, long member, int length, double score) {
        if (isListpack(root)) {
            long rest = Listpack.deleteEntries(slab, TAG, root, (int) place, 2);
            return addPacked(slab, rest, member, length, score);
        }
        ZsetTree.setScore(slab, head(root), place, score);
        return root;
    }

    /** Removes the member at a place. */
    public static long remove(Slab slab, long root, long place) {
        if (isListpack(root)) {
            return Listpack.deleteEntries(slab, TAG, root, (int) place, 2);
        }
        long head = head(root);
        ZsetTree.remove(slab, head, place);
        HashIndex.remove(
                slab, index(head), ZsetElement.LAYOUT.hash(place), place, ZsetElement.LAYOUT);
        addElementBytes(head, -Slab.roundUp(ZsetElement.bytes(place)));
        if (ZsetFreeze.isFrozen(head)) {
            ZsetFreeze.keepElement(slab, head, place);
        } else {
            ZsetElement.free(slab, place);
        }
        return root;
    }

    /** Removes members by rank, all of which are there. */
    public static long removeRange(Slab slab, long root, long from, long count) {
        if (isListpack(root)) {
            return Listpack.deleteRange(slab, TAG, root, 2 * from, 2 * count);
        }
        for (long i = 0; i < count; i++) {
            remove(slab, root, ZsetTree.elementAt(head(root), from));
        }
        return root;
    }

    // -------------------------------------------------------------------------------------------
    // ranks

    /** The rank of the member at a place, from 0. */
    public static long rank(long root, long place) {
        if (!isListpack(root)) {
            return ZsetTree.rank(head(root), place);
        }
        long rank = 0;
        for (int at = Listpack.first(root); at != place; at += Listpack.entryBytes(root, at)) {
            rank++;
        }
        return rank / 2;
    }

    /** How many members have a score below one, or up to it. */
    public static long countBelow(long root, double score, boolean inclusive) {
        if (!isListpack(root)) {
            int mode = inclusive ? ZsetTree.LOWER_OR_EQUAL_SCORE : ZsetTree.LOWER_SCORE;
            return ZsetTree.below(head(root), mode, score, 0, 0);
        }
        long count = 0;
        int at = Listpack.first(root);
        while (at != Listpack.NONE) {
            int scoreAt = Listpack.next(root, at);
            double own = scoreAt(root, scoreAt);
            if (inclusive ? own > score : own >= score) {
                break;
            }
            count++;
            at = Listpack.next(root, scoreAt);
        }
        return count;
    }

    /** How many members come before a text, or up to it; all must have the same score. */
    public static long countBelow(long root, long text, int length, boolean inclusive) {
        if (!isListpack(root)) {
            int mode = inclusive ? ZsetTree.LOWER_OR_EQUAL_MEMBER : ZsetTree.LOWER_MEMBER;
            return ZsetTree.below(head(root), mode, 0, text, length);
        }
        long count = 0;
        ListpackItem item = new ListpackItem();
        int at = Listpack.first(root);
        while (at != Listpack.NONE) {
            int order = compare(root, at, item, text, length);
            if (inclusive ? order > 0 : order >= 0) {
                break;
            }
            count++;
            at = Listpack.next(root, Listpack.next(root, at));
        }
        return count;
    }

    // --------------------------------------------------------------------------------------------
    // scan

    /** Told of members and scores. */
    @FunctionalInterface
    public interface MemberSink {

        /** The item is good during the call only. */
        void member(ListpackItem member, double score);
    }

    /**
     * Tells of some members and answers the cursor to go on with, 0 when through; see {@link
     * HashIndex#scan}. A small set is told as a whole.
     */
    public static long scan(long root, long cursor, MemberSink sink) {
        if (isListpack(root)) {
            ZsetCursor all = new ZsetCursor();
            for (all.open(root, 0, true); all.next(); ) {
                sink.member(all.member(), all.score());
            }
            return 0;
        }
        ListpackItem item = new ListpackItem();
        return HashIndex.scan(
                index(head(root)),
                cursor,
                element ->
                        sink.member(
                                item.setBytes(
                                        ZsetElement.member(element), ZsetElement.length(element)),
                                ZsetElement.score(element)));
    }

    // -------------------------------------------------------------------------------------------
    // check

    /** Checks every invariant of the large form and throws where one is broken: for tests. */
    static void check(long root) {
        if (isListpack(root)) {
            return;
        }
        long head = head(root);
        long sum = ZsetCheck.check(head);
        if (sum != count(root)) {
            throw new IllegalStateException("the tree holds " + sum + " not " + count(root));
        }
        long[] bytes = new long[1];
        for (long at = HashIndex.next(index(head), HashIndex.START);
                at != HashIndex.END;
                at = HashIndex.next(index(head), at)) {
            long element = HashIndex.at(index(head), at);
            bytes[0] += Slab.roundUp(ZsetElement.bytes(element));
        }
        if (bytes[0] != Memory.getLong(head + ELEMENT_BYTES)) {
            throw new IllegalStateException("bytes of elements");
        }
    }
}
