package io.ferrite.engine.zset;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.ZsetValue;
import java.util.Arrays;
import java.util.Comparator;

/** Unions, intersections and differences of sorted sets and sets, replied, stored or counted. */
final class ZcombineCommands {

    private enum Operation {
        UNION(Event.ZUNIONSTORE),
        INTER(Event.ZINTERSTORE),
        DIFF(Event.ZDIFFSTORE);

        private final Event event;

        Operation(Event event) {
            this.event = event;
        }
    }

    /** What the scores of a member in several sets become. */
    private enum Aggregate {
        SUM,
        MIN,
        MAX,
        /** Of the weights: the sets count, their scores do not. */
        COUNT;

        double of(double one, double other) {
            switch (this) {
                case MIN:
                    return other < one ? other : one;
                case MAX:
                    return other > one ? other : one;
                default:
                    double sum = one + other;
                    return Double.isNaN(sum) ? 0 : sum; // of both infinities
            }
        }
    }

    private static final CommandError NOT_A_WEIGHT =
            CommandError.of("ERR weight value is not a float");
    private static final CommandError NEGATIVE_LIMIT =
            CommandError.of("ERR LIMIT can't be negative");

    private ZcombineCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("ZUNION", unit -> reply(unit, Operation.UNION))
                .bind("ZINTER", unit -> reply(unit, Operation.INTER))
                .bind("ZDIFF", unit -> reply(unit, Operation.DIFF))
                .bind("ZUNIONSTORE", unit -> store(unit, Operation.UNION))
                .bind("ZINTERSTORE", unit -> store(unit, Operation.INTER))
                .bind("ZDIFFSTORE", unit -> store(unit, Operation.DIFF))
                .bind("ZINTERCARD", ZcombineCommands::zintercard);
    }

    /** What was asked for. */
    private static final class Request {
        private final ExecutionUnit unit;
        private final Operation operation;
        private ZsetSource[] sources;
        private Aggregate aggregate = Aggregate.SUM;
        private boolean scores;
        private long limit;

        Request(ExecutionUnit unit, Operation operation) {
            this.unit = unit;
            this.operation = operation;
        }

        /** The result of what is only told: the small form has no room for the sign of a zero. */
        long emptyForReply(Slab slab) {
            for (ZsetSource source : sources) {
                if (source.mayHaveNegativeZero()) {
                    return ZsetValue.createLarge(slab);
                }
            }
            return ZsetValue.create(slab);
        }

        /** Reads {@code numkeys key [key ...]} from an argument on; answers the next one. */
        int readSources(int at) {
            long keys = Numbers.integer(unit.arg(at));
            if (keys < 1) {
                throw CommandError.of(
                        "ERR at least 1 input key is needed for '"
                                + unit.command().name()
                                + "' command");
            }
            if (keys > unit.argc() - at - 1) {
                throw CommandError.SYNTAX;
            }
            sources = new ZsetSource[(int) keys];
            for (int i = 0; i < keys; i++) {
                sources[i] = new ZsetSource(unit, unit.findRead(unit.arg(at + 1 + i)));
            }
            return at + 1 + (int) keys;
        }

        void readOptions(int first, boolean mayHaveScores, boolean counts) {
            int argc = unit.argc();
            boolean weighted = operation != Operation.DIFF && !counts;
            for (int i = first; i < argc; i++) {
                Slice word = unit.arg(i);
                int left = argc - i;
                if (weighted && left > sources.length && word.isWord("WEIGHTS")) {
                    for (ZsetSource source : sources) {
                        source.weight = Numbers.real(unit.arg(++i), NOT_A_WEIGHT);
                    }
                } else if (weighted && left >= 2 && word.isWord("AGGREGATE")) {
                    aggregate = aggregate(unit.arg(++i));
                } else if (mayHaveScores && word.isWord("WITHSCORES")) {
                    scores = true;
                } else if (counts && left >= 2 && word.isWord("LIMIT")) {
                    limit = Numbers.integer(unit.arg(++i), NEGATIVE_LIMIT);
                    if (limit < 0) {
                        throw NEGATIVE_LIMIT;
                    }
                } else {
                    throw CommandError.SYNTAX;
                }
            }
            if (aggregate == Aggregate.COUNT) {
                for (ZsetSource source : sources) {
                    source.plain = true;
                }
            }
            if (operation != Operation.DIFF) {
                // From the smallest on, which also fixes the order in which scores are added up.
                Arrays.sort(sources, Comparator.comparingLong(source -> source.count));
            }
        }

        private static Aggregate aggregate(Slice word) {
            for (Aggregate aggregate : Aggregate.values()) {
                if (word.isWord(aggregate.name())) {
                    return aggregate;
                }
            }
            throw CommandError.SYNTAX;
        }
    }

    private static void reply(ExecutionUnit unit, Operation operation) {
        Request request = new Request(unit, operation);
        request.readOptions(request.readSources(1), true, false);
        Slab slab = unit.clientSlab();
        long root = combine(request, slab, request.emptyForReply(slab));
        long count = ZsetValue.count(root);
        Zsets.replyRange(unit.reply(), root, 0, count, true, request.scores);
        ZsetValue.free(slab, root);
    }

    private static void store(ExecutionUnit unit, Operation operation) {
        Request request = new Request(unit, operation);
        request.readOptions(request.readSources(2), false, false);
        Slice target = unit.arg(1);
        Slab slab = unit.slab(target);
        long root = combine(request, slab, ZsetValue.create(slab));
        Zsets.store(unit, slab, target, root, operation.event);
        if (request.aggregate == Aggregate.COUNT && !unit.effects().isEmpty()) {
            Zsets.passOnWhole(unit, target);
        }
    }

    static void zintercard(ExecutionUnit unit) {
        Request request = new Request(unit, Operation.INTER);
        request.readOptions(request.readSources(1), false, true);
        long count = 0;
        ZsetSource first = request.sources[0];
        first.open();
        while (first.next()) {
            if (isInAll(request, first, 1)) {
                count++;
                if (count == request.limit) {
                    break;
                }
            }
        }
        unit.reply().integer(count);
    }

    /** An empty sorted set with the result in it. */
    private static long combine(Request request, Slab slab, long empty) {
        return switch (request.operation) {
            case UNION -> union(request, slab, empty);
            case INTER -> inter(request, slab, empty);
            case DIFF -> diff(request, slab, empty);
        };
    }

    private static long union(Request request, Slab slab, long empty) {
        long root = empty;
        for (ZsetSource source : request.sources) {
            source.open();
            while (source.next()) {
                double score = source.firstScore();
                ListpackItem member = source.member();
                long place = ZsetValue.find(root, source.text(), source.length());
                if (place == ZsetValue.NONE) {
                    root = ZrangeCommands.add(request.unit, slab, root, member, score);
                    continue;
                }
                double old = ZsetValue.score(root, place);
                double now = request.aggregate.of(old, score);
                if (now != old) {
                    root =
                            ZsetValue.setScore(
                                    slab, root, place, source.text(), source.length(), now);
                }
            }
        }
        return root;
    }

    private static long inter(Request request, Slab slab, long empty) {
        long root = empty;
        ZsetSource[] sources = request.sources;
        ZsetSource first = sources[0];
        first.open();
        while (first.next()) {
            if (!isInAll(request, first, 1)) {
                continue;
            }
            double score = first.firstScore();
            for (int i = 1; i < sources.length; i++) {
                double other = sources[i].score(first.text(), first.length());
                score = request.aggregate.of(score, other * sources[i].weight);
            }
            root = ZrangeCommands.add(request.unit, slab, root, first.member(), score);
        }
        return root;
    }

    private static boolean isInAll(Request request, ZsetSource first, int from) {
        for (int i = from; i < request.sources.length; i++) {
            if (!request.sources[i].contains(first.text(), first.length())) {
                return false;
            }
        }
        return true;
    }

    private static long diff(Request request, Slab slab, long empty) {
        long root = empty;
        ZsetSource first = request.sources[0];
        first.open();
        while (first.next()) {
            boolean elsewhere = false;
            for (int i = 1; i < request.sources.length && !elsewhere; i++) {
                elsewhere = request.sources[i].contains(first.text(), first.length());
            }
            if (!elsewhere) {
                root = ZrangeCommands.add(request.unit, slab, root, first.member(), first.score());
            }
        }
        return root;
    }
}
