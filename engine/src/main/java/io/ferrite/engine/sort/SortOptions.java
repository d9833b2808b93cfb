package io.ferrite.engine.sort;

import io.ferrite.engine.ArgReader;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.acl.User;
import io.ferrite.memory.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * What the options of SORT ask for.
 *
 * @param keepsOrder whether some BY named one key for all elements: then there is nothing to sort
 *     by
 * @param by the last BY; null to sort by the elements themselves
 * @param store position of the key for the result among the arguments; 0 to reply with it
 * @param count how many at most; negative for all
 */
record SortOptions(
        boolean descending,
        boolean alpha,
        boolean keepsOrder,
        SortPattern by,
        List<SortPattern> get,
        long offset,
        long count,
        int store) {

    /** Reads everything behind the key. */
    static SortOptions parse(ExecutionUnit unit, boolean mayStore) {
        boolean descending = false;
        boolean alpha = false;
        boolean keepsOrder = false;
        SortPattern by = null;
        List<SortPattern> get = new ArrayList<>(0);
        long offset = 0;
        long count = -1;
        int store = 0;
        ArgReader args = new ArgReader(unit, 2);
        while (args.hasNext()) {
            if (args.take("ASC")) {
                descending = false;
            } else if (args.take("DESC")) {
                descending = true;
            } else if (args.take("ALPHA")) {
                alpha = true;
            } else if (args.take("LIMIT", 2)) {
                offset = args.nextLong();
                count = args.nextLong();
            } else if (mayStore && args.take("STORE", 1)) {
                store = args.position();
                args.next();
            } else if (args.take("BY", 1)) {
                Slice pattern = args.next();
                by = new SortPattern(pattern);
                keepsOrder |= !by.hasStar();
                if (by.hasStar()) {
                    requireKeys(unit, "BY", pattern);
                }
            } else if (args.take("GET", 1)) {
                Slice pattern = args.next();
                SortPattern named = new SortPattern(pattern);
                get.add(named);
                if (!named.isElement()) {
                    requireKeys(unit, "GET", pattern);
                } else {
                    requireAllKeys(unit, "GET");
                }
            } else {
                throw CommandError.SYNTAX;
            }
        }
        return new SortOptions(descending, alpha, keepsOrder, by, get, offset, count, store);
    }

    /**
     * In a cluster the keys must be in the slot of what is sorted, whatever the star stands for.
     */
    private static void requireKeys(ExecutionUnit unit, String option, Slice pattern) {
        if (unit.keyspace().isBySlot() && slotOf(pattern) != unit.arg(1).slot()) {
            throw CommandError.of(
                    "ERR "
                            + option
                            + " option of SORT denied in Cluster mode when keys formed by the"
                            + " pattern may be in different slots.");
        }
        requireAllKeys(unit, option);
    }

    /**
     * The slot of all keys that a pattern can name; -1 where there is not one: its hash tag must
     * come before everything that stands for something else.
     */
    private static int slotOf(Slice pattern) {
        int open = -1;
        boolean untagged = false;
        for (int i = 0; i < pattern.length(); i++) {
            switch (pattern.byteAt(i)) {
                case '*', '?', '[', '\\' -> {
                    return -1;
                }
                case '{' -> open = open < 0 ? i : open;
                case '}' -> {
                    if (open >= 0 && i > open + 1 && !untagged) {
                        return new Slice(pattern.address(), i + 1).slot();
                    }
                    untagged |= open >= 0; // empty: then all of the key counts
                }
                default -> {}
            }
        }
        return pattern.slot();
    }

    /** A pattern reaches keys that nobody could check: only who may read all of them uses one. */
    private static void requireAllKeys(ExecutionUnit unit, String option) {
        User user = unit.session().user();
        if (user.isRestricted()
                && !unit.accessCheck()
                        .mayReadAllKeys(user.rules(), unit.command().spec(), unit.request())) {
            throw CommandError.of(
                    "ERR "
                            + option
                            + " option of SORT denied due to insufficient ACL permissions.");
        }
    }
}
