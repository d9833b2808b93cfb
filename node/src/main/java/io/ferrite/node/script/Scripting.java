package io.ferrite.node.script;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.scripting.Interpreter;
import io.ferrite.spec.CommandFlag;

/** The scripts and functions of a node: what is known, who runs what. */
public final class Scripting {

    /** Bytes that a script may take beyond what its interpreter holds. */
    private static final long MEMORY_MAX = 1L << 30;

    private final Node node;
    private final ScriptCache cache;
    private final LoopScripts[] loops;
    private final Functions functions;
    private volatile boolean allowsAll;

    public Scripting(Node node) {
        this.node = node;
        int count = node.environment().loops();
        loops = new LoopScripts[count];
        functions = new Functions(node, this);
        cache = new ScriptCache(count, this::evicted);
        for (int i = 0; i < count; i++) {
            Dispatcher dispatcher = node.dispatcher(i);
            loops[i] = new LoopScripts(this, i, new ScriptRun(this, node, dispatcher));
        }
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

    long memoryMax() {
        return MEMORY_MAX;
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

    /**
     * SCRIPT KILL or FUNCTION KILL.
     *
     * @throws CommandError if there is nothing that can be ended
     */
    void kill(boolean function) {
        throw CommandError.of("NOTBUSY No scripts in execution right now.");
    }

    /** The part of FUNCTION STATS about the function that runs. */
    void writeRunning(ReplyWriter reply) {
        reply.nil();
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
