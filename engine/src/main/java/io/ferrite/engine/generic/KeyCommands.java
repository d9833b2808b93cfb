package io.ferrite.engine.generic;

import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ModuleValue;
import java.util.Locale;

/** Commands on keys whatever they hold: existence, type, removal. */
public final class KeyCommands {

    private static final String[] TYPE_NAMES = {
        "string", "list", "set", "zset", "hash", "module", "stream"
    };

    private KeyCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("DEL", KeyCommands::del)
                .bind("UNLINK", KeyCommands::unlink)
                .bind("EXISTS", KeyCommands::exists)
                .bind("TOUCH", KeyCommands::touch)
                .bind("TYPE", KeyCommands::type);
    }

    static void del(ExecutionUnit unit) {
        remove(unit);
    }

    static void unlink(ExecutionUnit unit) {
        remove(unit);
    }

    private static void remove(ExecutionUnit unit) {
        int removed = 0;
        for (int i = 1; i < unit.argc(); i++) {
            Slice key = unit.arg(i);
            if (unit.findWrite(key) != Database.NONE && unit.delete(key)) {
                unit.effects().changed(key, Event.DEL);
                removed++;
            }
        }
        unit.reply().integer(removed);
    }

    static void exists(ExecutionUnit unit) {
        int found = 0;
        for (int i = 1; i < unit.argc(); i++) {
            if (unit.findUntouched(unit.arg(i)) != Database.NONE) {
                found++;
            }
        }
        unit.reply().integer(found);
    }

    static void touch(ExecutionUnit unit) {
        int found = 0;
        for (int i = 1; i < unit.argc(); i++) {
            if (unit.findRead(unit.arg(i)) != Database.NONE) {
                found++;
            }
        }
        unit.reply().integer(found);
    }

    static void type(ExecutionUnit unit) {
        long entry = unit.findUntouched(unit.arg(1));
        if (entry != Database.NONE && Entry.type(entry) == Type.MODULE) {
            unit.reply().status(ModuleValue.name(ModuleValue.type(Entry.root(entry))));
            return;
        }
        unit.reply().status(entry == Database.NONE ? "none" : name(Entry.type(entry)));
    }

    /** The {@link Type} with this name in any case, or one that no key has. */
    static int type(Slice name) {
        String lower = name.toString().toLowerCase(Locale.ROOT);
        for (int type = 0; type < TYPE_NAMES.length; type++) {
            if (TYPE_NAMES[type].equals(lower)) {
                return type;
            }
        }
        return TYPE_NAMES.length;
    }

    /** The name of a {@link Type}, as TYPE answers it. */
    public static String name(int type) {
        return TYPE_NAMES[type];
    }
}
