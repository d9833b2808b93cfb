package io.ferrite.engine.generic;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;

/**
 * Values under other names: RENAME, RENAMENX, COPY and MOVE. A value goes with its expiry, and a
 * renamed or moved one with its access clock.
 */
public final class RenameCommands {

    private RenameCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("RENAME", unit -> rename(unit, false))
                .bind("RENAMENX", unit -> rename(unit, true))
                .bind("COPY", RenameCommands::copy)
                .bind("MOVE", RenameCommands::move);
    }

    private static void rename(ExecutionUnit unit, boolean onlyIfNew) {
        Slice from = unit.arg(1);
        Slice to = unit.arg(2);
        long entry = unit.findWrite(from);
        if (entry == Database.NONE) {
            throw CommandError.NO_SUCH_KEY;
        }
        boolean taken = from.equalTo(to);
        if (!taken) {
            taken = unit.findWrite(to) != Database.NONE && onlyIfNew;
            if (!taken) {
                // Looking for the target may have removed an expired key: ask again where ours is.
                entry = unit.database().find(from);
                unit.database().move(from, entry, unit.database(), to);
                unit.effects().replaced(unit.databaseIndex(), to);
                unit.effects().touched(from);
                unit.effects().touched(to);
                unit.effects().notify(from, Event.RENAME_FROM);
                unit.effects().notify(to, Event.RENAME_TO);
            }
        }
        if (onlyIfNew) {
            unit.reply().integer(taken ? 0 : 1);
        } else {
            unit.reply().ok();
        }
    }

    /** COPY source destination [DB index] [REPLACE]. */
    static void copy(ExecutionUnit unit) {
        Slice from = unit.arg(1);
        Slice to = unit.arg(2);
        int target = unit.databaseIndex();
        boolean replace = false;
        for (int i = 3; i < unit.argc(); i++) {
            if (unit.arg(i).isWord("REPLACE")) {
                replace = true;
            } else if (unit.arg(i).isWord("DB") && i + 1 < unit.argc()) {
                i++;
                if (Numbers.integer32(unit.arg(i)) != 0) {
                    unit.requireDatabases("Copying to another database is");
                }
                target = database(unit, unit.arg(i));
            } else {
                throw CommandError.SYNTAX;
            }
        }
        if (target == unit.databaseIndex() && from.equalTo(to)) {
            throw CommandError.SAME_OBJECT;
        }
        if (unit.findRead(from) == Database.NONE
                || unit.findWrite(target, to) != Database.NONE && !replace) {
            unit.reply().integer(0);
            return;
        }
        long entry = unit.database().find(from);
        unit.database().copy(entry, unit.keyspace().database(target), to);
        unit.effects().replaced(target, to);
        unit.effects().changed(target, to, Event.COPY_TO);
        unit.reply().integer(1);
    }

    static void move(ExecutionUnit unit) {
        unit.requireDatabases("MOVE is");
        Slice key = unit.arg(1);
        int source = unit.databaseIndex();
        int target = database(unit, unit.arg(2));
        if (target == source) {
            throw CommandError.SAME_OBJECT;
        }
        if (unit.findWrite(key) == Database.NONE || unit.findWrite(target, key) != Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        long entry = unit.database().find(key);
        unit.database().move(key, entry, unit.keyspace().database(target), key);
        unit.effects().touched(source, key);
        unit.effects().touched(target, key);
        unit.effects().notify(source, key, Event.MOVE_FROM);
        unit.effects().notify(target, key, Event.MOVE_TO);
        unit.reply().integer(1);
    }

    private static int database(ExecutionUnit unit, Slice text) {
        int index = Numbers.integer32(text);
        if (index < 0 || index >= unit.keyspace().databases()) {
            throw CommandError.DB_INDEX;
        }
        return index;
    }
}
