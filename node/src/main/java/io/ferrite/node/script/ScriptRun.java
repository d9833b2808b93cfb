package io.ferrite.node.script;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.engine.acl.Denial;
import io.ferrite.engine.acl.Gatekeeper;
import io.ferrite.engine.acl.User;
import io.ferrite.memory.Memory;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.node.cluster.Redirections;
import io.ferrite.node.log.LogLevel;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.scripting.ScriptHost;
import io.ferrite.spec.CommandFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The script that an event loop runs: what it is allowed, and its commands. One for each loop, used
 * again for every script. The checks stand in the order in which Redis makes them.
 */
final class ScriptRun implements ScriptHost {

    static final LogLevel[] LEVELS = {
        LogLevel.DEBUG, LogLevel.VERBOSE, LogLevel.NOTICE, LogLevel.WARNING
    };

    private static final long SHUTDOWN_NAP_NANOS = 1_000_000;

    private final Scripting scripting;
    private final Node node;

    /** Who runs the script that runs: the loop's own, or that which replays a file. */
    private Dispatcher dispatcher;

    private ExecutionUnit unit;
    private Session session;
    private int flags;
    private boolean readOnly;

    /** A command that writes has run: from here on it is too late to refuse another. */
    private boolean wrote;

    private String name;
    private boolean function;
    private Request calledBy;
    private long beganNanos;

    /** Once it has run for too long. */
    private RunningScript overtime;

    /** The slot of the keys touched so far in a cluster, or -1. */
    private int slot;

    ScriptRun(Scripting scripting, Node node) {
        this.scripting = scripting;
        this.node = node;
    }

    // --- before it runs
    // ---------------------------------------------------------------------------

