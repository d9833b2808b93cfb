package io.ferrite.engine.sort;

import io.ferrite.engine.ArgReader;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.acl.User;
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
                by = new SortPattern(args.next());
                keepsOrder |= !by.hasStar();
                if (by.hasStar()) {
                    requireAllKeys(unit, "BY");
                }
            } else if (args.take("GET", 1)) {
                get.add(new SortPattern(args.next()));
                requireAllKeys(unit, "GET");
            } else {
                throw CommandError.SYNTAX;
            }
        }
        return new SortOptions(descending, alpha, keepsOrder, by, get, offset, count, store);
    }

    /** A pattern reaches keys that nobody could check: only who may read all of them uses one. */
    private static void requireAllKeys(ExecutionUnit unit, String option) {
        if (unit.keyspace().isBySlot()) {
            throw CommandError.of("ERR " + option + " option of SORT denied in Cluster mode.");
        }
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
