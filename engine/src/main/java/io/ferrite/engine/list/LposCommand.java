package io.ferrite.engine.list;

import io.ferrite.engine.ArgReader;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ListCursor;
import io.ferrite.store.value.ListValue;

/** LPOS key element [RANK rank] [COUNT matches] [MAXLEN length]. */
final class LposCommand {

    private static final CommandError ZERO_RANK =
            CommandError.of(
                    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second"
                            + " ... or use negative to start from the end of the list");
    private static final CommandError NEGATIVE_COUNT =
            CommandError.of("ERR COUNT can't be negative");
    private static final CommandError NEGATIVE_LENGTH =
            CommandError.of("ERR MAXLEN can't be negative");
    private static final CommandError LOWEST =
            CommandError.of(
                    "ERR value is out of range, value must between -9223372036854775807 and"
                            + " 9223372036854775807");

    private LposCommand() {}

    /**
     * What the options ask for.
     *
     * @param rank from the head if positive, from the tail if negative; never 0
     * @param count how many matches, 0 for all, -1 for one that is not in an array
     * @param length how many elements to look at, 0 for all
     */
    private record Options(long rank, long count, long length) {

        static Options parse(ArgReader args) {
            long rank = 1;
            long count = -1;
            long length = 0;
            while (args.hasNext()) {
                if (args.take("RANK", 1)) {
                    rank = notLowest(args.nextLong());
                    if (rank == 0) {
                        throw ZERO_RANK;
                    }
                } else if (args.take("COUNT", 1)) {
                    count = notNegative(args.next(), NEGATIVE_COUNT);
                } else if (args.take("MAXLEN", 1)) {
                    length = notNegative(args.next(), NEGATIVE_LENGTH);
                } else {
                    throw CommandError.SYNTAX;
                }
            }
            return new Options(rank, count, length);
        }
    }

    private static long notNegative(Slice text, CommandError refusal) {
        long value = Numbers.integer(text, refusal);
        if (value < 0) {
            throw refusal;
        }
        return value;
    }

    /** Refuses the one number that has no counterpart of the other sign. */
    static long notLowest(long value) {
        if (value == Long.MIN_VALUE) {
            throw LOWEST;
        }
        return value;
    }

    static void lpos(ExecutionUnit unit) {
        Options options = Options.parse(new ArgReader(unit, 3));
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.LIST);
        boolean array = options.count >= 0;
        if (entry == Database.NONE) {
            if (array) {
                unit.reply().emptyArray();
            } else {
                unit.reply().nil();
            }
            return;
        }
        try (ListCursor cursor = new ListCursor()) {
            boolean forward = options.rank > 0;
            long root = Entry.root(entry);
            cursor.open(unit.slab(key), root, forward ? 0 : ListValue.length(root) - 1, forward);
            if (array) {
                findAll(unit, cursor, options);
            } else {
                long index = next(cursor, unit.arg(2), new Search(options));
                if (index < 0) {
                    unit.reply().nil();
                } else {
                    unit.reply().integer(index);
                }
            }
        }
    }

    private static void findAll(ExecutionUnit unit, ListCursor cursor, Options options) {
        ReplyWriter reply = unit.reply();
        Search search = new Search(options);
        long token = reply.deferredArray();
        long found = 0;
        while (options.count == 0 || found < options.count) {
            long index = next(cursor, unit.arg(2), search);
            if (index < 0) {
                break;
            }
            reply.integer(index);
            found++;
        }
        reply.finishArray(token, found);
    }

    /** How far a search has come. */
    private static final class Search {
        private long skip;
        private long left;

        Search(Options options) {
            skip = Math.abs(options.rank) - 1;
            left = options.length == 0 ? Long.MAX_VALUE : options.length;
        }
    }

    /** The position of the next match that counts, or -1. */
    private static long next(ListCursor cursor, Slice element, Search search) {
        while (search.left-- > 0 && cursor.next()) {
            if (cursor.item().equalTo(element.address(), element.length()) && search.skip-- <= 0) {
                return cursor.index();
            }
        }
        return -1;
    }
}
