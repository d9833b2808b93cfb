package io.ferrite.node;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.Command;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.engine.Watches;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandSpec;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;
import io.ferrite.store.Keyspace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The way of a command on one event loop: find it, admit it, take its stripes, run it, publish what it
 * did, release. One per event loop, used on that loop's thread only.
 */
public final class Dispatcher {

    /** What became of a request. */
    public enum Outcome {
        /** Answered, or queued, or waiting for an answer that comes later. */
        DONE,
        /** Not looked at: to be presented again when the pause ends. */
        POSTPONED
    }

    private final Node node;
    private final int loop;
    private final ExecutionGate gate;
    private final Keyspace keyspace;
    private final CommandNames names;
    private final ExecutionUnit unit;
    private final CommandStats stats;
    private final KeyRefs keys = new KeyRefs();
    private final KeyFinder finder = new KeyFinder();
    private final Slice keySlice = new Slice();
    private final NativeReplyWriter scratch = new NativeReplyWriter(1 << 12);

    private long nowMs;
    private long lastNanos;

    Dispatcher(Node node, int loop, Slab clientSlab) {
        this.node = node;
        this.loop = loop;
        this.gate = node.gate();
        this.keyspace = node.engine().keyspace();
        this.names = node.names();
        this.unit = new ExecutionUnit(node.engine(), clientSlab);
        this.stats = new CommandStats(node.engine().commands().all().size());
    }

    public ExecutionUnit unit() {
        return unit;
    }

    CommandStats stats() {
        return stats;
    }

    public int loop() {
        return loop;
    }

    /** A read batch begins: the clock is read once for all its commands. */
    public void tick() {
        nowMs = node.environment().nowMs();
        lastNanos = node.environment().nanos();
    }

    /**
     * Executes one request of a session and writes its reply.
     */
    public Outcome execute(Session session, Request request, ReplyWriter reply) {
        CommandSpec spec = names.find(request.address(0), request.length(0));
        if (spec != null && spec.isContainer() && request.count() > 1) {
            spec = subcommand(spec, request);
            if (spec.isContainer()) {
                // Also where the container is a command by itself, as COMMAND is.
                refuse(session, reply, null, node.admission().unknown(spec, null, request));
                return Outcome.DONE;
            }
        }
        Command command = spec == null ? null : node.engine().commands().of(spec);
        if (command == null || !command.accepts(request.count())) {
            if (spec == null && WebRequest.begins(request)) {
                node.webRequests().cutOff(session);
                return Outcome.DONE;
            }
            refuse(session, reply, command, node.admission().unknown(spec, command, request));
            return Outcome.DONE;
        }
        if ((session.flags() | node.state().flags()) != 0) {
            String verdict = node.admission().judge(this, session, command, request);
            if (verdict != Admission.ADMITTED) {
                if (verdict == Admission.POSTPONED) {
                    return Outcome.POSTPONED;
                }
                if (verdict == Admission.QUEUED) {
                    session.queue(request.detach(), command);
                    reply.status("QUEUED");
                    return Outcome.DONE;
                }
                refuse(session, reply, command, verdict);
                return Outcome.DONE;
            }
        }
        run(session, command, request, reply);
        return Outcome.DONE;
    }

    private CommandSpec subcommand(CommandSpec container, Request request) {
        keySlice.set(request.address(1), request.length(1));
        CommandSpec found = container.subcommand(keySlice);
        return found == null ? container : found;
    }

    private void refuse(Session session, ReplyWriter reply, Command command, String line) {
        if (session.has(Session.MULTI)) {
            session.set(Session.DIRTY_EXEC);
        }
        if (command != null) {
            stats.rejected[command.index()]++;
        }
        node.engine().errors().count(line);
        reply.error(line);
    }

    private void run(Session session, Command command, Request request, ReplyWriter reply) {
        session.active(command, nowMs);
        unit.begin(session, reply, nowMs);
        boolean succeeded;
        if (command.hasSingleKey()) {
            Slice key = request.arg(1); // its hash is computed here and found again by the handler
            int stripe = keyspace.stripeOf(key);
            gate.enterOne(stripe);
            try {
                succeeded = unit.run(command, request);
                unit.commit();
            } finally {
                gate.leaveOne(stripe);
            }
        } else {
            long mask = stripes(session, command, request);
            gate.enter(mask);
            try {
                succeeded = unit.run(command, request);
                unit.commit();
            } finally {
                gate.leave(mask);
            }
        }
        account(session, command, request, succeeded);
        if (node.state().is(ServerState.MONITORED)) {
            node.monitors().feed(session, command, request);
        }
        if (unit.isBlocked()) {
            waits(session);
        }
        if (!unit.readyWaiters().isEmpty()) {
            serveReady();
        }
    }

    private void account(Session session, Command command, Request request, boolean succeeded) {
        long now = node.environment().nanos();
        long took = now - lastNanos;
        lastNanos = now;
        int index = command.index();
        stats.called(index, took);
        unit.stats().commands++;
        if (!succeeded) {
            stats.failed[index]++;
        }
        if (took >= node.slowNanos()) {
            node.slow(session, command, request, took);
        }
    }

    // --- stripes ---------------------------------------------------------------------------------

