package io.ferrite.node;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.Command;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.node.cluster.Redirections;
import io.ferrite.node.script.Scripting;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandSpec;
import io.ferrite.store.Keyspace;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The way of a command on one event loop: find it, admit it, take its stripes, run it, publish what
 * it did, release. One per event loop, used on that loop's thread only.
 */
public final class Dispatcher {

    /** What became of a request. */
    public enum Outcome {
        /** Answered, or queued, or waiting for an answer that comes later. */
        DONE,
        /** Not looked at: to be presented again when the pause ends. */
        POSTPONED
    }

    /** Between two looks at clients while something takes long. */
    private static final long SERVING_NANOS = 5_000_000;

    /** Requests that a connection decodes before it has them executed. */
    public static final int BATCH = BatchRun.MAX;

    private final Node node;
    private final int loop;
    private final ExecutionGate gate;
    private final Keyspace keyspace;
    private final CommandNames names;
    private final ExecutionUnit unit;
    private final Blocking blocking;
    private final Waits waits;
    private final CommandStripes stripes;
    private final CommandMeter meter;
    private final SlotMeter slotMeter;
    private final Slab clientSlab;
    private final Slice nameSlice = new Slice();
    private final NativeReplyWriter scratch = new NativeReplyWriter(1 << 12);

    /** Judges commands by their slots; null where the server is no node of a cluster. */
    private final Redirections redirections;

    private final BatchRun batchRun;
    private final CachingClients cachingClients;
    private final Request[] spares = new Request[BATCH];

    /** This one runs what a file holds, which nothing is asked about. */
    private boolean replaying;

    /** Serves clients while this one is in the middle of something that takes long; or null. */
    private Dispatcher aside;

    /** This one is such a stand-in. */
    private boolean standsIn;

    private boolean servingMeanwhile;
    private long nextServingNanos;

    private final LogNews logNews;
    private long nowMs;
    private boolean outOfMemory;

    /** The command that was to run waits until its slot has changed hands. */
    private boolean heldBack;

    private boolean admitting;

    Dispatcher(Node node, int loop, Slab clientSlab) {
        this(node, loop, clientSlab, null);
    }

    private Dispatcher(Node node, int loop, Slab clientSlab, Dispatcher standsInFor) {
        this.node = node;
        this.clientSlab = clientSlab;
        this.loop = loop;
        this.gate = node.gate();
        this.keyspace = node.engine().keyspace();
        this.names = node.names();
        this.unit =
                new ExecutionUnit(
                        node.engine(),
                        clientSlab,
                        new SplittableRandom(
                                Long.parseUnsignedLong(node.environment().randomHex(16), 16)));
        unit.attach(this);
        this.logNews = new LogNews(node, loop);
        this.cachingClients = new CachingClients(node, this, unit, loop);
        this.blocking = node.engine().blocking();
        this.redirections = node.cluster() == null ? null : new Redirections(node, node.cluster());
        boolean own = standsInFor == null;
        int commands = node.engine().commands().indexes();
        CommandStats stats = own ? new CommandStats(commands) : standsInFor.meter.stats();
        this.slotMeter = new SlotMeter(node, unit.effects(), own ? null : standsInFor.slotMeter);
        this.meter = new CommandMeter(node, loop, unit.stats(), stats, slotMeter);
        this.waits = new Waits(node, loop, unit, scratch, meter);
        this.stripes =
                new CommandStripes(
                        gate,
                        keyspace,
                        (command, request) ->
                                node.scripting().staysWithItsKeys(loop, command, request));
        this.batchRun = new BatchRun(node, this);
        for (int i = 0; i < spares.length; i++) {
            spares[i] = new Request();
        }
    }

    /**
     * A dispatcher of its own for a thread that runs again what a file holds: quietly, nothing of
     * it is logged once more.
     */
    static Dispatcher forReplay(Node node, Slab slab) {
        Dispatcher made = new Dispatcher(node, 0, slab);
        made.replaying = true;
        made.unit.effects().keepAllLocal();
        made.unit.setBroadcasts(null);
        return made;
    }

    /** Whether the commands of this session need no judgement. */
    boolean isTrusted(Session session) {
        return replaying && session.flags() == Session.LEADER;
    }

    /** Whether there is such a command, with any number of arguments. */
    public boolean knows(Request request) {
        return find(request) != null;
    }

    public ExecutionUnit unit() {
        return unit;
    }

