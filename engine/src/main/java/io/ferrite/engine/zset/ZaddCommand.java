package io.ferrite.engine.zset;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.Request;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ZsetValue;

/** ZADD key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...], and ZINCRBY. */
final class ZaddCommand {

    private static final int NX = 1;
    private static final int XX = 2;
    private static final int GT = 4;
    private static final int LT = 8;
    private static final int CH = 16;
    private static final int INCR = 32;

    private static final CommandError XX_AND_NX =
            CommandError.of("ERR XX and NX options at the same time are not compatible");
    private static final CommandError GT_LT_NX =
            CommandError.of("ERR GT, LT, and/or NX options at the same time are not compatible");
    private static final CommandError ONE_INCREMENT =
            CommandError.of("ERR INCR option supports a single increment-element pair");
    private static final CommandError NOT_A_SCORE =
            CommandError.of("ERR resulting score is not a number (NaN)");

    private ZaddCommand() {}

    static void zadd(ExecutionUnit unit) {
        int options = 0;
        int at = 2;
        for (; at < unit.argc(); at++) {
            int option = option(unit.arg(at));
            if (option == 0) {
                break;
            }
            options |= option;
        }
        int left = unit.argc() - at;
        if (left == 0 || left % 2 != 0) {
            throw CommandError.SYNTAX;
        }
        if (has(options, NX) && has(options, XX)) {
            throw XX_AND_NX;
        }
        if (has(options, GT) && has(options, LT)
                || has(options, NX) && (options & (GT | LT)) != 0) {
            throw GT_LT_NX;
        }
        if (has(options, INCR) && left > 2) {
            throw ONE_INCREMENT;
        }
        run(unit, at, options);
    }

    static void zincrby(ExecutionUnit unit) {
        run(unit, 2, INCR);
    }

    private static int option(Slice word) {
        if (word.length() == 2) {
            return word.isWord("NX")
                    ? NX
                    : word.isWord("XX")
                            ? XX
                            : word.isWord("GT")
                                    ? GT
                                    : word.isWord("LT") ? LT : word.isWord("CH") ? CH : 0;
        }
        return word.isWord("INCR") ? INCR : 0;
    }

    private static boolean has(int options, int option) {
        return (options & option) != 0;
    }

    /** Adds the pairs of score and member from an argument on. */
    private static void run(ExecutionUnit unit, int first, int options) {
        for (int i = first; i < unit.argc(); i += 2) {
            Numbers.real(unit.arg(i));
        }
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.ZSET);
        if (has(options, INCR)) {
            increment(unit, key, entry, first, options);
            return;
        }
        if (entry == Database.NONE && has(options, XX)) {
            unit.reply().integer(0);
            return;
        }
        Slab slab = unit.slab(key);
        Request request = unit.request();
        long root = Zsets.rootOrNew(slab, entry);
        long added = 0;
        long updated = 0;
        for (int i = first; i < unit.argc(); i += 2) {
            double score = unit.arg(i).toDouble();
            long member = request.address(i + 1);
            int length = request.length(i + 1);
            long place = ZsetValue.find(root, member, length);
            if (place == ZsetValue.NONE) {
                if (!has(options, XX)) {
                    root = Zsets.add(unit, slab, root, member, length, score);
                    added++;
                }
            } else if (!has(options, NX)) {
                double old = ZsetValue.score(root, place);
                if (score != old && isWanted(options, old, score)) {
                    root = ZsetValue.setScore(slab, root, place, member, length, score);
                    updated++;
                }
            }
        }
        Zsets.put(unit, key, entry, root);
        if (added + updated > 0) {
            unit.effects().changed(key, Event.ZADD);
            unit.effects().count(added + updated - 1);
        }
        unit.reply().integer(has(options, CH) ? added + updated : added);
    }

    private static boolean isWanted(int options, double old, double score) {
        return !(has(options, LT) && score >= old) && !(has(options, GT) && score <= old);
    }

    /**
     * Adds to the score of one member, or makes it; replies with the score, or nil if kept from it.
     */
    private static void increment(ExecutionUnit unit, Slice key, long entry, int at, int options) {
        long member = unit.request().address(at + 1);
        int length = unit.request().length(at + 1);
        double score = unit.arg(at).toDouble();
        long place =
                entry == Database.NONE
                        ? ZsetValue.NONE
                        : ZsetValue.find(Entry.root(entry), member, length);
        if (place == ZsetValue.NONE ? has(options, XX) : has(options, NX)) {
            unit.reply().nil();
            return;
        }
        Slab slab = unit.slab(key);
        if (place == ZsetValue.NONE) {
            long root = Zsets.rootOrNew(slab, entry);
            Zsets.put(unit, key, entry, Zsets.add(unit, slab, root, member, length, score));
            unit.effects().changed(key, Event.ZINCR);
        } else {
            double old = ZsetValue.score(Entry.root(entry), place);
            score += old;
            if (Double.isNaN(score)) {
                throw NOT_A_SCORE;
            }
            if (!isWanted(options, old, score)) {
                unit.reply().nil();
                return;
            }
            if (score != old) {
                long root = Entry.root(entry);
                root = ZsetValue.setScore(slab, root, place, member, length, score);
                Zsets.put(unit, key, entry, root);
                unit.effects().changed(key, Event.ZINCR);
            }
        }
        unit.reply().real(score);
    }
}
