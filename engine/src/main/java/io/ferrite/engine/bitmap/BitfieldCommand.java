package io.ferrite.engine.bitmap;

import io.ferrite.engine.ArgReader;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.string.StringValues;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * BITFIELD and BITFIELD_RO: numbers of 1 to 64 bits anywhere in a string, read, written and
 * counted.
 *
 * <p>All operations are read before the first one runs. The string grows to the highest bit that is
 * written even where every write then fails on overflow; Redis keeps such growth from its
 * followers, here the command is passed on for it so that they agree.
 */
final class BitfieldCommand {

    private static final CommandError BAD_TYPE =
            CommandError.of(
                    "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not"
                            + " supported but i64 is.");
    private static final CommandError BAD_OVERFLOW =
            CommandError.of("ERR Invalid OVERFLOW type specified");
    private static final CommandError READ_ONLY =
            CommandError.of("ERR BITFIELD_RO only supports the GET subcommand");

    private BitfieldCommand() {}

    private enum Verb {
        GET,
        SET,
        INCRBY
    }

    /**
     * One operation.
     *
     * @param number the value or the increment
     */
    private record Operation(
            Verb verb, Overflow overflow, boolean signed, int width, long bit, long number) {

        long read(long address, int length) {
            long value = Bits.field(address, length, bit, width);
            int unused = 64 - width;
            return signed ? value << unused >> unused : value;
        }
    }

    static void bitfield(ExecutionUnit unit) {
        run(unit, false);
    }

    static void bitfieldRo(ExecutionUnit unit) {
        run(unit, true);
    }

    private static void run(ExecutionUnit unit, boolean readOnly) {
        List<Operation> operations = parse(unit);
        long highest = -1;
        for (Operation operation : operations) {
            if (operation.verb() != Verb.GET) {
                highest = Math.max(highest, operation.bit() + operation.width() - 1);
            }
        }
        if (highest < 0) {
            readAll(unit, operations);
        } else if (readOnly) {
            throw READ_ONLY;
        } else {
            apply(unit, operations, highest);
        }
    }

    private static List<Operation> parse(ExecutionUnit unit) {
        List<Operation> operations = new ArrayList<>();
        Overflow overflow = Overflow.WRAP;
        ArgReader args = new ArgReader(unit, 2);
        while (args.hasNext()) {
            Verb verb;
            if (args.take("GET", 2)) {
                verb = Verb.GET;
            } else if (args.take("SET", 3)) {
                verb = Verb.SET;
            } else if (args.take("INCRBY", 3)) {
                verb = Verb.INCRBY;
            } else if (args.take("OVERFLOW", 1)) {
                overflow = overflow(args.next());
                continue;
            } else {
                throw CommandError.SYNTAX;
            }
            Slice type = args.next();
            int width = width(type);
            boolean signed = type.byteAt(0) == 'i';
            long bit = BitmapCommands.offset(unit, args.next(), width);
            long number = verb == Verb.GET ? 0 : args.nextLong();
            operations.add(new Operation(verb, overflow, signed, width, bit, number));
        }
        return operations;
    }

    private static Overflow overflow(Slice word) {
        for (Overflow overflow : Overflow.values()) {
            if (word.isWord(overflow.name())) {
                return overflow;
            }
        }
        throw BAD_OVERFLOW;
    }

    private static int width(Slice type) {
        if (type.length() < 2) {
            throw BAD_TYPE;
        }
        int sign = type.byteAt(0);
        if (sign != 'i' && sign != 'u') {
            throw BAD_TYPE;
        }
        Slice number = new Slice(type.address() + 1, type.length() - 1);
        return Numbers.inRange(number, 1, sign == 'i' ? 64 : 63, BAD_TYPE);
    }

    private static void readAll(ExecutionUnit unit, List<Operation> operations) {
        long entry = unit.findRead(unit.arg(1), Type.STRING);
        Slice value = unit.slice().set(0, 0);
        if (entry != Database.NONE) {
            StringValues.bytes(unit, entry, value);
        }
        unit.reply().array(operations.size());
        for (Operation operation : operations) {
            unit.reply().integer(operation.read(value.address(), value.length()));
        }
    }

    private static void apply(ExecutionUnit unit, List<Operation> operations, long highest) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.STRING);
        boolean longer = BitmapCommands.isBeyond(entry, highest);
        entry = unit.database().stretch(key, entry, (int) (highest >> 3) + 1);
        long address = Entry.valueAddress(entry);
        int length = Entry.valueLength(entry);
        long changes = 0;
        unit.reply().array(operations.size());
        for (Operation operation : operations) {
            long before = operation.read(address, length);
            if (operation.verb() == Verb.GET) {
                unit.reply().integer(before);
                continue;
            }
            boolean counts = operation.verb() == Verb.INCRBY;
            long base = counts ? before : operation.number();
            long step = counts ? operation.number() : 0;
            boolean fits = Overflow.fits(base, step, operation.width(), operation.signed());
            if (!fits && operation.overflow() == Overflow.FAIL) {
                unit.reply().nil();
                continue;
            }
            long after =
                    fits
                            ? base + step
                            : operation
                                    .overflow()
                                    .limit(base, step, operation.width(), operation.signed());
            unit.reply().integer(counts ? after : before);
            if (longer || after != before) {
                Bits.setField(address, operation.bit(), operation.width(), after);
                changes++;
            }
        }
        if (changes > 0) {
            unit.effects().changed(key, Event.SETBIT);
            unit.effects().count(changes - 1);
        } else if (longer) {
            unit.effects().touched(key);
        }
    }
}
