package io.ferrite.node.script;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.scripting.Interpreter;
import io.ferrite.spec.CommandFlag;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The scripts and functions of a node: what is known, who runs what. */
public final class Scripting {

    private static final RunningScript NO_LONGER_BUSY =
            new RunningScript("", false, false, List.of(), 0);

    private final Node node;
    private final ScriptCache cache;
    private final LoopScripts[] loops;
    private final Functions functions;
    private final CopyOnWriteArrayList<RunningScript> overtime = new CopyOnWriteArrayList<>();
    private volatile boolean allowsAll;

    public Scripting(Node node) {
        this.node = node;
        int count = node.environment().loops();
        loops = new LoopScripts[count];
        functions = new Functions(node, this);
        cache = new ScriptCache(count, this::evicted);
        for (int i = 0; i < count; i++) {
            loops[i] = new LoopScripts(this, i, new ScriptRun(this, node));
        }
        node.onLongWait(this::waitsLong);
    }

    private void evicted(Script script) {
        for (LoopScripts loop : loops) {
            loop.evicted(script);
        }
    }

    public Functions functions() {
        return functions;
    }

    ScriptCache cache() {
        return cache;
    }

    /** The scripts of the event loop that a unit belongs to. */
    LoopScripts of(ExecutionUnit unit) {
        return loops[((Dispatcher) unit.attachment()).loop()];
    }

    Interpreter newInterpreter(boolean forFunctions) {
        long seed = Long.parseUnsignedLong(node.environment().randomHex(12), 16);
        return forFunctions
                ? Interpreter.forFunctions(seed, node.environment()::nanos)
                : Interpreter.forScripts(seed, node.environment()::nanos);
    }

    /** Bytes that a script may take beyond what its interpreter holds; 0 for any number. */
    long memoryMax() {
        return node.settings().get(ServerOptions.SCRIPT_MEMORY_LIMIT);
    }

    /** DEBUG SET-DISABLE-DENY-SCRIPTS: whether scripts may call what is not for them. */
    public void allowAll(boolean all) {
        allowsAll = all;
    }

    boolean allowsAll() {
        return allowsAll;
    }

    /**
     * The flags by which a command is judged: those of what it runs, where that says what it does.
     *
     * @param loop the event loop that asks
     */
    public long flagsOf(int loop, Command command, Request request) {
        if (!command.is(CommandFlag.SCRIPT_RUNNER)) {
            return command.flags();
        }
        return ScriptFlags.applied(
                command.flags(), EvalCommands.flags(this, loops[loop], command, request));
    }

    /** Whether a command, or one that EXEC would run, needs an event loop's interpreter. */
    public static boolean needsInterpreter(Session session, Command command) {
        if (command.spec().group().equals("scripting") && !command.is(CommandFlag.ALLOW_BUSY)) {
            return true;
        }
        if (command.locks() == LockPlan.QUEUED) {
            for (Command queued : session.queuedCommands()) {
                if (queued.spec().group().equals("scripting")) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether what EVAL, EVALSHA or FCALL runs is known not to touch other keys than it names.
     *
     * @param loop the event loop that asks
     */
    public boolean staysWithItsKeys(int loop, Command command, Request request) {
        Slice what = request.arg(1);
        if (command.name().startsWith("fcall")) {
            FunctionLibrary.Function function = functions.set().function(what.toString());
            return function != null
                    && function.library().staysWithItsKeys(node.engine().commands());
        }
        Script script =
                command.name().startsWith("evalsha")
                        ? loops[loop].withDigest(what)
                        : loops[loop].known(what);
        return script != null && script.staysWithItsKeys(node.engine().commands());
    }

    /**
     * SCRIPT KILL or FUNCTION KILL.
     *
     * @throws CommandError if there is nothing that can be ended
     */
    void kill(boolean function) {
        RunningScript running = overtime();
        if (running == null) {
            throw CommandError.of("NOTBUSY No scripts in execution right now.");
        }
        switch (running.ending()) {
            case LEADERS ->
                    throw CommandError.of(
                            "UNKILLABLE The busy script was sent by a master instance in the"
                                    + " context of replication and cannot be killed.");
            case WROTE ->
                    throw CommandError.of(
                            "UNKILLABLE Sorry the script already executed write commands against"
                                + " the dataset. You can either wait the script termination or kill"
                                + " the server in a hard way using the SHUTDOWN NOSAVE command.");
            case KILL -> {
                if (running.isFunction() != function) {
                    throw CommandError.of(running.busy());
                }
                running.kill();
            }
        }
    }

    /** The part of FUNCTION STATS about the function that runs. */
    void writeRunning(ReplyWriter reply) {
        RunningScript running = overtime();
        if (running == null) {
            reply.nil();
            return;
        }
        reply.map(3);
        reply.bulk("name");
        reply.bulk(running.name());
        reply.bulk("command");
        reply.array(running.command().size());
        running.command().forEach(reply::bulk);
        reply.bulk("duration_ms");
        reply.integer((node.environment().nanos() - running.beganNanos()) / 1_000_000);
    }

    // --- scripts that take too long
    // ---------------------------------------------------------------

    /** One that takes too long, or null. Any thread. */
    RunningScript overtime() {
        return overtime.isEmpty() ? null : overtime.getFirst();
    }

    public boolean isBusy() {
        return overtime() != null;
    }

    /** What clients are told that would have to wait. Any thread. */
    public String busy() {
        RunningScript running = overtime();
        // It may have ended just now: then the next attempt succeeds.
        return running == null ? NO_LONGER_BUSY.busy() : running.busy();
    }

    /** A script has run for too long. On its own thread, which holds these stripes. */
    void overtimeBegins(RunningScript script, long stripes) {
        overtime.add(script);
        node.gate().overtime(stripes, true);
        if (stripes == node.gate().all()) {
            node.state().set(ServerState.BUSY, true);
        }
    }

    void overtimeEnds(RunningScript script, long stripes) {
        if (stripes == node.gate().all()) {
            node.state().set(ServerState.BUSY, false);
        }
        node.gate().overtime(stripes, false);
        overtime.remove(script);
    }

    /** An event loop that waits for a script looks after its clients. On any thread that waits. */
    private void waitsLong() {
        for (int i = 0; i < loops.length; i++) {
            if (node.environment().isOn(i)) {
                node.dispatcher(i).serveMeanwhile();
                return;
            }
        }
    }

    /** After so many milliseconds a script takes too long. */
    long threshold() {
        return node.settings().get(ServerOptions.BUSY_REPLY_THRESHOLD);
    }

    // --- what INFO tells
    // --------------------------------------------------------------------------

    /** Bytes that the interpreters of scripts hold. */
    public long evalBytes() {
        long bytes = 0;
        for (LoopScripts loop : loops) {
            bytes += loop.usedBytes();
        }
        return bytes;
    }

    /** Bytes that the interpreter of functions holds. */
    public long functionBytes() {
        return functions.usedBytes();
    }

    /** Bytes of the libraries that are loaded. */
    public long libraryBytes() {
        return functions.set().heapBytes();
    }

    public int functionCount() {
        return functions.set().functionCount();
    }

    public int libraryCount() {
        return functions.set().libraries().size();
    }

    /** Bytes of the scripts that are known. */
    public long cacheBytes() {
        return cache.bytes();
    }

    public int cachedScripts() {
        return cache.count();
    }

    public long evictedScripts() {
        return cache.evicted();
    }

    public void resetStatistics() {
        cache.resetStatistics();
    }
}
