package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;

/** Deletions that depend on the value: DELEX of Redis 8.4 and DELIFEQ of Valkey 9.0. */
final class DeleteCommands {

    private DeleteCommands() {}

    /** DELEX key [IFEQ value | IFNE value | IFDEQ digest | IFDNE digest]. */
    static void delex(ExecutionUnit unit) {
        Condition condition = Condition.NONE;
        Slice operand = null;
        if (unit.argc() != 2) {
            condition = Condition.comparing(unit.arg(2));
            if (condition == Condition.NONE || unit.argc() != 4) {
                throw CommandError.SYNTAX;
            }
            operand = unit.arg(3);
            condition.check(operand);
        }
        delete(unit, condition, operand);
    }

    static void delifeq(ExecutionUnit unit) {
        delete(unit, Condition.IFEQ, unit.arg(2));
    }

    private static void delete(ExecutionUnit unit, Condition condition, Slice operand) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key);
        if (entry == Database.NONE || !condition.fits(unit, entry, operand)) {
            unit.reply().integer(0);
            return;
        }
        unit.delete(key);
        unit.effects().changed(key, Event.DEL);
        unit.effects().command(2).word("DEL").arg(key);
        unit.reply().integer(1);
    }
}