    public CachingClients cachingClients() {
        return cachingClients;
    }

    /** The clients of this loop that wait for keys. */
    public Waits waits() {
        return waits;
    }

    CommandMeter meter() {
        return meter;
    }

    /** A script touches keys of a slot, or of none for a negative one. */
    public void touchedByScript(int slot) {
        slotMeter.touchedByScript(slot);
    }

    /** What the commands of slots cost on this loop. */
    SlotMeter slotMeter() {
        return slotMeter;
    }

    public int loop() {
        return loop;
    }

    /** Judges commands by their slots; null where the server is no node of a cluster. */
    public Redirections redirections() {
        return redirections;
    }

    // --- while something takes long
    // ----------------------------------------------------------------

    /** The dispatcher that executes what clients of this loop send now: this one, or a stand-in. */
    public Dispatcher inUse() {
        return servingMeanwhile ? aside : this;
    }

    /** Whether this one is in the middle of something, and a stand-in serves the clients. */
    public boolean isServingMeanwhile() {
        return servingMeanwhile;
    }

    /**
     * Called now and then by what takes long on this loop, a script or a wait for one: lets clients
     * be served by a stand-in, not too often.
     */
    public void serveMeanwhile() {
        long now = node.environment().nanos();
        if (servingMeanwhile || replaying || now < nextServingNanos) {
            return; // a file is replayed on a thread that serves nobody
        }
        if (aside == null) {
            aside = new Dispatcher(node, loop, clientSlab, this);
            aside.standsIn = true;
        }
        servingMeanwhile = true;
        try {
            node.environment().serveMeanwhile(loop);
        } finally {
            servingMeanwhile = false;
        }
        long after = node.environment().nanos();
        // With many clients a look at all of them takes a while: at most a fifth of the time.
        nextServingNanos = after + Math.max(SERVING_NANOS, 4 * (after - now));
    }

    /** A read batch begins: the clock is read once for all its commands. */
    public void tick() {
        nowMs = node.environment().nowMs();
        meter.tick();
    }

    /** A read of a client's requests is over: all that arrived have run. */
    public void tock() {
        meter.tock();
        logNews.announceSoon();
    }

    /** What this loop logged, and who is told of it. */
    public LogNews logNews() {
        return logNews;
    }

    /** Whether the request that is being executed has not begun to run. */
    public boolean isAdmitting() {
        return admitting;
    }

    /** The instant of the batch that is being executed. */
    long nowMs() {
        return nowMs;
    }

    /**
     * Executes requests that follow each other in a pipeline as one run if they are made for it.
     *
     * @return how many of {@code requests[from, to)}; 0 when the first must be executed by itself
     */
    public int executeRun(
            Session session, Request[] requests, int from, int to, ReplyWriter reply) {
        return batchRun.execute(session, requests, from, to, reply);
    }

    /** A request to decode into beside the connection's own; by position in a batch. */
    public Request spare(int position) {
        return spares[position];
    }

    /** Leaves {@code request} as a spare in exchange for the one at this position. */
    public void exchangeSpare(int position, Request request) {
        spares[position] = request;
    }

    /** Executes one request of a session and writes its reply. */
    public Outcome execute(Session session, Request request, ReplyWriter reply) {
        if (!session.has(Session.ASKING | Session.TRACKING)) {
            return executeOne(session, request, reply);
        }
        if (session.has(Session.TRACKING) && cachingClients.isFull()) {
            admitting = true;
            cachingClients.giveUpKeys();
            admitting = false;
        }
        Outcome outcome = executeOne(session, request, reply);
        Command command = session.lastCommand();
        boolean again = command != null && command.name().equals("asking");
        if (outcome == Outcome.DONE && !again && !session.has(Session.MULTI)) {
            session.clear(Session.ASKING); // it was for one command, or for one transaction
        }
        if (session.has(Session.TRACKING)) {
            cachingClients.endRequest(session);
        }
        return outcome;
    }

