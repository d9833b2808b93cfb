package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;

/**
 * MSETEX numkeys key value [key value ...] [NX | XX] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]:
 * all keys are set, or none where one of them speaks against it.
 *
 * <p>Followers are told in SETs, which older servers understand as well.
 */
final class MsetexCommand {

    private static final int FIRST_KEY = 2;

    private static final CommandError BAD_NUMKEYS =
            CommandError.of("ERR invalid numkeys value or out of range");

    private MsetexCommand() {}

    static void msetex(ExecutionUnit unit) {
        int keys = Numbers.inRange(unit.arg(1), 1, Integer.MAX_VALUE, BAD_NUMKEYS);
        if (keys > (unit.argc() - FIRST_KEY) / 2) {
            throw CommandError.SYNTAX;
        }
        int end = FIRST_KEY + 2 * keys;
        Condition condition = Condition.NONE;
        Ttl.Unit ttl = Ttl.Unit.NONE;
        Slice amount = null;
        for (int i = end; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            Condition wanted = Condition.of(word);
            if (wanted == Condition.NX || wanted == Condition.XX) {
                if (condition != Condition.NONE && condition != wanted) {
                    throw CommandError.SYNTAX;
                }
                condition = wanted;
            } else if (word.isWord("KEEPTTL")) {
                ttl = Ttl.only(ttl, Ttl.Unit.KEEP);
            } else {
                Ttl.Unit how = Ttl.unit(word);
                if (how == null || i == unit.argc() - 1) {
                    throw CommandError.SYNTAX;
                }
                ttl = Ttl.only(ttl, how);
                amount = unit.arg(++i);
            }
        }
        long atMs = amount == null ? Ttl.NO_MOMENT : Ttl.atMs(unit, ttl, amount, "msetex");
        for (int i = FIRST_KEY; i < end; i += 2) {
            StringValues.requireLength(unit, unit.request().length(i + 1));
        }
        boolean allowed = allFit(unit, end, condition);
        if (allowed) {
            setAll(unit, end, ttl == Ttl.Unit.KEEP, atMs);
        }
        unit.reply().integer(allowed ? 1 : 0);
    }

    private static boolean allFit(ExecutionUnit unit, int end, Condition condition) {
        if (condition == Condition.NONE) {
            return true;
        }
        for (int i = FIRST_KEY; i < end; i += 2) {
            boolean exists = unit.findWrite(unit.arg(i)) != Database.NONE;
            if (exists != (condition == Condition.XX)) {
                return false;
            }
        }
        return true;
    }

    private static void setAll(ExecutionUnit unit, int end, boolean keepTtl, long atMs) {
        for (int i = FIRST_KEY; i < end; i += 2) {
            Slice key = unit.arg(i);
            Slice value = unit.arg(i + 1);
            long found = unit.findWrite(key);
            SetCommand.put(unit, key, found, value.address(), value.length(), keepTtl, atMs);
            SetCommand.passOn(unit, key, value, keepTtl, atMs);
        }
    }
}
