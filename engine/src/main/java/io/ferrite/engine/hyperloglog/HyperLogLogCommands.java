package io.ferrite.engine.hyperloglog;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Encoding;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;

/**
 * HyperLogLogs, which are strings of the form that {@link HyperLogLog} describes.
 *
 * <p>A sparse one is held against its form before anything else is done with it, and changed in a
 * {@link Draft}: nothing that a client has put together reaches beyond its bytes, and a refusal
 * leaves the key as it was.
 */
public final class HyperLogLogCommands {

    private static final CommandError NOT_ONE =
            CommandError.of("WRONGTYPE Key is not a valid HyperLogLog string value.");
    private static final CommandError CORRUPT =
            CommandError.of("INVALIDOBJ Corrupted HLL object detected");

    private HyperLogLogCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("PFADD", HyperLogLogCommands::pfadd)
                .bind("PFCOUNT", HyperLogLogCommands::pfcount)
                .bind("PFMERGE", HyperLogLogCommands::pfmerge)
                .bind("PFDEBUG", PfdebugCommand::pfdebug)
                .bind("PFSELFTEST", SelfTest::pfselftest);
    }

    /** PFADD key element…; replies whether the key was made or a register raised. */
    static void pfadd(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key);
        requireSound(entry);
        boolean dense = false;
        if (entry != Database.NONE) {
            entry = makeRaw(unit, key, entry);
            dense = !HyperLogLog.isSparse(address(entry));
        }
        Draft draft = dense ? inPlace(entry) : draft(unit, entry);
        long raised = entry == Database.NONE ? 1 : 0;
        for (int i = 2; i < unit.argc(); i++) {
            long hash = Murmur.hash(unit.request().address(i), unit.request().length(i));
            draft.rewind();
            if (draft.raise(HyperLogLog.register(hash), HyperLogLog.value(hash))) {
                raised++;
            }
        }
        if (raised > 0) {
            HyperLogLog.dropEstimate(draft.address());
            if (!dense) {
                store(unit, key, entry, draft);
            }
            unit.effects().changed(key, Event.PFADD);
            unit.effects().count(raised - 1);
        }
        unit.reply().integer(raised > 0 ? 1 : 0);
    }

    /**
     * PFCOUNT key…; of one key the estimate is kept in the value until that changes, which
     * followers are told of as of any change.
     */
    static void pfcount(ExecutionUnit unit) {
        if (unit.argc() > 2) {
            unit.reply().integer(Estimator.count(histogram(most(unit, 1))));
            return;
        }
        Slice key = unit.arg(1);
        long entry = unit.findRead(key);
        if (entry == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        requireOne(entry);
        entry = makeRaw(unit, key, entry);
        if (!HyperLogLog.hasEstimate(address(entry))) {
            requireSound(entry);
            unit.database().aboutToChange(entry);
            long address = address(entry);
            int[] histogram = HyperLogLog.histogram(address, Entry.valueLength(entry));
            HyperLogLog.setEstimate(address, Estimator.count(histogram));
            unit.effects().touched(key);
            unit.effects().verbatim();
        }
        unit.reply().integer(HyperLogLog.estimate(address(entry)));
    }

    /** PFMERGE destination source…; the destination counts as a source. */
    static void pfmerge(ExecutionUnit unit) {
        byte[] most = most(unit, 1);
        boolean dense = false;
        for (int i = 1; i < unit.argc() && !dense; i++) {
            long source = unit.peek(unit.arg(i));
            dense = source != Database.NONE && !HyperLogLog.isSparse(address(source));
        }
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key);
        Draft draft = draft(unit, entry);
        if (dense) {
            draft.makeDense();
        }
        for (int register = 0; register < HyperLogLog.REGISTERS; register++) {
            if (most[register] != 0) {
                draft.raise(register, most[register]);
            }
        }
        HyperLogLog.dropEstimate(draft.address());
        store(unit, key, entry, draft);
        unit.effects().changed(key, Event.PFADD);
        unit.reply().ok();
    }

    /** The highest of each register among the keys from an argument on. */
    private static byte[] most(ExecutionUnit unit, int from) {
        byte[] most = new byte[HyperLogLog.REGISTERS];
        for (int i = from; i < unit.argc(); i++) {
            long entry = unit.findRead(unit.arg(i));
            if (entry != Database.NONE) {
                requireSound(entry);
                HyperLogLog.raiseAll(address(entry), Entry.valueLength(entry), most);
            }
        }
        return most;
    }

    private static int[] histogram(byte[] registers) {
        int[] histogram = new int[64];
        for (byte register : registers) {
            histogram[register]++;
        }
        return histogram;
    }

    /** A working copy of the key's value, or an empty one. */
    static Draft draft(ExecutionUnit unit, long entry) {
        long area = unit.scratch(Draft.AREA_BYTES);
        int length;
        if (entry == Database.NONE) {
            length = HyperLogLog.writeEmpty(area);
        } else {
            length = Entry.valueLength(entry);
            Memory.copy(address(entry), area, length);
        }
        return new Draft(area, length, unit.engine().limits().hllSparseBytes());
    }

    /** A dense one needs no copy: its length does not change. */
    private static Draft inPlace(long entry) {
        return new Draft(address(entry), HyperLogLog.DENSE_BYTES, 0);
    }

    static void store(ExecutionUnit unit, Slice key, long entry, Draft draft) {
        long sized = unit.database().resize(key, entry, draft.length());
        Memory.copy(draft.address(), address(sized), draft.length());
    }

    static void requireOne(long entry) {
        if (Entry.type(entry) != Type.STRING) {
            throw CommandError.WRONG_TYPE;
        }
        if (Entry.isInteger(entry)
                || !HyperLogLog.isOne(address(entry), Entry.valueLength(entry))) {
            throw NOT_ONE;
        }
    }

    /** Refuses what is there but no HyperLogLog, or a damaged one. */
    static void requireSound(long entry) {
        if (entry == Database.NONE) {
            return;
        }
        requireOne(entry);
        if (!HyperLogLog.isSound(address(entry), Entry.valueLength(entry))) {
            throw CORRUPT;
        }
    }

    /** The entry, called raw from now on as in Redis, where it could be changed in place then. */
    static long makeRaw(ExecutionUnit unit, Slice key, long entry) {
        return Entry.encoding(entry) == Encoding.RAW
                ? entry
                : unit.database().stretch(key, entry, 0);
    }

    static long address(long entry) {
        return Entry.valueAddress(entry);
    }
}
