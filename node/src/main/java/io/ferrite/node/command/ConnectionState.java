package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.ClientLink;
import io.ferrite.node.Compatibility;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.node.acl.AccessControl;
import io.ferrite.node.replication.AckHold;
import io.ferrite.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;

/** HELLO, AUTH, RESET and MONITOR: who a client is and what it speaks. */
public final class ConnectionState {

    private static final CommandError NO_PROTOCOL =
            CommandError.of("NOPROTO unsupported protocol version");
    private static final CommandError NO_VERSION =
            CommandError.of("ERR Protocol version is not an integer or out of range");
    private static final CommandError FIRST_AUTH =
            CommandError.of(
                    "NOAUTH HELLO must be called with the client already authenticated, otherwise"
                        + " the HELLO <proto> AUTH <user> <pass> option can be used to authenticate"
                        + " the client and select the RESP protocol version at the same time");
    private static final CommandError NO_PASSWORD =
            CommandError.of(
                    "ERR AUTH <password> called without any password configured for the default"
                            + " user. Are you sure your configuration is correct?");
    private static final CommandError BAD_NAME =
            CommandError.of(
                    "ERR Client names cannot contain spaces, newlines or special characters.");

    /** So many wrong passwords in a row are answered at once; a person makes fewer. */
    private static final int FREE_GUESSES = 16;

    /**
     * The answer to each further one comes so much later, and with it all that the client sends.
     */
    private static final long GUESS_MS = 250;

    private final Node node;

    private ConnectionState(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        ConnectionState commands = new ConnectionState(node);
        table.bind("HELLO", LockPlan.NONE, commands::hello)
                .bind("AUTH", LockPlan.NONE, commands::auth)
                .bind("RESET", LockPlan.WATCHED, commands::reset)
                .bind("MONITOR", LockPlan.NONE, commands::monitor);
    }

    /**
     * HELLO [version [AUTH user password] [SETNAME name]]. Judges everything before it changes any.
     */
    private void hello(ExecutionUnit unit) {
        Session session = unit.session();
        int version = session.protocol();
        if (unit.argc() > 1) {
            long wanted = Numbers.integer(unit.arg(1), NO_VERSION);
            if (wanted < 2 || wanted > 3) {
                throw NO_PROTOCOL;
            }
            version = (int) wanted;
        }
        int user = 0;
        unit.requireNames(1);
        Slice name = null;
        int i = 2;
        while (i < unit.argc()) {
            int more = unit.argc() - 1 - i;
            if (unit.arg(i).isWord("AUTH") && more >= 2) {
                user = i + 1;
                i += 3;
            } else if (unit.arg(i).isWord("SETNAME") && more >= 1) {
                name = requireName(unit.arg(i + 1));
                i += 2;
            } else {
                throw CommandError.of(
                        "ERR Syntax error in HELLO option '" + Arguments.text(unit, i) + "'");
            }
        }
        if (user != 0
                && !authenticate(unit, unit.arg(user).toBytes(), unit.arg(user + 1).toBytes())) {
            return;
        }
        if (node.access().mustAuthenticate(session)) {
            throw FIRST_AUTH;
        }
        if (name != null) {
            session.setName(name.toString());
        }
        session.setProtocol(version);
        describe(unit.reply(), session);
    }

    private void describe(ReplyWriter reply, Session session) {
        reply.setProtocol(session.protocol());
        boolean sentinel = node.kind().isSentinel();
        reply.map(sentinel ? 6 : 7);
        reply.bulk("server");
        reply.bulk("redis");
        reply.bulk("version");
        reply.bulk(Compatibility.REDIS_VERSION);
        reply.bulk("proto");
        reply.integer(session.protocol());
        reply.bulk("id");
        reply.integer(session.id());
        reply.bulk("mode");
        reply.bulk(node.mode());
        if (!sentinel) {
            reply.bulk("role");
            reply.bulk(node.state().is(ServerState.FOLLOWER) ? "replica" : "master");
        }
        reply.bulk("modules");
        reply.array(node.modules().all().size());
        node.modules().all().forEach(module -> ModuleCommands.describe(module, reply));
    }

    /** A name that CLIENT LIST can show in one word; empty takes the name away. */
    static Slice requireName(Slice name) {
        HeapBudget.requireText(name.length());
        if (!isWord(name)) {
            throw BAD_NAME;
        }
        return name;
    }

    /** Whether every byte is visible ASCII. */
    static boolean isWord(Slice text) {
        for (int i = 0; i < text.length(); i++) {
            byte c = text.byteAt(i);
            if (c < '!' || c > '~') {
                return false;
            }
        }
        return true;
    }

    /** AUTH [user] password. */
    private void auth(ExecutionUnit unit) {
        unit.requireNames(1);
        if (unit.argc() > 3) {
            throw CommandError.SYNTAX;
        }
        if (unit.argc() == 2 && node.access().isOpen()) {
            throw NO_PASSWORD;
        }
        byte[] user =
                unit.argc() == 3
                        ? unit.arg(1).toBytes()
                        : AccessControl.DEFAULT_USER.getBytes(StandardCharsets.US_ASCII);
        if (authenticate(unit, user, unit.arg(unit.argc() - 1).toBytes())) {
            unit.reply().ok();
        }
    }

    /**
     * Lets the client in, or refuses the command; false if the refusal comes later, because it is
     * one of many.
     */
    private boolean authenticate(ExecutionUnit unit, byte[] user, byte[] password) {
        Session session = unit.session();
        String verb = Arguments.text(unit, 0);
        String refusal = node.access().authenticate(session, user, password, verb);
        if (refusal == null) {
            session.forgetWrongPasswords();
            return true;
        }
        ClientLink link = ClientLink.of(session);
        if (session.countWrongPassword() <= FREE_GUESSES || !unit.mayBlock() || link == null) {
            throw CommandError.of(refusal);
        }
        unit.engine().errors().count(refusal);
        unit.fail();
        session.set(Session.BLOCKED);
        node.environment()
                .after(
                        link.loop(),
                        GUESS_MS,
                        () -> session.outbox().answer(reply -> reply.error(refusal)));
        return false;
    }

    /** RESET. The stripes of watched keys are held. */
    private void reset(ExecutionUnit unit) {
        Session session = unit.session();
        if (session.has(Session.REPLICA | Session.LEADER)) {
            throw CommandError.of("ERR can only reset normal client connections");
        }
        node.monitors().remove(session);
        unit.engine().tracking().disable(session);
        session.clear(
                Session.MONITOR
                        | Session.SUBSCRIBED
                        | Session.ASKING
                        | Session.READ_ONLY
                        | Session.REPLY_OFF
                        | Session.REPLY_SKIP_NEXT
                        | Session.NO_TOUCH
                        | Session.NO_EVICT);
        session.ackReplicas(AckHold.BY_SERVER);
        session.selectDatabase(0);
        unit.selectDatabase(0);
        session.setProtocol(2);
        unit.reply().setProtocol(2);
        node.access().begin(session);
        session.discardQueue();
        unit.engine().watches().unwatchAll(session);
        session.setWatchDirty(false);
        unit.engine().pubSub().forget(session);
        session.setName("");
        unit.reply().status("RESET");
    }

    private void monitor(ExecutionUnit unit) {
        if (!unit.mayBlock()) {
            throw CommandError.of("ERR MONITOR isn't allowed for DENY BLOCKING client");
        }
        unit.session().set(Session.MONITOR);
        node.monitors().add(unit.session());
        unit.reply().ok();
    }
}
