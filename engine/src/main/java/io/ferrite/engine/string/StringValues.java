package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;

/** What the string commands share: the bytes of a value, whatever its encoding. */
public final class StringValues {

    private StringValues() {}

    /** Replies with the value of an entry, or nil for {@link Database#NONE}. */
    public static void reply(ExecutionUnit unit, long entry) {
        if (entry == Database.NONE) {
            unit.reply().nil();
        } else if (Entry.isInteger(entry)) {
            unit.reply().bulkNumber(Entry.integer(entry));
        } else {
            unit.reply().bulk(Entry.valueAddress(entry), Entry.valueLength(entry));
        }
    }

    /** The length of the value as text. */
    public static long length(long entry) {
        return Entry.isInteger(entry)
                ? Decimal.length(Entry.integer(entry))
                : Entry.valueLength(entry);
    }

    /** Whether the value's bytes are these. */
    static boolean equalTo(long entry, Slice bytes) {
        if (Entry.isInteger(entry)) {
            long parsed = Decimal.parse(bytes.address(), bytes.length());
            return Decimal.isNumber(bytes.address(), bytes.length(), parsed)
                    && parsed == Entry.integer(entry);
        }
        return Entry.valueLength(entry) == bytes.length()
                && Memory.equal(Entry.valueAddress(entry), bytes.address(), bytes.length());
    }

    /**
     * Points {@code into} at the value's bytes; an integer is written into the unit's scratch
     * first.
     */
    public static Slice bytes(ExecutionUnit unit, long entry, Slice into) {
        if (Entry.isInteger(entry)) {
            long scratch = unit.scratch();
            return into.set(scratch, Decimal.write(Entry.integer(entry), scratch));
        }
        return into.set(Entry.valueAddress(entry), Entry.valueLength(entry));
    }

    /** Refuses a value longer than proto-max-bulk-len; the leader's stream may carry any. */
    static void requireLength(ExecutionUnit unit, long length) {
        if (length > unit.engine().stringMaxBytes() && unit.mayRefuseLength()) {
            throw CommandError.TOO_LONG;
        }
    }
}
