package io.ferrite.engine.generic;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;

/** When keys go: setting, asking for and removing an expiry. */
public final class ExpiryCommands {

    // The conditions of the EXPIRE family, as bits.
    private static final int NX = 1;
    private static final int XX = 2;
    private static final int GT = 4;
    private static final int LT = 8;

    private ExpiryCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("EXPIRE", unit -> expire(unit, true, true, "expire"))
                .bind("PEXPIRE", unit -> expire(unit, true, false, "pexpire"))
                .bind("EXPIREAT", unit -> expire(unit, false, true, "expireat"))
                .bind("PEXPIREAT", unit -> expire(unit, false, false, "pexpireat"))
                .bind("TTL", unit -> remaining(unit, true))
                .bind("PTTL", unit -> remaining(unit, false))
                .bind("EXPIRETIME", unit -> moment(unit, true))
                .bind("PEXPIRETIME", unit -> moment(unit, false))
                .bind("PERSIST", ExpiryCommands::persist);
    }

    private static int conditions(ExecutionUnit unit, int first) {
        int conditions = 0;
        for (int i = first; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            if (word.isWord("NX")) {
                conditions |= NX;
            } else if (word.isWord("XX")) {
                conditions |= XX;
            } else if (word.isWord("GT")) {
                conditions |= GT;
            } else if (word.isWord("LT")) {
                conditions |= LT;
            } else {
                throw CommandError.of("ERR Unsupported option " + word);
            }
        }
        if ((conditions & NX) != 0 && conditions != NX) {
            throw CommandError.of(
                    "ERR NX and XX, GT or LT options at the same time are not compatible");
        }
        if ((conditions & GT) != 0 && (conditions & LT) != 0) {
            throw CommandError.of("ERR GT and LT options at the same time are not compatible");
        }
        return conditions;
    }

    /** Whether an expiry may become {@code atMs}; a key without one never goes, so to speak. */
    private static boolean allow(int conditions, long current, long atMs) {
        boolean none = current == Entry.NEVER;
        if ((conditions & NX) != 0 && !none || (conditions & XX) != 0 && none) {
            return false;
        }
        if ((conditions & GT) != 0 && (none || atMs <= current)) {
            return false;
        }
        return (conditions & LT) == 0 || none || atMs < current;
    }

    private static void expire(
            ExecutionUnit unit, boolean relative, boolean seconds, String command) {
        Slice key = unit.arg(1);
        int conditions = conditions(unit, 3);
        long amount = Numbers.integer(unit.arg(2));
        long atMs = moment(unit.nowMs(), amount, relative, seconds, command);
        long entry = unit.findWrite(key);
        if (entry == Database.NONE || !allow(conditions, Entry.expireAt(entry), atMs)) {
            unit.reply().integer(0);
            return;
        }
        if (atMs <= unit.nowMs() && !unit.engine().isFollower() && unit.engine().mayExpire()) {
            unit.delete(key);
            unit.effects().changed(key, Event.DEL);
            unit.effects().command(2).word(unit.engine().lazyExpire() ? "UNLINK" : "DEL").arg(key);
        } else {
            unit.database().setExpire(key, entry, atMs);
            unit.effects().changed(key, Event.EXPIRE);
            unit.effects().command(3).word("PEXPIREAT").arg(key).number(atMs);
        }
        unit.reply().integer(1);
    }

    /** The moment meant, in milliseconds since the epoch; a negative one is in the past. */
    private static long moment(
            long nowMs, long amount, boolean relative, boolean seconds, String command) {
        long ms = amount;
        if (seconds) {
            if (amount > Long.MAX_VALUE / 1000 || amount < Long.MIN_VALUE / 1000) {
                throw CommandError.invalidExpire(command);
            }
            ms = amount * 1000;
        }
        if (relative) {
            if (ms > Long.MAX_VALUE - nowMs) {
                throw CommandError.invalidExpire(command);
            }
            ms += nowMs;
        }
        return Math.max(0, ms);
    }

    private static void remaining(ExecutionUnit unit, boolean seconds) {
        long entry = unit.findUntouched(unit.arg(1));
        if (entry == Database.NONE) {
            unit.reply().integer(-2);
            return;
        }
        long atMs = Entry.expireAt(entry);
        if (atMs == Entry.NEVER) {
            unit.reply().integer(-1);
            return;
        }
        long ms = Math.max(0, atMs - unit.nowMs());
        unit.reply().integer(seconds ? rounded(ms) : ms);
    }

    private static void moment(ExecutionUnit unit, boolean seconds) {
        long entry = unit.findUntouched(unit.arg(1));
        if (entry == Database.NONE) {
            unit.reply().integer(-2);
            return;
        }
        long atMs = Entry.expireAt(entry);
        if (atMs == Entry.NEVER) {
            unit.reply().integer(-1);
            return;
        }
        unit.reply().integer(seconds ? rounded(atMs) : atMs);
    }

    /** The nearest second; without a sign, because the sum may not fit. */
    private static long rounded(long ms) {
        return Long.divideUnsigned(ms + 500, 1000);
    }

    static void persist(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key);
        if (entry == Database.NONE || !Entry.hasExpiry(entry)) {
            unit.reply().integer(0);
            return;
        }
        unit.database().clearExpire(key, entry);
        unit.effects().changed(key, Event.PERSIST);
        unit.reply().integer(1);
    }
}
