package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;

/** The expiry options that SET, GETEX and their kin share. */
public final class Ttl {

    /** How an expiry was written. */
    public enum Unit {
        NONE,
        EX,
        PX,
        EXAT,
        PXAT,
        KEEP,
        PERSIST
    }

    /** No expiry was asked for. */
    public static final long NO_MOMENT = -1;

    private Ttl() {}

    /** Two different ways exclude each other; of the same way twice, the last one counts. */
    static Unit only(Unit current, Unit wanted) {
        if (current != Unit.NONE && current != wanted) {
            throw CommandError.SYNTAX;
        }
        return wanted;
    }

    /** The unit that an option word names, or null. */
    public static Unit unit(Slice word) {
        if (word.isWord("EX")) {
            return Unit.EX;
        }
        if (word.isWord("PX")) {
            return Unit.PX;
        }
        if (word.isWord("EXAT")) {
            return Unit.EXAT;
        }
        return word.isWord("PXAT") ? Unit.PXAT : null;
    }

    /**
     * The moment meant, in milliseconds since the epoch.
     *
     * @param command for the refusal, in lower case
     */
    public static long atMs(ExecutionUnit unit, Unit how, Slice amount, String command) {
        return atMs(unit.nowMs(), how, Numbers.integer(amount), command);
    }

    static long atMs(long nowMs, Unit how, long amount, String command) {
        if (amount <= 0) {
            throw CommandError.invalidExpire(command);
        }
        boolean seconds = how == Unit.EX || how == Unit.EXAT;
        if (seconds && amount > Long.MAX_VALUE / 1000) {
            throw CommandError.invalidExpire(command);
        }
        long ms = seconds ? amount * 1000 : amount;
        if (how == Unit.EXAT || how == Unit.PXAT) {
            return ms;
        }
        if (ms > Long.MAX_VALUE - nowMs) {
            throw CommandError.invalidExpire(command);
        }
        return nowMs + ms;
    }
}
