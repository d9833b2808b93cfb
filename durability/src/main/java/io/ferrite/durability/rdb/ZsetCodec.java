package io.ferrite.durability.rdb;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.memory.codec.RealParser;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.encoding.Ziplist;
import io.ferrite.store.value.PackedLimits;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;
import java.io.IOException;
import java.util.Arrays;

/**
 * Sorted sets. Written as a listpack's bytes, or as their number of members and for each, from the
 * highest on, the member and its score as a double. Read from both, from the older form whose
 * scores are text, and from a ziplist.
 */
final class ZsetCodec {

    /** Members in one step. */
    private static final int STEP = 512;

    /**
     * Up to this many members of a listpack are compared with each other to find one that is twice
     * in it.
     */
    private static final int COMPARED = 512;

    private static final MemoryTag TAG = MemoryTag.ZSET;

    private ZsetCodec() {}

    static int type(long root) {
        return ZsetValue.isListpack(root) ? RdbType.ZSET_LISTPACK : RdbType.ZSET_2;
    }

    /** Writes the beginning; answers how many members {@link #step} has to write yet. */
    static long begin(RdbOutput out, long root) throws IOException {
        if (ZsetValue.isListpack(root)) {
            out.putString(root, Listpack.bytes(root));
            return 0;
        }
        long count = ZsetValue.count(root);
        out.putLength(count);
        return step(out, root, count);
    }

    /** Writes some of the {@code left} lowest members; answers how many are left then. */
    static long step(RdbOutput out, long root, long left) throws IOException {
        ZsetCursor cursor = new ZsetCursor().open(root, left - 1, false);
        long now = left;
        for (int i = 0; i < STEP && now > 0 && cursor.next(); i++) {
            out.putString(cursor.member().address(), cursor.member().length());
            out.putDouble(cursor.score());
            now--;
        }
        return now;
    }

    static void read(int type, RdbInput in, Slab slab, PackedLimits limits, RdbValue value)
            throws IOException {
        RdbString string = new RdbString();
        try {
            if (type == RdbType.ZSET || type == RdbType.ZSET_2) {
                readMembers(type, in, slab, limits, value, string);
            } else {
                readPacked(type, in, slab, limits, value, string);
            }
        } finally {
            string.free();
        }
    }

    private static void readMembers(
            int type, RdbInput in, Slab slab, PackedLimits limits, RdbValue value, RdbString string)
            throws IOException {
        long count = in.readCount(2);
        if (count == 0) {
            value.setEmpty();
            return;
        }
        long root = count > limits.entries() ? ZsetValue.createLarge(slab) : ZsetValue.create(slab);
        try {
            for (long i = 0; i < count; i++) {
                in.readString(slab, TAG, string);
                double score = type == RdbType.ZSET_2 ? in.readDouble() : in.readDoubleText();
                if (Double.isNaN(score)) {
                    throw in.refuse("Zset with NAN score detected");
                }
                root = add(in, slab, root, string.address(), string.length(), score, limits);
            }
        } catch (IOException | RuntimeException e) {
            ZsetValue.free(slab, root);
            throw e;
        }
        value.set(RdbValue.Kind.ZSET, slab, root);
    }

    private static long add(
            RdbInput in,
            Slab slab,
            long root,
            long member,
            int length,
            double score,
            PackedLimits limits)
            throws IOException {
        if (ZsetValue.find(root, member, length) != ZsetValue.NONE) {
            throw in.refuse("Duplicate zset fields detected");
        }
        return ZsetValue.add(slab, root, member, length, score, limits.entries(), limits.value());
    }

    private static void readPacked(
            int type, RdbInput in, Slab slab, PackedLimits limits, RdbValue value, RdbString string)
            throws IOException {
        in.readString(slab, TAG, string);
        long lp;
        if (type == RdbType.ZSET_ZIPLIST) {
            if (!Ziplist.isValid(string.address(), string.length())) {
                throw in.refuse("Zset ziplist integrity check failed");
            }
            lp = Ziplist.toListpack(slab, TAG, string.address());
        } else {
            if (!Listpack.isValid(string.address(), string.length(), true)) {
                throw in.refuse("Zset listpack integrity check failed");
            }
            lp = string.forget();
        }
        try {
            if (Listpack.isEmpty(lp)) {
                Listpack.free(slab, TAG, lp);
                value.setEmpty();
                return;
            }
            lp = ordered(in, slab, lp, limits);
        } catch (IOException | RuntimeException e) {
            Listpack.free(slab, TAG, lp);
            throw e;
        }
        value.set(RdbValue.Kind.ZSET, slab, lp);
    }

