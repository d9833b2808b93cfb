package io.ferrite.node.replication;

import io.ferrite.coordination.replication.FailoverPlan;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.node.config.LeaderAddress;
import io.ferrite.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Commands of leaders, followers and those who direct them. None touches data; none takes a stripe.
 */
public final class ReplicationCommands {

    private static final CommandError NOT_INTEGER =
            CommandError.of("ERR value is not an integer or out of range");
    private static final CommandError NEGATIVE_TIMEOUT = CommandError.of("ERR timeout is negative");
    private static final CommandError BAD_TIMEOUT =
            CommandError.of("ERR timeout is not an integer or out of range");
    private static final CommandError LONG_TIMEOUT = CommandError.of("ERR timeout is out of range");
    private static final CommandError BAD_PORT = CommandError.of("ERR Invalid master port");
    private static final int PORT_MAX = 65535;

    private final Node node;
    private final Supplier<Replication> replication;

    private ReplicationCommands(Node node, Supplier<Replication> replication) {
        this.node = node;
        this.replication = replication;
    }

    /**
     * @param replication asked when a command runs, not before
     */
    public static void register(
            CommandTable.Builder table, Node node, Supplier<Replication> replication) {
        ReplicationCommands c = new ReplicationCommands(node, replication);
        table.bind("REPLICAOF", LockPlan.NONE, c::replicaof)
                .bind("SLAVEOF", LockPlan.NONE, c::replicaof)
                .bind("ROLE", LockPlan.NONE, c::role)
                .bind("REPLCONF", LockPlan.NONE, c::replconf)
                .bind("PSYNC", LockPlan.NONE, c::psync)
                .bind("SYNC", LockPlan.NONE, c::sync)
                .bind("WAIT", LockPlan.NONE, c::await)
                .bind("WAITAOF", LockPlan.NONE, c::awaitDisks)
                .bind("FAILOVER", LockPlan.NONE, c::failover);
    }

    private Replication of() {
        return replication.get();
    }

    private boolean clustered() {
        return node.cluster() != null;
    }

    // --- who follows whom ------------------------------------------------------------------------

    /** REPLICAOF host port, REPLICAOF NO ONE. */
    void replicaof(ExecutionUnit unit) {
        if (clustered()) {
            throw CommandError.of("ERR REPLICAOF not allowed in cluster mode.");
        }
        if (of().isHandingOver()) {
            throw CommandError.of("ERR REPLICAOF not allowed while failing over.");
        }
        if (unit.arg(1).isWord("NO") && unit.arg(2).isWord("ONE")) {
            if (!of().leads()) {
                node.log().notice("MASTER MODE enabled (user request from '" + who(unit) + "')");
            }
            order(unit, done -> of().lead(done));
            return;
        }
        if (unit.session().has(Session.REPLICA)) {
            throw CommandError.of("ERR Command is not valid when client is a replica.");
        }
        long port = Numbers.integer(unit.arg(2), BAD_PORT);
        if (port < 0 || port > PORT_MAX) {
            throw BAD_PORT;
        }
        String host = unit.arg(1).toString();
        LeaderAddress now = of().leader();
        if (!now.isNone() && now.host().equalsIgnoreCase(host) && now.port() == port) {
            node.log()
                    .notice(
                            "REPLICAOF would result into synchronization with the master we are"
                                    + " already connected with. No operation performed.");
            unit.reply().status("OK Already connected to specified master");
            return;
        }
        node.log()
                .notice(
                        "REPLICAOF "
                                + host
                                + ":"
                                + port
                                + " enabled (user request from '"
                                + who(unit)
                                + "')");
        order(unit, done -> of().follow(new LeaderAddress(host, (int) port), done));
    }

    private interface Order {
        void give(Runnable done);
    }

    /** Answers OK when the order has been carried out; in a transaction at once. */
    private static void order(ExecutionUnit unit, Order order) {
        if (!unit.mayBlock()) {
            order.give(() -> {});
            unit.reply().ok();
            return;
        }
        Session session = unit.session();
        session.set(Session.BLOCKED);
        order.give(() -> session.outbox().answer(ReplyWriter::ok));
    }

    private static String who(ExecutionUnit unit) {
        return "id=" + unit.session().id() + " addr=" + unit.session().address();
    }

    void role(ExecutionUnit unit) {
        write(unit.reply(), of().view().role());
    }

