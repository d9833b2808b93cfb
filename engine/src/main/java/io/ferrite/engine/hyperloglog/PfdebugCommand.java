package io.ferrite.engine.hyperloglog;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;

/** PFDEBUG: the inside of a HyperLogLog, for tests. */
final class PfdebugCommand {

    private static final CommandError NO_KEY =
            CommandError.of("ERR The specified key does not exist");
    private static final CommandError NOT_SPARSE =
            CommandError.of("ERR HLL encoding is not sparse");

    private PfdebugCommand() {}

    /** PFDEBUG ENCODING|DECODE|GETREG|TODENSE key. */
    static void pfdebug(ExecutionUnit unit) {
        Slice word = unit.arg(1);
        Slice key = unit.arg(2);
        long entry = unit.findWrite(key);
        if (entry == Database.NONE) {
            throw NO_KEY;
        }
        HyperLogLogCommands.requireOne(entry);
        entry = HyperLogLogCommands.makeRaw(unit, key, entry);
        boolean sparse = HyperLogLog.isSparse(HyperLogLogCommands.address(entry));
        if (word.isWord("ENCODING")) {
            unit.reply().status(sparse ? "sparse" : "dense");
        } else if (word.isWord("DECODE")) {
            if (!sparse) {
                throw NOT_SPARSE;
            }
            HyperLogLogCommands.requireSound(entry);
            unit.reply().bulk(decode(entry));
        } else if (word.isWord("GETREG")) {
            long dense = HyperLogLogCommands.address(makeDense(unit, key, entry));
            unit.reply().array(HyperLogLog.REGISTERS);
            for (int i = 0; i < HyperLogLog.REGISTERS; i++) {
                unit.reply().integer(HyperLogLog.dense(dense, i));
            }
        } else if (word.isWord("TODENSE")) {
            makeDense(unit, key, entry);
            unit.reply().integer(sparse ? 1 : 0);
        } else {
            throw CommandError.of("ERR Unknown PFDEBUG subcommand '" + word + "'");
        }
    }

    private static long makeDense(ExecutionUnit unit, Slice key, long entry) {
        if (!HyperLogLog.isSparse(HyperLogLogCommands.address(entry))) {
            return entry;
        }
        HyperLogLogCommands.requireSound(entry);
        Draft draft = HyperLogLogCommands.draft(unit, entry);
        draft.makeDense();
        HyperLogLogCommands.store(unit, key, entry, draft);
        unit.effects().touched(key);
        return unit.peek(key);
    }

    private static String decode(long entry) {
        StringBuilder text = new StringBuilder();
        long end = HyperLogLogCommands.address(entry) + Entry.valueLength(entry);
        long at = HyperLogLogCommands.address(entry) + HyperLogLog.HEADER;
        for (; at < end; at += HyperLogLog.runBytes(at)) {
            if (!text.isEmpty()) {
                text.append(' ');
            }
            int run = HyperLogLog.run(at);
            if (HyperLogLog.isValue(at)) {
                text.append("v:").append(HyperLogLog.runValue(at)).append(',').append(run);
            } else {
                text.append(HyperLogLog.runBytes(at) == 1 ? "z:" : "Z:").append(run);
            }
        }
        return text.toString();
    }
}