    /**
     * The sorted set of a listpack from outside, which becomes part of it or is given back.
     * Refused, and left to the caller, unless it is pairs of different members and scores; put in
     * order if it is not.
     */
    private static long ordered(RdbInput in, Slab slab, long lp, PackedLimits limits)
            throws IOException {
        int count = Listpack.count(lp);
        if (count % 2 != 0) {
            throw in.refuse("Zset listpack integrity check failed");
        }
        boolean ordered = areScoresOrdered(in, lp);
        if (ordered && count / 2 <= Math.min(limits.entries(), COMPARED)) {
            checkDifferent(in, slab, lp);
            return ZsetValue.ofListpack(lp);
        }
        // Built anew, member by member.
        PackedLimits own = count / 2 > COMPARED ? new PackedLimits(0, 0) : limits;
        long root = ZsetValue.create(slab);
        long text = slab.take(Decimal.MAX_LENGTH, TAG);
        try {
            ZsetCursor cursor = new ZsetCursor();
            for (cursor.open(lp, 0, true); cursor.next(); ) {
                ListpackItem item = cursor.member();
                long address = item.isInteger() ? text : item.address();
                int length = item.isInteger() ? item.copyText(text) : item.length();
                root = add(in, slab, root, address, length, cursor.score(), own);
            }
        } catch (IOException | RuntimeException e) {
            ZsetValue.free(slab, root);
            throw e;
        } finally {
            slab.give(text, Decimal.MAX_LENGTH, TAG);
        }
        if (ordered && count / 2 <= limits.entries()) {
            ZsetValue.free(slab, root); // the members are different, which is what it was made for
            return ZsetValue.ofListpack(lp);
        }
        Listpack.free(slab, TAG, lp);
        return root;
    }

    /** Refuses what is no score; says whether the pairs are in the order of a sorted set. */
    private static boolean areScoresOrdered(RdbInput in, long lp) throws IOException {
        ListpackItem item = new ListpackItem();
        ZsetCursor cursor = new ZsetCursor();
        for (int at = Listpack.first(lp); at != Listpack.NONE; at = Listpack.next(lp, at)) {
            at = Listpack.next(lp, at);
            Listpack.get(lp, at, item);
            if (!item.isInteger()
                    && Double.isNaN(RealParser.parse(item.address(), item.length()))) {
                throw in.refuse("Zset with NAN score detected");
            }
        }
        double before = Double.NEGATIVE_INFINITY;
        byte[] memberBefore = null;
        for (cursor.open(lp, 0, true); cursor.next(); ) {
            if (cursor.score() < before) {
                return false;
            }
            if (cursor.score() == before && memberBefore != null) {
                byte[] member = cursor.member().toBytes();
                if (Arrays.compareUnsigned(memberBefore, member) >= 0) {
                    return false;
                }
                memberBefore = member;
            } else {
                memberBefore = cursor.member().toBytes();
            }
            before = cursor.score();
        }
        return true;
    }

    private static void checkDifferent(RdbInput in, Slab slab, long lp) throws IOException {
        long text = slab.take(Decimal.MAX_LENGTH, TAG);
        ListpackItem item = new ListpackItem();
        try {
            int at = Listpack.first(lp);
            while (at != Listpack.NONE) {
                Listpack.get(lp, at, item);
                long address = item.isInteger() ? text : item.address();
                int length = item.isInteger() ? item.copyText(text) : item.length();
                at = Listpack.next(lp, Listpack.next(lp, at));
                if (at != Listpack.NONE
                        && Listpack.find(lp, at, address, length, 1) != Listpack.NONE) {
                    throw in.refuse("Duplicate zset fields detected");
                }
            }
        } finally {
            slab.give(text, Decimal.MAX_LENGTH, TAG);
        }
    }
}
