package io.ferrite.store.value;

import io.ferrite.memory.Hash;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.Encoding;
import io.ferrite.store.encoding.Intset;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.ListpackPicks;
import io.ferrite.store.index.ElementSink;
import io.ferrite.store.index.HashIndex;
import java.util.random.RandomGenerator;

/**
 * A set: an {@link Intset} while all members spell integers, a {@link Listpack} while it is small,
 * beyond that a {@link HashIndex} of {@link SetMember}s.
 *
 * <p>A set is named by its <em>root</em>, a long: the address of one of the three, and in its low
 * bits which one it is. Methods that change the set answer its root, which may be new.
 *
 * <p>The forms follow each other as in Redis 7.2 and never turn back: that is decided where a
 * member is added, by the {@link SetLimits} of that moment.
 *
 * <p>Memory belongs to the partition's {@link Slab} under {@link MemoryTag#SET}. No
 * synchronisation.
 */
public final class SetValue {

    static final MemoryTag TAG = MemoryTag.SET;

    private static final long INTEGERS = 0;
    private static final long PACKED = 1;
    private static final long TABLE = 2;
    private static final long FORM = 7;

    /** What a listpack's entry takes beside a text, at most. */
    private static final int ENTRY_OVERHEAD = 10;

    private SetValue() {}

    // --------------------------------------------------------------------------------------- the
    // whole

    /** An empty set in the form for {@code expected} members of which this text is the first. */
    public static long create(Slab slab, long text, int length, long expected, SetLimits limits) {
        if (expected <= limits.intsetEntries() && isInteger(text, length)) {
            return createIntset(slab);
        }
        return expected <= limits.entries() ? createListpack(slab) : createTable(slab);
    }

    public static long createIntset(Slab slab) {
        return Intset.create(slab, TAG);
    }

    public static long createListpack(Slab slab) {
        return Listpack.create(slab, TAG) | PACKED;
    }

    public static long createTable(Slab slab) {
        return HashIndex.create(slab, SetMember.LAYOUT) | TABLE;
    }

    /** A set of the block of a valid intset, which it owns from now on. */
    public static long ofIntset(long intset) {
        return intset;
    }

    /** A set of the block of a valid listpack without duplicates, which it owns from now on. */
    public static long ofListpack(long listpack) {
        return listpack | PACKED;
    }

    public static boolean isIntset(long root) {
        return (root & FORM) == INTEGERS;
    }

    public static boolean isListpack(long root) {
        return (root & FORM) == PACKED;
    }

    public static boolean isTable(long root) {
        return (root & FORM) == TABLE;
    }

    /** The {@link Encoding} of the form that the set has. */
    public static int encoding(long root) {
        return switch ((int) (root & FORM)) {
            case (int) INTEGERS -> Encoding.INTSET;
            case (int) PACKED -> Encoding.LISTPACK;
            default -> Encoding.HASHTABLE;
        };
    }

    /** The address of the intset, listpack or index. */
    public static long block(long root) {
        return root & ~FORM;
    }

    public static long count(long root) {
        long block = block(root);
        return switch ((int) (root & FORM)) {
            case (int) INTEGERS -> Intset.count(block);
            case (int) PACKED -> Listpack.count(block);
            default -> HashIndex.count(block);
        };
    }

    /** An independent copy, for COPY. */
    public static long copyOf(Slab slab, long root) {
        long block = block(root);
        if (isIntset(root)) {
            return Intset.copyOf(slab, TAG, block);
        }
        return isListpack(root) ? Listpack.copyOf(slab, TAG, block) | PACKED : toTable(slab, root);
    }

    public static void free(Slab slab, long root) {
        freeSome(slab, root, Integer.MAX_VALUE);
    }

    /**
     * Frees up to {@code budget} members and answers what is left to free: 0 when all is gone.
     * Between the steps the root is good for nothing else.
     */
    public static long freeSome(Slab slab, long root, int budget) {
        long block = block(root);
        if (isIntset(root)) {
            Intset.free(slab, TAG, block);
            return 0;
        }
        if (isListpack(root)) {
            Listpack.free(slab, TAG, block);
            return 0;
        }
        boolean gone =
                HashIndex.release(
                        slab,
                        block,
                        budget,
                        SetMember.LAYOUT,
                        member -> SetMember.free(slab, member));
        return gone ? 0 : root;
    }

