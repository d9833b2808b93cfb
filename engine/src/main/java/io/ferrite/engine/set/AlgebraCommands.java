package io.ferrite.engine.set;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.SetLimits;
import io.ferrite.store.value.SetValue;
import java.util.Arrays;
import java.util.Comparator;

/** Intersections, unions and differences: replied, counted or stored. */
final class AlgebraCommands {

    private static final CommandError NO_KEYS =
            CommandError.of("ERR numkeys should be greater than 0");
    private static final CommandError MANY_KEYS =
            CommandError.of("ERR Number of keys can't be greater than number of args");
    private static final CommandError LIMIT = CommandError.of("ERR LIMIT can't be negative");

    /** No set: the key is not there. */
    private static final long NO_SET = -1;

    private AlgebraCommands() {}

    private enum Operation {
        INTER(Event.SINTERSTORE),
        UNION(Event.SUNIONSTORE),
        DIFF(Event.SDIFFSTORE);

        private final Event stored;

        Operation(Event stored) {
            this.stored = stored;
        }
    }

    static void register(CommandTable.Builder table) {
        table.bind("SINTER", unit -> reply(unit, Operation.INTER))
                .bind("SUNION", unit -> reply(unit, Operation.UNION))
                .bind("SDIFF", unit -> reply(unit, Operation.DIFF))
                .bind("SINTERSTORE", unit -> store(unit, Operation.INTER))
                .bind("SUNIONSTORE", unit -> store(unit, Operation.UNION))
                .bind("SDIFFSTORE", unit -> store(unit, Operation.DIFF))
                .bind("SINTERCARD", unit -> card(unit, Operation.INTER))
                .bind("SUNIONCARD", unit -> card(unit, Operation.UNION))
                .bind("SDIFFCARD", unit -> card(unit, Operation.DIFF));
    }

    /** Takes one member of a result; false to be told no more. */
    @FunctionalInterface
    private interface Sink {
        boolean member(SetCursor cursor);
    }

    private static void reply(ExecutionUnit unit, Operation operation) {
        long[] roots = roots(unit, 1, unit.argc() - 1);
        long token = unit.reply().deferred();
        long[] count = new long[1];
        walk(
                unit,
                operation,
                roots,
                cursor -> {
                    Sets.reply(unit.reply(), cursor.item());
                    count[0]++;
                    return true;
                });
        unit.reply().finishSet(token, count[0]);
    }

    /**
     * {@code numkeys key [key ...] [LIMIT limit]}, of a union with [APPROX], which is exact here.
     */
    private static void card(ExecutionUnit unit, Operation operation) {
        long keys = Numbers.integer(unit.arg(1), NO_KEYS);
        if (keys < 1) {
            throw NO_KEYS;
        }
        if (keys > unit.argc() - 2) {
            throw MANY_KEYS;
        }
        long limit = 0;
        for (int i = 2 + (int) keys; i < unit.argc(); i++) {
            if (unit.arg(i).isWord("LIMIT") && i + 1 < unit.argc()) {
                limit = Numbers.integer(unit.arg(++i), LIMIT);
                if (limit < 0) {
                    throw LIMIT;
                }
            } else if (operation != Operation.UNION || !unit.arg(i).isWord("APPROX")) {
                throw CommandError.SYNTAX;
            }
        }
        long[] roots = roots(unit, 2, (int) keys);
        long most = limit == 0 ? Long.MAX_VALUE : limit;
        long[] count = new long[1];
        walk(unit, operation, roots, cursor -> ++count[0] < most);
        unit.reply().integer(count[0]);
    }

    private static void store(ExecutionUnit unit, Operation operation) {
        long[] roots = roots(unit, 2, unit.argc() - 2);
        Slice key = unit.arg(1);
        Slab slab = unit.slab(key);
        SetLimits limits = Sets.limits(unit);
        long[] result = {SetValue.createIntset(slab)};
        boolean[] integers = {true};
        if (operation == Operation.UNION) {
            result[0] = union(unit, slab, result[0], roots);
        } else {
            walk(
                    unit,
                    operation,
                    roots,
                    cursor -> {
                        integers[0] &= SetValue.isInteger(cursor.text(), cursor.length());
                        result[0] =
                                SetValue.add(
                                        slab, result[0], cursor.text(), cursor.length(), limits);
                        return true;
                    });
        }
        long count = SetValue.count(result[0]);
        long entry = unit.findWrite(key);
        if (count > 0) {
            if (operation == Operation.INTER && integers[0]) {
                result[0] = SetValue.settleIntegers(slab, result[0], limits);
            }
            unit.database().putRoot(key, Type.SET, SetValue.encoding(result[0]), result[0]);
            unit.effects().changed(key, operation.stored);
        } else {
            SetValue.free(slab, result[0]);
            if (entry != Database.NONE) {
                unit.database().delete(key);
                unit.effects().changed(key, Event.DEL);
            }
        }
        unit.reply().integer(count);
    }

