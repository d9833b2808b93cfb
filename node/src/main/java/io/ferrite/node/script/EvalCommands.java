package io.ferrite.node.script;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.resp.Request;
import java.util.function.Supplier;

/** EVAL, EVALSHA and their forms that only read. */
public final class EvalCommands {

    private static final CommandError NO_SCRIPT =
            CommandError.of("NOSCRIPT No matching script. Please use EVAL.");
    private static final CommandError TOO_MANY_KEYS =
            CommandError.of("ERR Number of keys can't be greater than number of args");
    private static final CommandError NEGATIVE_KEYS =
            CommandError.of("ERR Number of keys can't be negative");

    /** Where the keys of all these commands begin. */
    static final int FIRST_KEY = 3;

    private static final int DIGEST_LENGTH = 40;

    private final Node node;
    private final Supplier<Scripting> scripting;

    private EvalCommands(Node node, Supplier<Scripting> scripting) {
        this.node = node;
        this.scripting = scripting;
    }

    /**
     * @param scripting asked when a command runs
     */
    public static void register(
            CommandTable.Builder table, Node node, Supplier<Scripting> scripting) {
        EvalCommands commands = new EvalCommands(node, scripting);
        table.bind("EVAL", LockPlan.SCRIPT, unit -> commands.eval(unit, false))
                .bind("EVAL_RO", LockPlan.SCRIPT, unit -> commands.eval(unit, true))
                .bind("EVALSHA", LockPlan.SCRIPT, unit -> commands.evalSha(unit, false))
                .bind("EVALSHA_RO", LockPlan.SCRIPT, unit -> commands.evalSha(unit, true));
    }

    private void eval(ExecutionUnit unit, boolean readOnly) {
        showToMonitors(unit);
        int keys = keys(unit, CommandError.NOT_INTEGER);
        LoopScripts loop = scripting.get().of(unit);
        run(unit, loop, loop.of(unit.arg(1)), keys, readOnly);
    }

    private void evalSha(ExecutionUnit unit, boolean readOnly) {
        showToMonitors(unit);
        if (unit.arg(1).length() != DIGEST_LENGTH) {
            throw NO_SCRIPT;
        }
        int keys = keys(unit, CommandError.NOT_INTEGER);
        LoopScripts loop = scripting.get().of(unit);
        Script script = loop.withDigest(unit.arg(1));
        if (script == null) {
            throw NO_SCRIPT;
        }
        run(unit, loop, script, keys, readOnly);
    }

    /** Before the commands that it runs. */
    private void showToMonitors(ExecutionUnit unit) {
        node.showToMonitors(unit.session(), unit.command(), unit.request());
    }

    /** How many of the arguments are keys. */
    static int keys(ExecutionUnit unit, CommandError noNumber) {
        long keys = Numbers.integer(unit.arg(2), noNumber);
        if (keys > unit.argc() - FIRST_KEY) {
            throw TOO_MANY_KEYS;
        }
        if (keys < 0) {
            throw NEGATIVE_KEYS;
        }
        return (int) keys;
    }

    private void run(
            ExecutionUnit unit, LoopScripts loop, Script script, int keys, boolean readOnly) {
        ScriptRun run = loop.run();
        int reference = loop.reference(script);
        Request request = unit.request();
        run.prepare(unit, script.flags(), readOnly);
        run.run(
                script.digest(),
                false,
                (host, reply) ->
                        loop.interpreter()
                                .runScript(
                                        reference,
                                        request,
                                        FIRST_KEY,
                                        keys,
                                        host,
                                        reply,
                                        script.digest(),
                                        scripting.get().memoryMax()));
    }

    /** The flags of what a command would run, as far as that is known. */
    static int flags(Scripting scripting, LoopScripts loop, Command command, Request request) {
        Slice what = request.arg(1);
        switch (command.name()) {
            case "evalsha", "evalsha_ro" -> {
                Script script = loop.withDigest(what);
                return script == null ? ScriptFlags.COMPATIBLE : script.flags();
            }
            case "eval", "eval_ro" -> {
                Script script = loop.known(what);
                if (script != null) {
                    return script.flags();
                }
                try {
                    return Shebang.ofScript(what.toBytes()).flags();
                } catch (CommandError wrong) {
                    return ScriptFlags.COMPATIBLE;
                }
            }
            default -> {
                FunctionLibrary.Function function =
                        scripting.functions().set().function(what.toString());
                return function == null ? ScriptFlags.COMPATIBLE : function.flags();
            }
        }
    }
}
