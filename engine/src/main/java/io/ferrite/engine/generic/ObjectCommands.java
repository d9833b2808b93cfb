package io.ferrite.engine.generic;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.store.AccessClock;
import io.ferrite.store.Database;
import io.ferrite.store.Encoding;
import io.ferrite.store.Entry;

/** OBJECT: how a value is kept and how its key was used. To ask is not to use. */
public final class ObjectCommands {

    /**
     * Integers below this are one shared object in Redis, which shows in its count of references.
     */
    private static final int SHARED_INTEGERS = 10_000;

    private static final String POLICY_CHANGES =
            " Please note that when switching between policies at runtime LRU and LFU data will"
                    + " take some time to adjust.";

    private static final CommandError IS_LFU =
            CommandError.of(
                    "ERR An LFU maxmemory policy is selected, idle time not tracked."
                            + POLICY_CHANGES);

    private static final CommandError IS_NOT_LFU =
            CommandError.of(
                    "ERR An LFU maxmemory policy is not selected, access frequency not tracked."
                            + POLICY_CHANGES);

    private ObjectCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("OBJECT|ENCODING", ObjectCommands::encoding)
                .bind("OBJECT|FREQ", ObjectCommands::freq)
                .bind("OBJECT|IDLETIME", ObjectCommands::idletime)
                .bind("OBJECT|REFCOUNT", ObjectCommands::refcount)
                .bind("OBJECT|HELP", LockPlan.NONE, ObjectCommands::help);
    }

    /** The entry asked about; replies nil when there is none. */
    private static long find(ExecutionUnit unit) {
        long entry = unit.peek(unit.arg(2));
        if (entry == Database.NONE) {
            unit.reply().nil();
        }
        return entry;
    }

    static void encoding(ExecutionUnit unit) {
        long entry = find(unit);
        if (entry != Database.NONE) {
            unit.reply().bulk(Encoding.name(Entry.encoding(entry)));
        }
    }

    static void freq(ExecutionUnit unit) {
        long entry = find(unit);
        if (entry != Database.NONE) {
            AccessClock clock = unit.keyspace().access();
            if (!clock.isLfu()) {
                throw IS_NOT_LFU;
            }
            unit.reply().integer(clock.frequency(entry));
        }
    }

    static void idletime(ExecutionUnit unit) {
        long entry = find(unit);
        if (entry != Database.NONE) {
            AccessClock clock = unit.keyspace().access();
            if (clock.isLfu()) {
                throw IS_LFU;
            }
            unit.reply().integer(clock.idleSeconds(entry));
        }
    }

    static void refcount(ExecutionUnit unit) {
        long entry = find(unit);
        if (entry != Database.NONE) {
            boolean shared =
                    unit.engine().sharesIntegers()
                            && Entry.isInteger(entry)
                            && Entry.integer(entry) >= 0
                            && Entry.integer(entry) < SHARED_INTEGERS;
            unit.reply().integer(shared ? Integer.MAX_VALUE : 1);
        }
    }

    static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "OBJECT",
                "ENCODING <key>",
                "    Return the kind of internal representation used in order to store the value",
                "    associated with a <key>.",
                "FREQ <key>",
                "    Return the access frequency index of the <key>. The returned integer is",
                "    proportional to the logarithm of the recent access frequency of the key.",
                "IDLETIME <key>",
                "    Return the idle time of the <key>, that is the approximated number of",
                "    seconds elapsed since the last access to the key.",
                "REFCOUNT <key>",
                "    Return the number of references of the value associated with the specified",
                "    <key>.");
    }
}
