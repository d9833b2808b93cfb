package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.engine.acl.Denial;
import io.ferrite.engine.acl.User;
import io.ferrite.memory.Slice;
import io.ferrite.node.cluster.ClusterService;
import io.ferrite.node.cluster.Routing;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.spec.CommandSpec;
import io.ferrite.store.Keyspace;
import io.ferrite.store.ReadAhead;

/**
 * Several brief commands of one pipelined batch that enter the gate once, under the stripes of all
 * their keys.
 *
 * <p>Why: most of a GET's time is waiting for memory, first for the bucket of the index, then for
 * the entry. With the stripes of all keys held, the buckets and entries of all of them are asked
 * for before the first command runs, and the waits overlap. The stripes are held for the time of
 * {@link #MAX} brief commands, a few microseconds.
 *
 * <p>Each command is still a unit of its own: its effects are published, and clients that it made
 * ready are served, before the next one runs.
 */
final class BatchRun {

    /** Longest run. More hardly helps the overlap, and holds the stripes for longer. */
    static final int MAX = ReadAhead.MAX;

    private final Node node;

    /** Null where the server is no node of a cluster. */
    private final ClusterService cluster;

    private final Dispatcher dispatcher;
    private final ExecutionGate gate;
    private final Keyspace keyspace;
    private final CommandCatalog catalog;
    private final ExecutionUnit unit;
    private final Command[] commands = new Command[MAX];
    private final Slice[] keys = new Slice[MAX];
    private final Slice[] elements = new Slice[MAX];

    /** Keeps the compiler from dropping loads whose values nobody needs. */
    @SuppressWarnings("unused")
    private long sink;

    BatchRun(Node node, Dispatcher dispatcher) {
        this.node = node;
        this.cluster = node.cluster();
        this.dispatcher = dispatcher;
        this.gate = node.gate();
        this.keyspace = node.engine().keyspace();
        this.catalog = node.engine().commands().catalog();
        this.unit = dispatcher.unit();
    }

    /**
     * Executes as many of {@code requests[from, to)} as make up a run.
     *
     * @return how many; 0 when the first one does not begin a run and is to be executed by itself
     */
    int execute(Session session, Request[] requests, int from, int to, ReplyWriter reply) {
        if (!dispatcher.isTrusted(session)
                && (!session.isPlain() || !node.isOrdinary() || node.timesEachCommand())) {
            return 0;
        }
        if (node.engine().blocking().count() != 0) {
            return 0; // who waits is served under the stripes of the command that made him ready
        }
        Routing routing = cluster == null ? null : cluster.routing();
        boolean tracks = session.has(Session.TRACKING);
        if (tracks && session.tracking().isCaching()) {
            return 0; // said for one command
        }
        long mask = 0;
        int length = 0;
        boolean anyElement = false;
        while (length < MAX && from + length < to) {
            Request request = requests[from + length];
            Command command = brief(request);
            if (command == null || !mayRun(session, command, request)) {
                break;
            }
            if (tracks && command.isWrite()) {
                break; // what it invalidates is told behind its own reply
            }
            Slice key = request.arg(1);
            if (routing != null
                    && !routing.isSettled(key.slot())
                    && !dispatcher.isTrusted(session)) {
                break;
            }
            int element = command.elementArgument();
            boolean named = element != 0 && element < request.count();
            anyElement |= named;
            elements[length] = named ? request.arg(element) : null;
            commands[length] = command;
            keys[length++] = key;
            mask |= 1L << keyspace.stripeOf(key);
        }
        if (length < 2) {
            return 0;
        }
        return run(session, requests, from, length, mask, anyElement, routing, reply);
    }

    /** The command of a request if it is brief and acceptable, else null. */
    private Command brief(Request request) {
        CommandSpec spec = catalog.find(request.address(0), request.length(0));
        if (spec == null) {
            return null;
        }
        Command command = node.engine().commands().of(spec);
        return command != null && command.isBrief() && command.accepts(request.count())
                ? command
                : null;
    }

    /** Who may not is told so when the command is executed by itself. */
    private boolean mayRun(Session session, Command command, Request request) {
        User user = session.user();
        return !user.isRestricted()
                || unit.accessCheck().check(user.rules(), command.spec(), request) == Denial.NONE;
    }

    private int run(
            Session session,
            Request[] requests,
            int from,
            int length,
            long mask,
            boolean anyElement,
            Routing routing,
            ReplyWriter reply) {
        if (!gate.enterUnlessOvertime(mask)) {
            return 0; // executed by itself, the first is told
        }
        if (routing != null && cluster.routing() != routing) {
            gate.leave(mask); // a slot may have left: each is judged by itself
            return 0;
        }
        if (node.engine().blocking().count() != 0) {
            gate.leave(mask); // somebody began to wait since
            return 0;
        }
        unit.begin(session, reply, dispatcher.nowMs());
        SlotMeter slots = routing == null ? null : dispatcher.slotMeter();
        boolean counted = slots != null && slots.runBegins();
        int done = 0;
        unit.setCommandStripes(mask);
        try {
            unit.readAhead().keys(unit.database(), keys, length);
            if (anyElement) {
                unit.readAhead().elements(unit.database(), keys, elements, length);
            }
            if (session.has(Session.TRACKING)) {
                for (int i = 0; i < length; i++) {
                    sink += node.engine().tracking().ahead(keyspace, keys[i]);
                }
            }
            while (done < length) {
                Request request = requests[from + done];
                Command command = commands[done];
                if (done > 0) {
                    unit.beginNext();
                    reply.boundary();
                }
                boolean succeeded = unit.run(command, request);
                unit.commitInRun();
                dispatcher.meter().outcome(command, succeeded);
                if (counted) {
                    slots.inRun(done, session, keys[done], request, reply.written());
                }
                node.notable().sizes(session, command, request, reply.written());
                done++;
                if (unit.hasReadyKeys()) {
                    break; // they come before the next command, and need stripes of their own
                }
            }
        } finally {
            unit.countRun();
            gate.leave(mask);
        }
        session.active(commands[done - 1], dispatcher.nowMs());
        dispatcher.meter().endedRun(session, commands, requests[from + done - 1], done);
        dispatcher.waits().serveLeft(); // they may have begun to wait after the run began
        return done;
    }
}