    /** The stripes that a command needs, as a mask. */
    long stripes(Session session, Command command, Request request) {
        return switch (command.locks()) {
            case NONE -> 0;
            case ALL -> gate.all();
            case WATCHED -> watchedStripes(session);
            case QUEUED -> queuedStripes(session);
            case KEYS -> keyStripes(command, request);
        };
    }

    private long keyStripes(Command command, Request request) {
        int found = finder.find(command.spec(), request, keys);
        if (found < 0) {
            // The handler will most likely refuse; if it doesn't (PFMERGE of no source), it is safe.
            return gate.all();
        }
        long mask = 0;
        for (int i = 0; i < found; i++) {
            int position = keys.position(i);
            keySlice.set(request.address(position), request.length(position));
            mask |= 1L << keyspace.stripeOf(keySlice);
        }
        return mask;
    }

    private static long watchedStripes(Session session) {
        long mask = 0;
        for (Watches.Watched watched : session.watched()) {
            mask |= 1L << watched.stripe();
        }
        return mask;
    }

    private long queuedStripes(Session session) {
        long mask = watchedStripes(session);
        List<Command> commands = session.queuedCommands();
        for (int i = 0; i < commands.size(); i++) {
            mask |= stripes(session, commands.get(i), session.queued().get(i));
        }
        return mask;
    }

    // --- blocked clients -------------------------------------------------------------------------

    /** The command just run left its client waiting for keys. */
    private void waits(Session session) {
        Blocking.Waiter waiter = session.waiter();
        if (waiter != null && waiter.deadlineMs() != 0) {
            long delay = Math.max(1, waiter.deadlineMs() - nowMs);
            node.environment().after(loop, delay, () -> timeOut(waiter));
        }
    }

    private void timeOut(Blocking.Waiter waiter) {
        endWait(waiter, waiter.onTimeout());
    }

    /**
     * Ends a wait without success; nothing happens when it has ended already.
     *
     * @param reply writes what the client is told; null when it is gone
     */
    public void endWait(Blocking.Waiter waiter, java.util.function.Consumer<ReplyWriter> reply) {
        long mask = Blocking.stripeMask(waiter);
        gate.enter(mask);
        boolean ended = !waiter.isDone();
        if (ended) {
            node.engine().blocking().remove(waiter);
        }
        gate.leave(mask);
        if (ended) {
            waiter.request().close();
            if (reply != null) {
                waiter.session().outbox().answer(reply);
            }
        }
    }

    /** Runs the commands of clients whose keys became ready, first come first served. */
    private void serveReady() {
        while (!unit.readyWaiters().isEmpty()) {
            List<Blocking.Waiter> waiters = new ArrayList<>(unit.readyWaiters());
            unit.readyWaiters().clear();
            for (Blocking.Waiter waiter : waiters) {
                retry(waiter);
            }
        }
    }

    private void retry(Blocking.Waiter waiter) {
        scratch.reset();
        scratch.setProtocol(waiter.session().protocol());
        long mask =
                waiter.command().locks() == LockPlan.KEYS
                        ? Blocking.stripeMask(waiter) | keyStripes(waiter.command(), waiter.request())
                        : gate.all();
        gate.enter(mask);
        byte[] answer = null;
        try {
            if (waiter.isDone()) {
                return;
            }
            unit.beginRetry(waiter, scratch, nowMs);
            unit.run(waiter.command(), waiter.request());
            unit.commit();
            if (!unit.isBlocked()) {
                node.engine().blocking().remove(waiter);
                answer = scratch.toBytes();
            }
        } finally {
            gate.leave(mask);
        }
        if (answer != null) {
            waiter.request().close();
            byte[] bytes = answer;
            waiter.session().outbox().answer(out -> out.raw(bytes));
        }
    }

    // --- units that no client asked for -----------------------------------------------------------

    /** Work on data that is not a command: expiry, eviction, a step of a walk. */
    public interface Work {
        void run(ExecutionUnit unit);
    }

    /** Runs {@code work} as a unit of its own under the stripes of {@code mask}. */
    public void runUnit(Session session, long mask, Work work) {
        scratch.reset();
        gate.enter(mask);
        try {
            unit.begin(session, scratch, node.environment().nowMs());
            work.run(unit);
            unit.commit();
        } finally {
            gate.leave(mask);
        }
        if (!unit.readyWaiters().isEmpty()) {
            serveReady();
        }
    }

    /** A client is gone: nothing may refer to it any more. */
    public void forget(Session session) {
        Blocking.Waiter waiter = session.waiter();
        if (waiter != null && session.has(Session.BLOCKED)) {
            endWait(waiter, null);
        } else if (session.has(Session.BLOCKED)) {
            node.replication().forget(session);
        }
        unwatch(session);
        session.discardQueue();
        node.engine().pubSub().forget(session);
    }

    private void unwatch(Session session) {
        long mask = watchedStripes(session);
        gate.enter(mask);
        for (Watches.Watched watched : session.watched()) {
            node.engine().watches().unwatch(session, watched);
        }
        session.watched().clear();
        gate.leave(mask);
    }

    static String text(Request request, int i) {
        byte[] bytes = new byte[Math.min(request.length(i), 128)];
        io.ferrite.memory.Memory.copyOut(request.address(i), bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
