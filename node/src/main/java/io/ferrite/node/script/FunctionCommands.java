package io.ferrite.node.script;

import io.ferrite.base.Glob;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.scripting.Interpreter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** FUNCTION with its subcommands, FCALL and FCALL_RO. */
public final class FunctionCommands {

    private static final CommandError BAD_KEYS = CommandError.of("ERR Bad number of keys provided");

    private final Node node;
    private final Supplier<Scripting> scripting;

    private FunctionCommands(Node node, Supplier<Scripting> scripting) {
        this.node = node;
        this.scripting = scripting;
    }

    /**
     * @param scripting asked when a command runs
     */
    public static void register(
            CommandTable.Builder table, Node node, Supplier<Scripting> scripting) {
        FunctionCommands commands = new FunctionCommands(node, scripting);
        table.bind("FCALL", LockPlan.SCRIPT, unit -> commands.call(unit, false))
                .bind("FCALL_RO", LockPlan.SCRIPT, unit -> commands.call(unit, true))
                .bind("FUNCTION|LOAD", LockPlan.ALL, commands::load)
                .bind("FUNCTION|DELETE", LockPlan.ALL, commands::delete)
                .bind("FUNCTION|FLUSH", LockPlan.ALL, commands::flush)
                .bind("FUNCTION|RESTORE", LockPlan.ALL, commands::restore)
                .bind("FUNCTION|DUMP", LockPlan.NONE, commands::dump)
                .bind("FUNCTION|LIST", LockPlan.NONE, commands::list)
                .bind("FUNCTION|STATS", LockPlan.NONE, commands::stats)
                .bind("FUNCTION|KILL", LockPlan.NONE, commands::kill)
                .bind("FUNCTION|HELP", LockPlan.NONE, FunctionCommands::help);
    }

    private Functions functions() {
        return scripting.get().functions();
    }

    // --- calling
    // ----------------------------------------------------------------------------------

    private void call(ExecutionUnit unit, boolean readOnly) {
        node.showToMonitors(unit.session(), unit.command(), unit.request());
        FunctionLibrary.Function function = functions().set().function(unit.arg(1).toString());
        if (function == null) {
            throw CommandError.of("ERR Function not found");
        }
        int keys = EvalCommands.keys(unit, BAD_KEYS);
        ScriptRun run = scripting.get().of(unit).run();
        run.prepare(unit, function.flags(), readOnly);
        Request request = unit.request();
        run.run(
                function.name(),
                true,
                (host, reply) -> {
                    Interpreter lua = functions().acquire();
                    try {
                        lua.runFunction(
                                function.reference(),
                                request,
                                EvalCommands.FIRST_KEY,
                                keys,
                                host,
                                reply,
                                function.name(),
                                scripting.get().memoryMax());
                    } finally {
                        functions().release();
                    }
                });
    }

    // --- changing
    // ---------------------------------------------------------------------------------

    private void load(ExecutionUnit unit) {
        boolean replace = false;
        int last = unit.argc() - 1;
        for (int i = 2; i < last; i++) {
            if (!unit.arg(i).isWord("REPLACE")) {
                throw CommandError.of("ERR Unknown option given: " + text(unit, i));
            }
            replace = true;
        }
        HeapBudget.requireText(unit.arg(last).length());
        boolean timed = !unit.session().has(Session.LEADER);
        String name = functions().load(unit.arg(last).toBytes(), replace, timed);
        unit.effects().count(1);
        unit.reply().bulk(name);
    }

    private void delete(ExecutionUnit unit) {
        if (!functions().delete(text(unit, 2))) {
            throw CommandError.of("ERR Library not found");
        }
        unit.effects().count(1);
        unit.reply().ok();
    }