    /**
     * Judges whether a script may begin.
     *
     * @param readOnly it was called by a command that only reads
     * @throws CommandError if not
     */
    void prepare(ExecutionUnit unit, int flags, boolean readOnly) {
        this.unit = unit;
        this.dispatcher = (Dispatcher) unit.attachment();
        this.session = unit.session();
        this.flags = flags;
        if ((flags & ScriptFlags.COMPATIBLE) == 0) {
            judge(readOnly);
        } else if (node.state().is(ServerState.STALE)) {
            throw CommandError.of(
                    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to"
                            + " 'no'.");
        }
        this.readOnly = readOnly || has(ScriptFlags.NO_WRITES);
        wrote = false;
        slot = dispatcher.redirections() == null ? -1 : dispatcher.redirections().slot();
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    private void judge(boolean readOnly) {
        ServerState state = node.state();
        if (has(ScriptFlags.NO_CLUSTER) && node.cluster() != null) {
            throw CommandError.of("ERR Can not run script on cluster, 'no-cluster' flag is set.");
        }
        if (state.is(ServerState.STALE) && !has(ScriptFlags.ALLOW_STALE)) {
            throw CommandError.of(
                    "MASTERDOWN Link with MASTER is down, replica-serve-stale-data is set to 'no'"
                            + " and 'allow-stale' flag is not set on the script.");
        }
        if (!has(ScriptFlags.NO_WRITES)) {
            judgeWrites(state, readOnly);
        }
        if (dispatcher.isOutOfMemory()
                && !has(ScriptFlags.ALLOW_OOM | ScriptFlags.NO_WRITES)
                && !isObeyed()) {
            throw CommandError.of(
                    "OOM allow-oom flag is not set on the script, can not run it when used memory >"
                            + " 'maxmemory'");
        }
    }

    private void judgeWrites(ServerState state, boolean readOnly) {
        if (followsReadOnly() && !isObeyed()) {
            throw CommandError.of(
                    "READONLY Can not run script with write flag on readonly replica");
        }
        if (state.is(ServerState.DISK_ERROR) && !isObeyed()) {
            throw CommandError.of(
                    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable"
                        + " to persist to disk. Writable scripts are blocked. Use 'no-writes' flag"
                        + " for read only scripts.");
        }
        if (readOnly) {
            throw CommandError.of(
                    "ERR Can not execute a script with write flag using *_ro command.");
        }
        if (lacksReplicas()) {
            throw CommandError.of("NOREPLICAS Not enough good replicas to write.");
        }
    }

    /** Whether what the session sends is never refused: it is this server's leader. */
    private boolean isObeyed() {
        return session.has(Session.LEADER);
    }

    private boolean followsReadOnly() {
        return node.state().is(ServerState.FOLLOWER) && node.state().is(ServerState.READ_ONLY);
    }

    private boolean lacksReplicas() {
        return node.state().is(ServerState.NEEDS_REPLICAS)
                && !node.state().is(ServerState.FOLLOWER)
                && !node.enoughReplicas();
    }

    // --- while it runs
    // ----------------------------------------------------------------------------

    /** Runs the script's code, between {@link #prepare} and the end of the unit. */
    void run(String name, boolean function, Code code) {
        Command outer = unit.command();
        Request outerRequest = unit.request();
        this.name = name;
        this.function = function;
        calledBy = outerRequest;
        beganNanos = node.environment().nanos();
        boolean nested = unit.isNested();
        int database = session.database();
        int unitDatabase = unit.databaseIndex();
        unit.setNested(true);
        unit.effects().group();
        session.set(Session.SCRIPT);
        long mark = unit.reply().mark();
        boolean failed = false;
        try {
            code.run(this, unit.reply());
            failed = unit.reply().isError(mark);
        } finally {
            calledBy = null;
            if (overtime != null) {
                scripting.overtimeEnds(overtime, unit.commandStripes());
                overtime = null;
            }
            session.clear(Session.SCRIPT);
            session.selectDatabase(database);
            unit.selectDatabase(unitDatabase);
            unit.setNested(nested);
            unit.effects().tell(true, true);
            unit.resume(outer, outerRequest);
        }
        if (failed) {
            unit.fail();
        }
    }

    /** Whether a script runs on this loop now. */
    boolean isRunning() {
        return calledBy != null;
    }

    /** What {@link #run} runs. */
    @FunctionalInterface
    interface Code {
        void run(ScriptRun host, ReplyWriter reply);
    }

    @Override
    public String call(Request request, NativeReplyWriter reply) {
        Command command = dispatcher.find(request);
        String refusal = judge(command, request);
        if (refusal != null) {
            node.engine().errors().count(refusal.startsWith("-") ? refusal.substring(1) : "ERR");
            if (command != null) {
                dispatcher.countRejected(command);
            }
            return refusal;
        }
        if (!dispatcher.isWithin(unit.commandStripes(), session, command, request)) {
            // KeyedScript was wrong: nobody else may be disturbed by that.
            return "Script attempted to access a key that it was not called with";
        }
        if (command.isWrite() && !wrote) {
            wrote = true;
            if (overtime != null) {
                overtime.writes();
            }
        }
        ReplyWriter outer = unit.exchangeReply(reply);
        try {
            dispatcher.runNested(session, command, request);
        } finally {
            unit.exchangeReply(outer);
        }
        return null;
    }

    private String judge(Command command, Request request) {
        if (command == null) {
            return "Unknown Redis command called from script";
        }
        if (!command.accepts(request.count())) {
            return "Wrong number of args calling Redis command from script";
        }
        if (command.is(CommandFlag.NOSCRIPT) && !scripting.allowsAll()) {
            return "This Redis command is not allowed from script";
        }
        if (node.state().is(ServerState.STALE) && !command.is(CommandFlag.STALE)) {
            return "Can not execute the command on a stale replica";
        }
        Denial denial =
                node.engine()
                        .gatekeeper()
                        .judge(
                                unit.accessCheck(),
                                session,
                                command,
                                request,
                                Gatekeeper.Context.LUA);
        if (denial != Denial.NONE) {
            return "ACL failure in script: " + denial.text(session.user(), command.spec());
        }
        if (dispatcher.redirections() != null && !isObeyed()) {
            String elsewhere = judgeSlot(command, request);
            if (elsewhere != null) {
                return elsewhere;
            }
        }
        if (readOnly && (command.isWrite() || command.is(CommandFlag.MAY_REPLICATE))) {
            return "Write commands are not allowed from read-only scripts.";
        }
        if (command.isWrite() && !wrote) {
            String refusal = judgeFirstWrite();
            if (refusal != null) {
                return refusal;
            }
        }
        if (command.is(CommandFlag.DENYOOM)
                && dispatcher.isOutOfMemory()
                && !wrote
                && !has(ScriptFlags.ALLOW_OOM)
                && !isObeyed()) {
            return "-OOM command not allowed when used memory > 'maxmemory'.";
        }
        return null;
    }

    /** A script's keys are served here, and lie in one slot unless it said that they need not. */
    private String judgeSlot(Command command, Request request) {
        Redirections redirections = dispatcher.redirections();
        String elsewhere = redirections.judgeScript(dispatcher.loop(), session, command, request);
        int named = redirections.slot();
        dispatcher.touchedByScript(named);
        if (elsewhere != null
                || named < 0
                || has(ScriptFlags.ALLOW_CROSS_SLOT | ScriptFlags.COMPATIBLE)) {
            return elsewhere;
        }
        if (slot < 0) {
            slot = named;
        }
        return slot == named
                ? null
                : "Script attempted to access keys that do not hash to the same slot";
    }

    private String judgeFirstWrite() {
        if (followsReadOnly() && !isObeyed()) {
            return "-READONLY You can't write against a read only replica.";
        }
        if (node.state().is(ServerState.DISK_ERROR) && !isObeyed()) {
            return "-" + node.diskError();
        }
        return lacksReplicas() ? "-NOREPLICAS Not enough good replicas to write." : null;
    }

    @Override
    public Permission mayCall(Request request) {
        Command command = dispatcher.find(request);
        if (command == null) {
            return Permission.NO_SUCH_COMMAND;
        }
        User user = session.user();
        boolean granted =
                !user.isRestricted()
                        || unit.accessCheck().check(user.rules(), command.spec(), request)
                                == Denial.NONE;
        return granted ? Permission.GRANTED : Permission.DENIED;
    }

    @Override
    public boolean logs(int level) {
        return node.log().isOn(LEVELS[level]);
    }

    @Override
    public void log(int level, String line) {
        node.log().line(LEVELS[level], line);
    }

    @Override
    public void setReplicated(boolean files, boolean followers) {
        unit.effects().tell(files, followers);
    }

    @Override
    public void countError(String line) {
        node.engine().errors().count(line);
    }

    @Override
    public String interrupt() {
        if (overtime == null) {
            long tookMs = (node.environment().nanos() - beganNanos) / 1_000_000;
            if (tookMs < scripting.threshold()) {
                return null;
            }
            takesTooLong(tookMs);
        }
        dispatcher.serveMeanwhile();
        while (node.state().is(ServerState.SHUTTING_DOWN)) {
            // The process is about to end, and needs the processor for that more than this does.
            LockSupport.parkNanos(this, SHUTDOWN_NAP_NANOS);
        }
        if (!overtime.isKilled() || wrote) {
            return null;
        }
        return function
                ? "Script killed by user with FUNCTION KILL."
                : "Script killed by user with SCRIPT KILL.";
    }

    private void takesTooLong(long tookMs) {
        List<byte[]> words = new ArrayList<>();
        for (int i = 0; i < calledBy.count(); i++) {
            words.add(Memory.toBytes(calledBy.address(i), calledBy.length(i)));
        }
        overtime = new RunningScript(name, function, isObeyed(), words, beganNanos);
        if (wrote) {
            overtime.writes();
        }
        scripting.overtimeBegins(overtime, unit.commandStripes());
        node.log()
                .warning(
                        "Slow script detected: still in execution after "
                                + tookMs
                                + " milliseconds. You can try killing the script using the "
                                + (function ? "FUNCTION KILL" : "SCRIPT KILL")
                                + " command. Script name is: "
                                + name
                                + ".");
    }
}