    private Outcome executeOne(Session session, Request request, ReplyWriter reply) {
        CommandSpec spec = named(request);
        if (spec != null && spec.isContainer() && request.count() > 1) {
            // Also where the container is a command by itself, as COMMAND is.
            refuse(session, reply, null, node.admission().unknown(spec, null, request));
            return Outcome.DONE;
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
        session.active(command, nowMs);
        if (!session.isPlain() || node.state().flags() != 0 || session.user().isRestricted()) {
            admitting = true; // what is evicted now is told before the command's reply
            String verdict = node.admission().judge(this, session, command, request);
            admitting = false;
            if (verdict != Admission.ADMITTED) {
                if (verdict == Admission.POSTPONED) {
                    return Outcome.POSTPONED;
                }
                if (verdict == Admission.QUEUED && HeapBudget.fits(HeapBudget.REQUEST_BYTES)) {
                    session.queue(request.detach(), command);
                    reply.status("QUEUED");
                    return Outcome.DONE;
                }
                boolean full = verdict == Admission.QUEUED;
                refuse(session, reply, command, full ? HeapBudget.refusal() : verdict);
                return Outcome.DONE;
            }
        } else if (redirections != null) {
            String elsewhere = redirections.judge(loop, session, command, request);
            if (elsewhere == Redirections.HELD) {
                return Outcome.POSTPONED;
            }
            if (elsewhere != null) {
                refuse(session, reply, command, elsewhere);
                return Outcome.DONE;
            }
        }
        if (redirections != null) {
            slotMeter.begins(redirections, session, command, request);
        }
        if (standsIn && Scripting.needsInterpreter(session, command)
                || !run(session, command, request, reply)) {
            refuse(session, reply, command, node.scripting().busy());
        }
        if (heldBack) {
            heldBack = false;
            return Outcome.POSTPONED;
        }
        return Outcome.DONE;
    }

    /** The command that a request names, or null; its number of arguments may be wrong. */
    public Command find(Request request) {
        CommandSpec spec = named(request);
        if (spec == null || spec.isContainer() && request.count() > 1) {
            return null;
        }
        return node.engine().commands().of(spec);
    }

    /**
     * Runs a command of a script inside the unit that the script runs in; its stripes are held.
     *
     * @return false when the command refused
     */
    public boolean runNested(Session session, Command command, Request request) {
        meter.showNested(session, command, request);
        long before = unit.reply().written();
        long from = node.environment().nanos();
        boolean succeeded = unit.run(command, request);
        long took = node.environment().nanos() - from;
        long written = unit.reply().written() - before;
        meter.endedWithin(session, command, request, succeeded, took, written);
        return succeeded;
    }

    /** A command of a script was refused before it ran. */
    public void countRejected(Command command) {
        meter.rejected(command);
    }

    /** Whether there was too little memory when the command that runs now was admitted. */
    public boolean isOutOfMemory() {
        return outOfMemory;
    }

    void setOutOfMemory(boolean outOfMemory) {
        this.outOfMemory = outOfMemory;
    }

    /** A command or subcommand by its name; of an unknown subcommand the container. */
    private CommandSpec named(Request request) {
        CommandSpec spec = names.find(request.address(0), request.length(0));
        if (spec == null || !spec.isContainer() || request.count() == 1) {
            return spec;
        }
        nameSlice.set(request.address(1), request.length(1));
        CommandSpec found = spec.subcommand(nameSlice);
        return found == null ? spec : found;
    }

    private void refuse(Session session, ReplyWriter reply, Command command, String refusal) {
        String line = refusal;
        if (command != null && command.locks() == LockPlan.QUEUED) {
            // EXEC itself is refused: the transaction is over.
            session.discardQueue();
            unwatch(session);
            session.setWatchDirty(false);
            String reason = refusal.startsWith("ERR ") ? refusal.substring(4) : refusal;
            if (redirections == null || !Redirections.isOne(refusal)) {
                line = "EXECABORT Transaction discarded because of: " + reason;
            }
        } else if (session.has(Session.MULTI)) {
            session.set(Session.DIRTY_EXEC);
        }
        if (command != null) {
            meter.rejected(command);
        }
        node.engine().errors().count(line);
        reply.error(line);
    }

    /** Takes stripes; a client that would wait for a script that takes too long gets false. */
    private boolean enter(Session session, long mask) {
        if (session.has(Session.LEADER)) {
            gate.enter(mask);
            return true;
        }
        return gate.enterUnlessOvertime(mask);
    }

    /** False when a script that takes too long is in the way. */
    private boolean run(Session session, Command command, Request request, ReplyWriter reply) {
        if (command.hasSingleKey()) {
            Slice key = request.arg(1); // its hash is computed here and found again by the handler
            int stripe = keyspace.stripeOf(key);
            if (!enter(session, 1L << stripe)) {
                return false;
            }
            boolean alone = !command.isWrite() || !blocking.anyIn(stripe);
            long held = alone ? 1L << stripe : waits.widen(1L << stripe);
            if (redirections != null && isElsewhere(held, session, command, request, reply)) {
                return true;
            }
            unit.begin(session, reply, nowMs);
            if (!alone) {
                runHolding(1L << stripe, held, session, command, request, reply);
            } else {
                boolean succeeded;
                try {
                    unit.setCommandStripes(1L << stripe);
                    succeeded = unit.run(command, request);
                    unit.commit();
                } finally {
                    gate.leaveOne(stripe);
                }
                meter.ended(
                        session, command, request, succeeded, unit.isBlocked(), reply.written());
            }
        } else {
            long mask = stripes(session, command, request);
            if (!enter(session, mask)) {
                return false;
            }
            long held = waits.widen(mask);
            if (redirections != null && isElsewhere(held, session, command, request, reply)) {
                return true;
            }
            unit.begin(session, reply, nowMs);
            runHolding(mask, held, session, command, request, reply);
        }
        meter.show(session, command, request, reply.written());
        waits.serveLeft();
        if (session.has(Session.BLOCKED)) {
            waits.begun(session);
        }
        return true;
    }

    /**
     * Whether the slot has left since the command was judged: then it is told so. Asked when the
     * last stripe is held, and none is let go of before the command has run.
     */
    private boolean isElsewhere(
            long held, Session session, Command command, Request request, ReplyWriter reply) {
        String refusal = redirections.confirm(loop, session, command, request);
        if (refusal == null) {
            return false;
        }
        gate.leave(held);
        if (refusal == Redirections.HELD) {
            heldBack = true;
            return true;
        }
        refuse(session, reply, command, refusal);
        return true;
    }

    /**
     * Runs a command whose stripes are held already, and lets go of them.
     *
     * @param mask its own stripes
     * @param held those and the ones needed to serve who waits in them
     */
    private void runHolding(
            long mask,
            long held,
            Session session,
            Command command,
            Request request,
            ReplyWriter reply) {
        try {
            unit.setCommandStripes(mask);
            boolean succeeded = unit.run(command, request);
            unit.commit();
            meter.ended(session, command, request, succeeded, unit.isBlocked(), reply.written());
            waits.serveReady(held);
        } finally {
            gate.leave(held);
        }
    }

    /** The stripes that a command needs, as a mask. */
    long stripes(Session session, Command command, Request request) {
        return stripes.of(session, command, request);
    }

    /** Whether a command needs no other stripes than those of {@code held}. */
    public boolean isWithin(long held, Session session, Command command, Request request) {
        return held == gate.all() || (stripes.of(session, command, request) & ~held) == 0;
    }

    /** Whether any key that a command names passes a test. */
    boolean anyKey(Command command, Request request, Predicate<Slice> test) {
        return stripes.anyKey(command, request, test);
    }

    // --- units that no client asked for ----------------------------------------------------------

    /** Work on data that is not a command: expiry, eviction, a step of a walk. */
    public interface Work {
        void run(ExecutionUnit unit);
    }

    /** Runs {@code work} as a unit of its own under the stripes of {@code mask}. */
    public void runUnit(Session session, long mask, Work work) {
        scratch.reset();
        long held = mask;
        gate.enter(mask);
        try {
            held = waits.widen(mask);
            unit.begin(session, scratch, node.environment().nowMs());
            work.run(unit);
            unit.commit();
            waits.serveReady(held);
        } finally {
            gate.leave(held);
        }
        waits.serveLeft();
    }

    /** A client is gone: nothing may refer to it any more. */
    public void forget(Session session) {
        Blocking.Waiter waiter = session.waiter();
        if (waiter != null && session.has(Session.BLOCKED)) {
            waits.end(waiter, (Consumer<ReplyWriter>) null);
            waits.ended(session);
        } else if (session.has(Session.BLOCKED)) {
            node.replication().forget(session);
            node.modules().waiting().forget(session);
        }
        if (session.has(Session.IMPORT)) {
            node.slotMoves().importLost(session);
        }
        unwatch(session);
        session.discardQueue();
        node.engine().pubSub().forget(session);
        node.engine().tracking().forget(session);
    }

    private void unwatch(Session session) {
        long mask = CommandStripes.watched(session);
        gate.enter(mask);
        node.engine().watches().unwatchAll(session);
        gate.leave(mask);
    }
}