    private static void write(ReplyWriter reply, Object value) {
        switch (value) {
            case String text -> reply.bulk(text);
            case Long number -> reply.integer(number);
            case List<?> list -> {
                reply.array(list.size());
                for (Object element : list) {
                    write(reply, element);
                }
            }
            default -> throw new IllegalStateException("in ROLE: " + value);
        }
    }

    // --- the link --------------------------------------------------------------------------------

    /** REPLCONF: from a follower about itself, or from this server's leader in its stream. */
    void replconf(ExecutionUnit unit) {
        if (unit.session().has(Session.LEADER)) {
            if (unit.argc() > 1 && unit.arg(1).isWord("GETACK")) {
                of().acknowledge();
            } else if (unit.argc() > 2 && node.cluster() != null) {
                node.slotMoves().heard(unit.arg(2).toString());
            }
            return;
        }
        List<String> arguments = new ArrayList<>();
        for (int i = 1; i < unit.argc(); i++) {
            arguments.add(unit.arg(i).toString());
        }
        of().leaderSide().linkOf(unit.session()).driver().replconf(arguments);
    }

    /** PSYNC id offset [FAILOVER]. */
    void psync(ExecutionUnit unit) {
        if (unit.session().has(Session.REPLICA)) {
            return;
        }
        String id = unit.arg(1).toString();
        String offset = unit.arg(2).toString();
        Session session = unit.session();
        if (unit.argc() > 3 && unit.arg(3).isWord("FAILOVER")) {
            takeOver(unit, id, offset);
            return;
        }
        of().leaderSide().psync(session, id, offset);
    }

    /**
     * The leader hands over to this server, which goes on as leader and serves it as a follower.
     */
    private void takeOver(ExecutionUnit unit, String id, String offset) {
        node.log().warning("Failover request received for replid " + id + ".");
        if (of().leads()) {
            throw CommandError.of("ERR PSYNC FAILOVER can't be sent to a master.");
        }
        if (!id.equalsIgnoreCase(of().history().id())) {
            throw CommandError.of("ERR PSYNC FAILOVER replid must match my replid.");
        }
        node.log().notice("MASTER MODE enabled (failover request from '" + who(unit) + "')");
        Session session = unit.session();
        session.set(Session.BLOCKED);
        of().lead(() ->
                session.outbox().answer(reply -> of().leaderSide().psync(session, id, offset)));
    }

    void sync(ExecutionUnit unit) {
        if (!unit.session().has(Session.REPLICA)) {
            of().leaderSide().sync(unit.session());
        }
    }

    // --- waiting ---------------------------------------------------------------------------------

    /** WAIT replicas timeout. */
    void await(ExecutionUnit unit) {
        if (!of().leads()) {
            throw CommandError.of(
                    "ERR WAIT cannot be used with replica instances. Please also note that since"
                        + " Redis 4.0 if a replica is configured to be writable (which is not the"
                        + " default) writes to replicas are just local and are not propagated.");
        }
        long needed = Numbers.integer(unit.arg(1), NOT_INTEGER);
        long deadline = deadline(unit, unit.arg(2));
        // The last effect of this event loop: nothing that the client wrote lies behind it.
        long offset = unit.effects().lastOffset();
        int have = of().leaderSide().acknowledged(offset);
        if (have >= needed || !unit.mayBlock()) {
            unit.reply().integer(have);
            return;
        }
        unit.session().set(Session.BLOCKED);
        of().leaderSide()
                .waits()
                .await(unit.session(), offset, (int) Math.min(needed, Integer.MAX_VALUE), deadline);
    }

    /** WAITAOF local replicas timeout. */
    void awaitDisks(ExecutionUnit unit) {
        long local = Numbers.integer(unit.arg(1), NOT_INTEGER);
        if (local < 0 || local > 1) {
            throw CommandError.of("ERR value is out of range, value must between 0 and 1");
        }
        long needed = Numbers.integer(unit.arg(2), NOT_INTEGER);
        if (needed < 0) {
            throw CommandError.of("ERR value is out of range, must be positive");
        }
        long deadline = deadline(unit, unit.arg(3));
        if (!of().leads()) {
            throw CommandError.of(
                    "ERR WAITAOF cannot be used with replica instances. Please also note that"
                            + " writes to replicas are just local and are not propagated.");
        }
        if (local > 0 && !node.appendOnly().isEnabled()) {
            throw CommandError.of(AckWaits.NO_FILE);
        }
        long offset = unit.effects().lastOffset();
        LeaderSide side = of().leaderSide();
        boolean here = node.appendOnly().synced() >= offset;
        int have = side.acknowledgedOnDisk(offset);
        if (have >= needed && (here || local == 0) || !unit.mayBlock()) {
            unit.reply().array(2);
            unit.reply().integer(here ? 1 : 0);
            unit.reply().integer(have);
            return;
        }
        unit.session().set(Session.BLOCKED);
        int replicas = (int) Math.min(needed, Integer.MAX_VALUE);
        side.waits().awaitDisks(unit.session(), offset, replicas, local > 0, deadline);
    }