    /** The roots of the sets at some arguments; refuses what is no set. */
    private static long[] roots(ExecutionUnit unit, int first, int count) {
        long[] roots = new long[count];
        for (int i = 0; i < count; i++) {
            long entry = unit.findRead(unit.arg(first + i), Type.SET);
            roots[i] = entry == Database.NONE ? NO_SET : Entry.root(entry);
        }
        return roots;
    }

    private static void walk(ExecutionUnit unit, Operation operation, long[] roots, Sink sink) {
        switch (operation) {
            case INTER -> intersect(unit, roots, sink);
            case DIFF -> subtract(unit, roots, sink);
            default -> unite(unit, roots, sink);
        }
    }

    private static void intersect(ExecutionUnit unit, long[] roots, Sink sink) {
        for (long root : roots) {
            if (root == NO_SET) {
                return;
            }
        }
        long[] sorted = bySize(roots, 0, false);
        try (SetCursor cursor = new SetCursor(unit.clientSlab(), sorted[0])) {
            while (cursor.next()) {
                if (inAll(sorted, cursor) && !sink.member(cursor)) {
                    return;
                }
            }
        }
    }

    private static boolean inAll(long[] sorted, SetCursor cursor) {
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] != sorted[0]
                    && !SetValue.contains(sorted[i], cursor.text(), cursor.length())) {
                return false;
            }
        }
        return true;
    }

    /** The sets from an index on in the order of their sizes; those before it stay. */
    private static long[] bySize(long[] roots, int from, boolean largestFirst) {
        Long[] boxed = Arrays.stream(roots).boxed().toArray(Long[]::new);
        Comparator<Long> order = Comparator.comparingLong(AlgebraCommands::size);
        Arrays.sort(boxed, from, boxed.length, largestFirst ? order.reversed() : order);
        return Arrays.stream(boxed).mapToLong(Long::longValue).toArray();
    }

    private static long size(long root) {
        return root == NO_SET ? 0 : SetValue.count(root);
    }

    /**
     * The first set without the others. Each of its members is looked for in the others, unless it
     * is so large, or they so many, that it is cheaper to remove all of theirs from a copy.
     */
    private static void subtract(ExecutionUnit unit, long[] roots, Sink sink) {
        if (roots[0] == NO_SET) {
            return;
        }
        long ofLooking = 0;
        long ofRemoving = 0;
        for (int i = 0; i < roots.length; i++) {
            if (i > 0 && roots[i] == roots[0]) {
                return;
            }
            if (roots[i] != NO_SET) {
                ofLooking += SetValue.count(roots[0]);
                ofRemoving += SetValue.count(roots[i]);
            }
        }
        if (ofLooking / 2 > ofRemoving) {
            subtractFromCopy(unit, roots, sink);
            return;
        }
        long[] sorted = bySize(roots, 1, true);
        try (SetCursor cursor = new SetCursor(unit.clientSlab(), roots[0])) {
            while (cursor.next()) {
                if (!inOthers(sorted, cursor) && !sink.member(cursor)) {
                    return;
                }
            }
        }
    }

    private static boolean inOthers(long[] sorted, SetCursor cursor) {
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] != NO_SET
                    && SetValue.contains(sorted[i], cursor.text(), cursor.length())) {
                return true;
            }
        }
        return false;
    }

    private static void subtractFromCopy(ExecutionUnit unit, long[] roots, Sink sink) {
        Slab slab = unit.clientSlab();
        long left = SetValue.copyOf(slab, roots[0]);
        for (int i = 1; i < roots.length && SetValue.count(left) > 0; i++) {
            if (roots[i] != NO_SET) {
                try (SetCursor cursor = new SetCursor(slab, roots[i])) {
                    while (cursor.next()) {
                        left = SetValue.remove(slab, left, cursor.text(), cursor.length());
                    }
                }
            }
        }
        tell(slab, left, sink);
        SetValue.free(slab, left);
    }

    private static void unite(ExecutionUnit unit, long[] roots, Sink sink) {
        long only = roots[0];
        boolean single = roots.length == 1;
        Slab slab = unit.clientSlab();
        if (single) {
            if (only != NO_SET) {
                tell(slab, only, sink);
            }
            return;
        }
        boolean allIntegers = true;
        for (long root : roots) {
            allIntegers &= root == NO_SET || SetValue.isIntset(root);
        }
        long start = allIntegers ? SetValue.createIntset(slab) : SetValue.createTable(slab);
        long all = union(unit, slab, start, roots);
        tell(slab, all, sink);
        SetValue.free(slab, all);
    }

    private static long union(ExecutionUnit unit, Slab slab, long into, long[] roots) {
        SetLimits limits = Sets.limits(unit);
        long all = into;
        for (long root : roots) {
            if (root != NO_SET) {
                try (SetCursor cursor = new SetCursor(slab, root)) {
                    while (cursor.next()) {
                        all = SetValue.add(slab, all, cursor.text(), cursor.length(), limits);
                    }
                }
            }
        }
        return all;
    }

    private static void tell(Slab slab, long root, Sink sink) {
        try (SetCursor cursor = new SetCursor(slab, root)) {
            while (cursor.next() && sink.member(cursor)) {
                // the sink does it
            }
        }
    }
}
