package io.ferrite.engine.bitmap;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.string.StringValues;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;

/** Strings as rows of bits, one bit or a range at a time. */
public final class BitmapCommands {

    /**
     * Where a string ends that an {@code int} can measure, with room for a field across the end.
     */
    private static final long MAX_BYTES = Integer.MAX_VALUE - 64;

    private static final CommandError BAD_OFFSET =
            CommandError.of("ERR bit offset is not an integer or out of range");
    private static final CommandError BAD_BIT =
            CommandError.of("ERR bit is not an integer or out of range");
    private static final CommandError NO_BIT =
            CommandError.of("ERR The bit argument must be 1 or 0.");

    private BitmapCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("SETBIT", BitmapCommands::setbit)
                .bind("GETBIT", BitmapCommands::getbit)
                .bind("BITCOUNT", BitmapCommands::bitcount)
                .bind("BITPOS", BitmapCommands::bitpos)
                .bind("BITFIELD", BitfieldCommand::bitfield)
                .bind("BITFIELD_RO", BitfieldCommand::bitfieldRo)
                .bind("BITOP", BitopCommand::bitop);
    }

    /** SETBIT key offset value. Replies what the bit was; that it is so already is no change. */
    static void setbit(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long bit = offset(unit, unit.arg(2), 0);
        int value = Numbers.inRange(unit.arg(3), 0, 1, BAD_BIT);
        long entry = unit.findWrite(key, Type.STRING);
        boolean longer = isBeyond(entry, bit);
        entry = unit.database().stretch(key, entry, (int) (bit >> 3) + 1);
        long bytes = Entry.valueAddress(entry);
        int before = Bits.get(bytes, bit);
        if (longer || before != value) {
            Bits.set(bytes, bit, value);
            unit.effects().changed(key, Event.SETBIT);
        }
        unit.reply().integer(before);
    }

    static void getbit(ExecutionUnit unit) {
        long bit = offset(unit, unit.arg(2), 0);
        long entry = unit.findRead(unit.arg(1), Type.STRING);
        if (entry == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        Slice value = StringValues.bytes(unit, entry, unit.slice());
        unit.reply().integer(bit >> 3 < value.length() ? Bits.get(value.address(), bit) : 0);
    }

    /** BITCOUNT key [start end [BYTE|BIT]]. */
    static void bitcount(ExecutionUnit unit) {
        int argc = unit.argc();
        if (argc == 3 || argc > 5) {
            throw CommandError.SYNTAX;
        }
        long start = argc == 2 ? 0 : Numbers.integer(unit.arg(2));
        long end = argc == 2 ? -1 : Numbers.integer(unit.arg(3));
        boolean bits = argc == 5 && isBits(unit.arg(4));
        long entry = unit.findRead(unit.arg(1), Type.STRING);
        if (entry == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        Slice value = StringValues.bytes(unit, entry, unit.slice());
        long total = total(value, bits);
        boolean backwards = start < 0 && end < 0 && start > end;
        start = fromStart(start, total);
        end = Math.min(fromStart(end, total), total - 1);
        if (backwards || start > end) {
            unit.reply().integer(0);
            return;
        }
        long first = bits ? start : start * 8;
        long last = bits ? end : end * 8 + 7;
        unit.reply().integer(Bits.count(value.address(), first, last));
    }

    /** BITPOS key bit [start [end [BYTE|BIT]]]. Without an end, zeros follow the string. */
    static void bitpos(ExecutionUnit unit) {
        int argc = unit.argc();
        long wanted = Numbers.integer(unit.arg(2));
        if (wanted != 0 && wanted != 1) {
            throw NO_BIT;
        }
        if (argc > 6) {
            throw CommandError.SYNTAX;
        }
        long start = argc > 3 ? Numbers.integer(unit.arg(3)) : 0;
        boolean bits = argc == 6 && isBits(unit.arg(5));
        long end = argc > 4 ? Numbers.integer(unit.arg(4)) : -1;
        long entry = unit.findRead(unit.arg(1), Type.STRING);
        if (entry == Database.NONE) {
            unit.reply().integer(wanted == 1 ? -1 : 0);
            return;
        }
        Slice value = StringValues.bytes(unit, entry, unit.slice());
        long total = total(value, bits);
        start = fromStart(start, total);
        end = Math.min(fromStart(end, total), total - 1);
        if (start > end) {
            unit.reply().integer(-1);
            return;
        }
        long first = bits ? start : start * 8;
        long last = bits ? end : end * 8 + 7;
        long found = Bits.find(value.address(), (int) wanted, first, last);
        if (found == Bits.NONE && wanted == 0 && argc < 5) {
            found = last + 1;
        }
        unit.reply().integer(found);
    }

    /**
     * A bit's number, within what the longest string holds; a leading {@code #} counts in units of
     * {@code width} bits, unless that is 0.
     */
    static long offset(ExecutionUnit unit, Slice text, int width) {
        long offset;
        if (width > 0 && text.length() > 0 && text.byteAt(0) == '#') {
            Slice number = new Slice(text.address() + 1, text.length() - 1);
            offset = Numbers.integer(number, BAD_OFFSET);
            if (offset > Long.MAX_VALUE / width) {
                throw BAD_OFFSET;
            }
            offset *= width;
        } else {
            offset = Numbers.integer(text, BAD_OFFSET);
        }
        long limit = unit.mayRefuseLength() ? unit.engine().stringMaxBytes() : MAX_BYTES;
        if (offset < 0 || offset >> 3 >= Math.min(limit, MAX_BYTES)) {
            throw BAD_OFFSET;
        }
        return offset;
    }

    /** Whether a string has to grow to hold a bit. */
    static boolean isBeyond(long entry, long bit) {
        return entry == Database.NONE || bit >> 3 >= StringValues.length(entry);
    }

    private static boolean isBits(Slice unitOfRange) {
        if (unitOfRange.isWord("BIT")) {
            return true;
        }
        if (!unitOfRange.isWord("BYTE")) {
            throw CommandError.SYNTAX;
        }
        return false;
    }

    private static long total(Slice value, boolean bits) {
        return bits ? value.length() * 8L : value.length();
    }

    private static long fromStart(long index, long total) {
        return index < 0 ? Math.max(0, index + total) : index;
    }
}