    /** The bytes held; an extrapolation from {@code samples} members, or exact if that is 0. */
    public static long memoryBytes(long root, long samples) {
        long block = block(root);
        if (isIntset(root)) {
            return Slab.roundUp(Intset.bytes(block));
        }
        if (isListpack(root)) {
            return Slab.roundUp(Listpack.bytes(block));
        }
        long wanted = samples == 0 ? Long.MAX_VALUE : samples;
        long seen = 0;
        long sum = 0;
        for (long at = HashIndex.next(block, HashIndex.START);
                at != HashIndex.END && seen < wanted;
                at = HashIndex.next(block, at)) {
            sum += SetMember.blockBytes(HashIndex.at(block, at));
            seen++;
        }
        long count = HashIndex.count(block);
        long members = seen == 0 || seen == count ? sum : (long) ((double) sum / seen * count);
        return HashIndex.bytes(block) + members;
    }

    // -----------------------------------------------------------------------------------------
    // members

    /** As below, for one who has the member's hash, or will need it again. */
    public static boolean contains(long root, Slice member) {
        return isTable(root)
                ? hasMember(block(root), member.hash(), member.address(), member.length())
                : contains(root, member.address(), member.length());
    }

    private static boolean hasMember(long table, long hash, long text, int length) {
        return HashIndex.find(table, hash, text, length, SetMember.LAYOUT) != HashIndex.NONE;
    }

    public static boolean contains(long root, long text, int length) {
        long block = block(root);
        if (isTable(root)) {
            return hasMember(block, Hash.of(text, length), text, length);
        }
        if (isListpack(root)) {
            return Listpack.find(block, Listpack.first(block), text, length, 0) != Listpack.NONE;
        }
        long value = Decimal.parse(text, length);
        return Decimal.isNumber(text, length, value) && Intset.contains(block, value);
    }

    /**
     * To be called before {@code expected} members are added one by one: chooses the form for them.
     */
    public static long beforeAdding(Slab slab, long root, long expected, SetLimits limits) {
        long most = isIntset(root) ? limits.intsetEntries() : limits.entries();
        return isTable(root) || expected <= most ? root : convert(slab, root);
    }

    /**
     * Adds a member, if it is not there: {@link #count} tells. The text must not lie in the set.
     */
    public static long add(Slab slab, long root, long text, int length, SetLimits limits) {
        if (isTable(root)) {
            addToTable(slab, root, Hash.of(text, length), text, length);
            return root;
        }
        return isIntset(root)
                ? addToIntset(slab, root, text, length, limits)
                : addToListpack(slab, root, text, length, limits);
    }

    /** As above, for one who has the member's hash, or will need it again. */
    public static long add(Slab slab, long root, Slice member, SetLimits limits) {
        if (isTable(root)) {
            addToTable(slab, root, member.hash(), member.address(), member.length());
            return root;
        }
        return add(slab, root, member.address(), member.length(), limits);
    }

    private static void addToTable(Slab slab, long root, long hash, long text, int length) {
        if (!hasMember(block(root), hash, text, length)) {
            insert(slab, block(root), hash, text, length);
        }
    }

    private static long addToIntset(Slab slab, long root, long text, int length, SetLimits limits) {
        long value = Decimal.parse(text, length);
        if (Decimal.isNumber(text, length, value)) {
            int before = Intset.count(root);
            long set = Intset.add(slab, TAG, root, value);
            return Intset.count(set) > before && Intset.count(set) > limits.intsetEntries()
                    ? convert(slab, set)
                    : set;
        }
        int count = Intset.count(root);
        long longest = 0;
        if (count > 0) {
            longest = Math.max(Decimal.length(Intset.max(root)), Decimal.length(Intset.min(root)));
        }
        boolean packed =
                count < limits.entries()
                        && length <= limits.value()
                        && longest <= limits.value()
                        && fits(Listpack.EMPTY_BYTES + count * (longest + ENTRY_OVERHEAD), length);
        return add(
                slab, packed ? toListpack(slab, root) : convert(slab, root), text, length, limits);
    }

