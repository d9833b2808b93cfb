package io.ferrite.node.command;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.ClientLine;
import io.ferrite.node.ClientType;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.node.replication.AckHold;
import io.ferrite.resp.ReplyWriter;

/** CLIENT, apart from KILL: what a client says of itself, and what it asks about others. */
public final class ClientCommands {

    private static final CommandError NEGATIVE_TIMEOUT = CommandError.of("ERR timeout is negative");
    private static final CommandError NO_TIMEOUT =
            CommandError.of("ERR timeout is not an integer or out of range");
    private static final CommandError LARGE_TIMEOUT =
            CommandError.of("ERR timeout is out of range");

    private static final String UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";

    private final Node node;

    private ClientCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        ClientCommands commands = new ClientCommands(node);
        ClientKillCommand kill = new ClientKillCommand(node);
        TrackingCommands.register(table, node);
        table.bind("CLIENT|ID", LockPlan.NONE, ClientCommands::id)
                .bind("CLIENT|INFO", LockPlan.NONE, ClientCommands::info)
                .bind("CLIENT|LIST", LockPlan.NONE, commands::list)
                .bind("CLIENT|KILL", LockPlan.ALL, kill::kill)
                .bind("CLIENT|SETNAME", LockPlan.NONE, ClientCommands::setname)
                .bind("CLIENT|GETNAME", LockPlan.NONE, ClientCommands::getname)
                .bind("CLIENT|SETINFO", LockPlan.NONE, ClientCommands::setinfo)
                .bind("CLIENT|NO-EVICT", LockPlan.NONE, unit -> flag(unit, Session.NO_EVICT))
                .bind("CLIENT|NO-TOUCH", LockPlan.NONE, unit -> flag(unit, Session.NO_TOUCH))
                .bind("CLIENT|REPLY", LockPlan.NONE, ClientCommands::reply)
                .bind("CLIENT|PAUSE", LockPlan.NONE, commands::pause)
                .bind("CLIENT|UNPAUSE", LockPlan.NONE, commands::unpause)
                .bind("CLIENT|UNBLOCK", LockPlan.ALL, commands::unblock)
                .bind("CLIENT|ACK", LockPlan.NONE, commands::ack)
                .bind("CLIENT|HELP", LockPlan.NONE, ClientCommands::help);
    }

    /** CLIENT ACK replicas|DEFAULT. */
    private void ack(ExecutionUnit unit) {
        Session session = unit.session();
        if (unit.arg(2).isWord("DEFAULT")) {
            session.ackReplicas(AckHold.BY_SERVER);
            unit.reply().ok();
            return;
        }
        CommandError bad = CommandError.of("ERR value is not an integer or out of range");
        int replicas = Numbers.inRange(unit.arg(2), 0, Integer.MAX_VALUE, bad);
        session.ackReplicas(replicas);
        if (replicas == 0 || !unit.mayBlock()) {
            node.replication().demandAcks(() -> {});
            unit.reply().ok();
            return;
        }
        session.set(Session.BLOCKED);
        node.replication().demandAcks(() -> session.outbox().answer(ReplyWriter::ok));
    }

    // --- showing ---------------------------------------------------------------------------------

    private static void id(ExecutionUnit unit) {
        unit.reply().integer(unit.session().id());
    }

    private static void info(ExecutionUnit unit) {
        unit.reply().verbatim("txt", line(unit, unit.session()) + "\n");
    }

    private static String line(ExecutionUnit unit, Session session) {
        long arguments = session == unit.session() ? unit.request().argumentBytes() : 0;
        return ClientLine.of(session, unit.nowMs(), arguments);
    }

    /** CLIENT LIST [filter ...], in order of their numbers. */
    private void list(ExecutionUnit unit) {
        ClientFilter filter = ClientFilter.of(node, unit, 2, false);
        StringBuilder lines = new StringBuilder();
        for (Session session : node.clients().all()) {
            if (filter.accepts(session)) {
                lines.append(line(unit, session)).append('\n');
            }
        }
        unit.reply().verbatim("txt", lines.toString());
    }

    static ClientType requireType(ExecutionUnit unit, int i) {
        ClientType type = ClientType.named(Arguments.text(unit, i));
        if (type == null) {
            throw CommandError.of("ERR Unknown client type '" + Arguments.text(unit, i) + "'");
        }
        return type;
    }

    // --- what a client says of itself ------------------------------------------------------------

    private static void setname(ExecutionUnit unit) {
        unit.session().setName(ConnectionState.requireName(unit.arg(2)).toString());
        unit.reply().ok();
    }

    private static void getname(ExecutionUnit unit) {
        String name = unit.session().name();
        if (name.isEmpty()) {
            unit.reply().nil();
        } else {
            unit.reply().bulk(name);
        }
    }

    /** CLIENT SETINFO LIB-NAME name | LIB-VER version. */
    private static void setinfo(ExecutionUnit unit) {
        Slice attribute = unit.arg(2);
        Slice value = unit.arg(3);
        HeapBudget.requireText(value.length());
        boolean name = attribute.isWord("LIB-NAME");
        if (!name && !attribute.isWord("LIB-VER")) {
            throw CommandError.of("ERR Unrecognized option '" + Arguments.text(unit, 2) + "'");
        }
        if (!ConnectionState.isWord(value)) {
            throw CommandError.of(
                    "ERR "
                            + Arguments.text(unit, 2)
                            + " cannot contain spaces, newlines or special characters.");
        }
        if (name) {
            unit.session().setLibName(value.toString());
        } else {
            unit.session().setLibVersion(value.toString());
        }
        unit.reply().ok();
    }

    private static void flag(ExecutionUnit unit, int flag) {
        if (unit.arg(2).isWord("ON")) {
            unit.session().set(flag);
        } else if (unit.arg(2).isWord("OFF")) {
            unit.session().clear(flag);
        } else {
            throw CommandError.SYNTAX;
        }
        unit.reply().ok();
    }

    /** CLIENT REPLY ON | OFF | SKIP; only ON is answered. */
    private static void reply(ExecutionUnit unit) {
        Session session = unit.session();
        if (unit.arg(2).isWord("ON")) {
            session.clear(Session.REPLY_OFF | Session.REPLY_SKIP);
            unit.reply().ok();
        } else if (unit.arg(2).isWord("OFF")) {
            session.set(Session.REPLY_OFF);
        } else if (unit.arg(2).isWord("SKIP")) {
            if (!session.has(Session.REPLY_OFF)) {
                session.set(Session.REPLY_SKIP_NEXT);
            }
        } else {
            throw CommandError.SYNTAX;
        }
    }

    // --- holding and freeing others --------------------------------------------------------------

    /** CLIENT PAUSE milliseconds [WRITE | ALL]. */
    private void pause(ExecutionUnit unit) {
        if (unit.argc() > 4) {
            throw CommandError.arity("client|pause");
        }
        boolean all = true;
        if (unit.argc() == 4) {
            all = unit.arg(3).isWord("ALL");
            if (!all && !unit.arg(3).isWord("WRITE")) {
                throw CommandError.of("ERR CLIENT PAUSE mode must be WRITE or ALL");
            }
        }
        long timeout = Numbers.integer(unit.arg(2), NO_TIMEOUT);
        if (timeout < 0) {
            throw NEGATIVE_TIMEOUT;
        }
        if (timeout > Long.MAX_VALUE - unit.nowMs()) {
            throw LARGE_TIMEOUT;
        }
        node.pause().begin(unit.nowMs(), unit.nowMs() + timeout, all);
        unit.reply().ok();
    }

    private void unpause(ExecutionUnit unit) {
        node.pause().end();
        unit.reply().ok();
    }

    /**
     * CLIENT UNBLOCK id [TIMEOUT | ERROR]. All stripes are held, so that nobody serves the client
     * at the same time.
     */
    private void unblock(ExecutionUnit unit) {
        if (unit.argc() > 4) {
            throw CommandError.arity("client|unblock");
        }
        boolean error = unit.argc() == 4 && unit.arg(3).isWord("ERROR");
        if (unit.argc() == 4 && !error && !unit.arg(3).isWord("TIMEOUT")) {
            throw CommandError.of("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        }
        Session target = node.clients().get(Numbers.integer(unit.arg(2)));
        Blocking.Waiter waiter = target == null ? null : target.waiter();
        if (waiter == null || waiter.isDone()) {
            boolean ended = target != null && node.modules().waiting().unblock(target, error);
            unit.reply().integer(ended ? 1 : 0);
            return;
        }
        unit.engine().blocking().remove(waiter);
        waiter.request().close();
        ((Dispatcher) unit.attachment()).waits().countUnserved(waiter, error ? UNBLOCKED : null);
        target.outbox().answer(error ? out -> out.error(UNBLOCKED) : waiter.onTimeout());
        unit.reply().integer(1);
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "CLIENT",
                "CACHING (YES|NO)",
                "    Say whether the keys of the next command are tracked.",
                "GETREDIR",
                "    Show the client that invalidation messages go to.",
                "GETNAME",
                "    Show the name of this connection.",
                "ID",
                "    Show the number of this connection.",
                "INFO",
                "    Describe this connection.",
                "KILL <ip:port>",
                "    Close the connection from that address.",
                "KILL <option> <value> [<option> <value> [...]]",
                "    Close the connections that fit every option:",
                "    * ADDR <ip:port>, LADDR <ip:port>: their address, ours",
                "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
                "    * USER <username>",
                "    * ID <client-id>",
                "    * MAXAGE <seconds>: at least this old",
                "    * SKIPME (YES|NO): whether to spare this connection, which is the default",
                "LIST [TYPE (NORMAL|MASTER|REPLICA|PUBSUB) | ID <client-id> ...]",
                "    Describe all connections, or these.",
                "UNPAUSE",
                "    Let clients go on that PAUSE holds.",
                "PAUSE <timeout> [WRITE|ALL]",
                "    Hold all clients, or those that write, for so many milliseconds.",
                "REPLY (ON|OFF|SKIP)",
                "    Say which commands of this connection are answered.",
                "SETNAME <name>",
                "    Name this connection.",
                "SETINFO <option> <value>",
                "    Tell LIB-NAME or LIB-VER of the client library.",
                "UNBLOCK <clientid> [TIMEOUT|ERROR]",
                "    End the wait of a blocked client.",
                "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
                "         [OPTIN] [OPTOUT] [NOLOOP]",
                "    Ask for messages about keys that change.",
                "TRACKINGINFO",
                "    Show what this connection tracks.",
                "NO-EVICT (ON|OFF)",
                "    Spare this connection when client memory runs short.",
                "NO-TOUCH (ON|OFF)",
                "    Read keys without counting as their user.");
    }
}
