package io.ferrite.node.script;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.LockPlan;
import java.util.Locale;
import java.util.function.Supplier;

/** SCRIPT and its subcommands. */
public final class ScriptCommands {

    private final Supplier<Scripting> scripting;

    private ScriptCommands(Supplier<Scripting> scripting) {
        this.scripting = scripting;
    }

    /**
     * @param scripting asked when a command runs
     */
    public static void register(CommandTable.Builder table, Supplier<Scripting> scripting) {
        ScriptCommands commands = new ScriptCommands(scripting);
        table.bind("SCRIPT|LOAD", LockPlan.NONE, commands::load)
                .bind("SCRIPT|EXISTS", LockPlan.NONE, commands::exists)
                .bind("SCRIPT|SHOW", LockPlan.NONE, commands::show)
                .bind("SCRIPT|FLUSH", LockPlan.NONE, commands::flush)
                .bind("SCRIPT|KILL", LockPlan.NONE, commands::kill)
                .bind("SCRIPT|DEBUG", LockPlan.NONE, ScriptCommands::debug)
                .bind("SCRIPT|HELP", LockPlan.NONE, ScriptCommands::help);
    }

    private void load(ExecutionUnit unit) {
        HeapBudget.requireText(unit.arg(2).length());
        Script script = scripting.get().of(unit).add(unit.arg(2).toBytes(), true);
        unit.reply().bulk(script.digest());
    }

    private void exists(ExecutionUnit unit) {
        unit.reply().array(unit.argc() - 2);
        for (int i = 2; i < unit.argc(); i++) {
            boolean known = unit.arg(i).length() == 40 && find(unit, i) != null;
            unit.reply().integer(known ? 1 : 0);
        }
    }

    private Script find(ExecutionUnit unit, int argument) {
        String digest = unit.arg(argument).toString().toLowerCase(Locale.ROOT);
        return scripting.get().cache().find(digest);
    }

    /** Valkey's: the body of a script. */
    private void show(ExecutionUnit unit) {
        Script script = unit.arg(2).length() == 40 ? find(unit, 2) : null;
        if (script == null) {
            throw CommandError.of("NOSCRIPT No matching script. Please use EVAL.");
        }
        unit.reply().bulk(script.body());
    }

    private void flush(ExecutionUnit unit) {
        if (unit.argc() > 3 || unit.argc() == 3 && !isMode(unit.arg(2).toString())) {
            throw CommandError.of("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
        }
        // Nothing waits either way: each loop drops what it compiled before its next script.
        scripting.get().cache().flush();
        unit.reply().ok();
    }

    static boolean isMode(String word) {
        return word.equalsIgnoreCase("sync") || word.equalsIgnoreCase("async");
    }

    private void kill(ExecutionUnit unit) {
        scripting.get().kill(false);
        unit.reply().ok();
    }

    private static void debug(ExecutionUnit unit) {
        switch (unit.arg(2).toString().toLowerCase(Locale.ROOT)) {
            case "no" -> unit.reply().ok();
            case "yes", "sync" ->
                    throw CommandError.of("ERR the Lua debugger is not available in Ferrite");
            default -> throw CommandError.of("ERR Use SCRIPT DEBUG YES/SYNC/NO");
        }
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "SCRIPT",
                "DEBUG (YES|SYNC|NO)",
                "    Set the debug mode for subsequent scripts executed.",
                "EXISTS <sha1> [<sha1> ...]",
                "    Return information about the existence of the scripts in the script cache.",
                "FLUSH [ASYNC|SYNC]",
                "    Flush the Lua scripts cache. Very dangerous on replicas.",
                "    When called without the optional mode argument, the behavior is determined"
                        + " by the",
                "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
                "    * ASYNC: Asynchronously flush the scripts cache.",
                "    * SYNC: Synchronously flush the scripts cache.",
                "KILL",
                "    Kill the currently executing Lua script.",
                "LOAD <script>",
                "    Load a script into the scripts cache without executing it.",
                "SHOW <sha1>",
                "    Show a script in the scripts cache.");
    }
}