    private static long addToListpack(
            Slab slab, long root, long text, int length, SetLimits limits) {
        long block = block(root);
        if (Listpack.find(block, Listpack.first(block), text, length, 0) != Listpack.NONE) {
            return root;
        }
        if (Listpack.count(block) < limits.entries()
                && length <= limits.value()
                && fits(Listpack.bytes(block), length)) {
            return Listpack.append(slab, TAG, block, text, length) | PACKED;
        }
        return add(slab, convert(slab, root), text, length, limits);
    }

    private static boolean fits(long bytes, int more) {
        return bytes + more + ENTRY_OVERHEAD < Listpack.MAX_BYTES;
    }

    /** Removes a member, if it is there. The text may lie in the set. */
    public static long remove(Slab slab, long root, long text, int length) {
        long block = block(root);
        if (isTable(root)) {
            long hash = Hash.of(text, length);
            long member = HashIndex.find(block, hash, text, length, SetMember.LAYOUT);
            if (member != HashIndex.NONE) {
                HashIndex.remove(slab, block, hash, member, SetMember.LAYOUT);
                SetMember.free(slab, member);
            }
            return root;
        }
        if (isListpack(root)) {
            int at = Listpack.find(block, Listpack.first(block), text, length, 0);
            return at == Listpack.NONE ? root : Listpack.delete(slab, TAG, block, at) | PACKED;
        }
        long value = Decimal.parse(text, length);
        return Decimal.isNumber(text, length, value)
                ? Intset.remove(slab, TAG, block, value)
                : root;
    }

    /** Shows a member of a set that is not empty, each as likely as the other. */
    public static void random(long root, RandomGenerator random, ListpackItem item) {
        long block = block(root);
        if (isTable(root)) {
            long member = HashIndex.random(block, random);
            item.setBytes(SetMember.text(member), SetMember.length(member));
        } else if (isListpack(root)) {
            Listpack.get(block, ListpackPicks.one(block, 1, random), item);
        } else {
            item.setInteger(Intset.random(block, random));
        }
    }

    /** Tells what stands where the sink of {@link #scan} was. */
    @FunctionalInterface
    public interface MemberSink {
        void member(long text, int length);
    }

    /**
     * Tells of some members of a set in the large form and answers the cursor to go on with; begins
     * and ends with 0. See {@link HashIndex#scan}.
     */
    public static long scan(long root, long cursor, MemberSink sink) {
        ElementSink elements =
                member -> sink.member(SetMember.text(member), SetMember.length(member));
        return HashIndex.scan(block(root), cursor, elements);
    }

    // ------------------------------------------------------------------------------------- other
    // forms

    /** The set with all its members in the large form; the small one is freed. */
    public static long convert(Slab slab, long root) {
        if (isTable(root)) {
            return root;
        }
        long table = toTable(slab, root);
        free(slab, root);
        return table;
    }

    /**
     * What is made of members that all spell integers: an intset, unless they are too many for it.
     */
    public static long settleIntegers(Slab slab, long root, SetLimits limits) {
        if (isIntset(root) || count(root) > limits.intsetEntries()) {
            return root;
        }
        long set = Intset.create(slab, TAG);
        try (SetCursor cursor = new SetCursor(slab, root)) {
            while (cursor.next()) {
                set = Intset.add(slab, TAG, set, Decimal.parse(cursor.text(), cursor.length()));
            }
        }
        free(slab, root);
        return set;
    }

    private static long toTable(Slab slab, long root) {
        long table = HashIndex.create(slab, SetMember.LAYOUT);
        try (SetCursor cursor = new SetCursor(slab, root)) {
            while (cursor.next()) {
                long text = cursor.text();
                int length = cursor.length();
                insert(slab, table, Hash.of(text, length), text, length);
            }
        }
        return table | TABLE;
    }

    private static void insert(Slab slab, long table, long hash, long text, int length) {
        long member = SetMember.create(slab, text, length);
        HashIndex.insert(slab, table, hash, member, SetMember.LAYOUT);
    }

    private static long toListpack(Slab slab, long root) {
        long lp = Listpack.create(slab, TAG);
        int count = Intset.count(root);
        for (int i = 0; i < count; i++) {
            lp = Listpack.appendInteger(slab, TAG, lp, Intset.get(root, i));
        }
        Intset.free(slab, TAG, root);
        return lp | PACKED;
    }

    /** Whether a text is kept as a number where there are numbers. */
    public static boolean isInteger(long text, int length) {
        return Decimal.isNumber(text, length, Decimal.parse(text, length));
    }
}