    /** When a wait of so many milliseconds ends: never, if that is 0. */
    private static long deadline(ExecutionUnit unit, Slice milliseconds) {
        long timeout = Numbers.integer(milliseconds, BAD_TIMEOUT);
        if (timeout < 0) {
            throw NEGATIVE_TIMEOUT;
        }
        if (timeout > Long.MAX_VALUE - unit.nowMs()) {
            throw LONG_TIMEOUT;
        }
        return timeout == 0 ? Long.MAX_VALUE : unit.nowMs() + timeout;
    }

    private static long saturated(long a, long b) {
        return Long.MAX_VALUE - b < a ? Long.MAX_VALUE : a + b;
    }

    // --- handing over ----------------------------------------------------------------------------

    /** FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT ms]. */
    void failover(ExecutionUnit unit) {
        if (clustered()) {
            throw CommandError.of(
                    "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command"
                            + " instead.");
        }
        if (unit.argc() == 2 && unit.arg(1).isWord("ABORT")) {
            if (!of().isHandingOver()) {
                throw CommandError.of("ERR No failover in progress.");
            }
            FailoverPlan.Input abort = new FailoverPlan.Abort("Failover manually aborted");
            order(unit, done -> of().failover().order(abort, done));
            return;
        }
        begin(unit, parse(unit));
    }

    private static FailoverPlan.Begin parse(ExecutionUnit unit) {
        String host = null;
        long port = 0;
        long timeout = 0;
        boolean force = false;
        for (int i = 1; i < unit.argc(); i++) {
            if (unit.arg(i).isWord("TIMEOUT") && i + 1 < unit.argc() && timeout == 0) {
                timeout = Numbers.integer(unit.arg(++i), NOT_INTEGER);
                if (timeout <= 0) {
                    throw CommandError.of("ERR FAILOVER timeout must be greater than 0");
                }
            } else if (unit.arg(i).isWord("TO") && i + 2 < unit.argc() && host == null) {
                host = unit.arg(i + 1).toString();
                port = Numbers.integer(unit.arg(i + 2), NOT_INTEGER);
                i += 2;
            } else if (unit.arg(i).isWord("FORCE") && !force) {
                force = true;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        long deadline = timeout == 0 ? Long.MAX_VALUE : saturated(unit.nowMs(), timeout);
        return new FailoverPlan.Begin(host, (int) port, force, deadline);
    }

    private void begin(ExecutionUnit unit, FailoverPlan.Begin plan) {
        if (of().isHandingOver()) {
            throw CommandError.of("ERR FAILOVER already in progress.");
        }
        if (!of().leads()) {
            throw CommandError.of("ERR FAILOVER is not valid when server is a replica.");
        }
        List<FailoverPlan.Candidate> candidates = of().failover().candidates();
        if (candidates.isEmpty()) {
            throw CommandError.of("ERR FAILOVER requires connected replicas.");
        }
        if (plan.forced() && (plan.deadlineMs() == Long.MAX_VALUE || plan.host() == null)) {
            throw CommandError.of(
                    "ERR FAILOVER with force option requires both a timeout and target HOST and"
                            + " IP.");
        }
        if (plan.host() != null) {
            FailoverPlan.Candidate target = null;
            for (FailoverPlan.Candidate c : candidates) {
                if (c.host().equalsIgnoreCase(plan.host()) && c.port() == plan.port()) {
                    target = c;
                }
            }
            if (target == null) {
                throw CommandError.of("ERR FAILOVER target HOST and PORT is not a replica.");
            }
            if (!target.online()) {
                throw CommandError.of("ERR FAILOVER target replica is not online.");
            }
        }
        order(unit, done -> of().failover().order(plan, done));
    }
}