    private void flush(ExecutionUnit unit) {
        if (unit.argc() > 3) {
            throw subcommandSyntax(unit);
        }
        if (unit.argc() == 3 && !ScriptCommands.isMode(unit.arg(2).toString())) {
            throw CommandError.of("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
        }
        functions().flush();
        unit.effects().count(1);
        unit.reply().ok();
    }

    private void restore(ExecutionUnit unit) {
        if (unit.argc() > 4) {
            throw subcommandSyntax(unit);
        }
        Functions.Policy policy = Functions.Policy.APPEND;
        if (unit.argc() == 4) {
            policy =
                    switch (unit.arg(3).toString().toLowerCase(Locale.ROOT)) {
                        case "append" -> Functions.Policy.APPEND;
                        case "replace" -> Functions.Policy.REPLACE;
                        case "flush" -> Functions.Policy.FLUSH;
                        default ->
                                throw CommandError.of(
                                        "ERR Wrong restore policy given, value should be either"
                                                + " FLUSH, APPEND or REPLACE.");
                    };
        }
        Slice payload = unit.arg(2);
        HeapBudget.requireText(payload.length());
        functions()
                .restore(
                        FunctionPayload.read(payload, unit.clientSlab(), !node.skipsChecksums()),
                        policy);
        unit.effects().count(1);
        unit.reply().ok();
    }

    private static CommandError subcommandSyntax(ExecutionUnit unit) {
        return CommandError.of(
                "ERR unknown subcommand or wrong number of arguments for '"
                        + text(unit, 1)
                        + "'. Try FUNCTION HELP.");
    }

    private static String text(ExecutionUnit unit, int argument) {
        HeapBudget.requireText(unit.arg(argument).length());
        return unit.arg(argument).toString();
    }

    // --- looking
    // ----------------------------------------------------------------------------------

    private void dump(ExecutionUnit unit) {
        FunctionPayload.write(functions().codes(), unit.reply());
    }

    private void list(ExecutionUnit unit) {
        boolean withCode = false;
        Glob pattern = null;
        for (int i = 2; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            if (!withCode && word.isWord("WITHCODE")) {
                withCode = true;
            } else if (pattern == null && word.isWord("LIBRARYNAME")) {
                if (i == unit.argc() - 1) {
                    throw CommandError.of("ERR library name argument was not given");
                }
                pattern = Glob.of(unit.arg(++i).toBytes(), true);
            } else {
                throw CommandError.of("ERR Unknown argument " + text(unit, i));
            }
        }
        List<FunctionLibrary> shown = new ArrayList<>();
        for (FunctionLibrary library : functions().set().libraries()) {
            if (pattern == null || matches(pattern, library.name())) {
                shown.add(library);
            }
        }
        ReplyWriter reply = unit.reply();
        reply.array(shown.size());
        for (FunctionLibrary library : shown) {
            show(reply, library, withCode);
        }
    }

    /** In any case, as Redis matches library names. */
    private static boolean matches(Glob pattern, String name) {
        return pattern.matches(name.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void show(ReplyWriter reply, FunctionLibrary library, boolean withCode) {
        reply.map(withCode ? 4 : 3);
        reply.bulk("library_name");
        reply.bulk(library.name());
        reply.bulk("engine");
        reply.bulk("LUA");
        reply.bulk("functions");
        reply.array(library.functions().size());
        for (FunctionLibrary.Function function : library.functions().values()) {
            reply.map(3);
            reply.bulk("name");
            reply.bulk(function.name());
            reply.bulk("description");
            if (function.description() == null) {
                reply.nil();
            } else {
                reply.bulk(function.description());
            }
            reply.bulk("flags");
            List<String> flags = ScriptFlags.names(function.flags());
            reply.set(flags.size());
            flags.forEach(reply::status);
        }
        if (withCode) {
            reply.bulk("library_code");
            reply.bulk(library.code());
        }
    }

    private void stats(ExecutionUnit unit) {
        RunningScript running = scripting.get().overtime();
        if (running != null && !running.isFunction()) {
            throw CommandError.of(running.busy());
        }
        ReplyWriter reply = unit.reply();
        reply.map(2);
        reply.bulk("running_script");
        scripting.get().writeRunning(reply);
        reply.bulk("engines");
        reply.map(1);
        reply.bulk("LUA");
        reply.map(2);
        reply.bulk("libraries_count");
        reply.integer(functions().set().libraries().size());
        reply.bulk("functions_count");
        reply.integer(functions().set().functionCount());
    }

    private void kill(ExecutionUnit unit) {
        scripting.get().kill(true);
        unit.reply().ok();
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "FUNCTION",
                "LOAD [REPLACE] <FUNCTION CODE>",
                "    Create a new library with the given library name and code.",
                "DELETE <LIBRARY NAME>",
                "    Delete the given library.",
                "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
                "    Return general information on all the libraries:",
                "    * Library name",
                "    * The engine used to run the Library",
                "    * Library description",
                "    * Functions list",
                "    * Library code (if WITHCODE is given)",
                "    It also possible to get only function that matches a pattern using LIBRARYNAME"
                        + " argument.",
                "STATS",
                "    Return information about the current function running:",
                "    * Function name",
                "    * Command used to run the function",
                "    * Duration in MS that the function is running",
                "    If no function is running, return nil",
                "    In addition, returns a list of available engines.",
                "KILL",
                "    Kill the current running function.",
                "FLUSH [ASYNC|SYNC]",
                "    Delete all the libraries.",
                "    When called without the optional mode argument, the behavior is determined by"
                        + " the",
                "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
                "    * ASYNC: Asynchronously flush the libraries.",
                "    * SYNC: Synchronously flush the libraries.",
                "DUMP",
                "    Return a serialized payload representing the current libraries, can be"
                        + " restored using FUNCTION RESTORE command",
                "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
                "    Restore the libraries represented by the given payload, it is possible to give"
                        + " a restore policy to",
                "    control how to handle existing libraries (default APPEND):",
                "    * FLUSH: delete all existing libraries.",
                "    * APPEND: appends the restored libraries to the existing libraries. On"
                        + " collision, abort.",
                "    * REPLACE: appends the restored libraries to the existing libraries, On"
                        + " collision, replace the old",
                "      libraries with the new libraries (notice that even on this option there is a"
                        + " chance of failure",
                "      in case of functions name collision with another library).");
    }
}
