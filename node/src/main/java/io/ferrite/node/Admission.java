package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.engine.acl.Denial;
import io.ferrite.engine.acl.Gatekeeper;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.node.cluster.Redirections;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandFlag;
import io.ferrite.spec.CommandSpec;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * Decides whether a command may run now. Asked when the session or the server is in any state but
 * the ordinary one; the checks stand in the order in which Redis makes them, because which refusal
 * wins is observable.
 */
final class Admission {

    static final String ADMITTED = null;

    /** The request is to be presented again when the pause ends. */
    static final String POSTPONED = "postponed";

    /** The request joins the transaction that MULTI began. */
    static final String QUEUED = "queued";

    private final Node node;

    Admission(Node node) {
        this.node = node;
    }

    /** The refusal of a name, subcommand or number of arguments that no command has. */
    String unknown(CommandSpec spec, Command command, Request request) {
        if (spec == null) {
            return unknownCommand(request);
        }
        if (!node.kind().knows(spec)) {
            CommandSpec parent = spec.parent();
            return parent != null && node.kind().knows(parent)
                    ? unknownSubcommand(parent, request)
                    : unknownCommand(request);
        }
        if (spec.isContainer()
                && request.count() > 1
                && (command == null || !spec.name().contains("|"))) {
            return unknownSubcommand(spec, request);
        }
        if (command == null && !spec.isContainer()) {
            return "ERR command '" + spec.name() + "' is not available in this version of Ferrite";
        }
        return "ERR wrong number of arguments for '" + spec.name() + "' command";
    }

    private static String unknownSubcommand(CommandSpec spec, Request request) {
        return "ERR unknown subcommand '"
                + text(request, 1)
                + "'. Try "
                + spec.name().toUpperCase(java.util.Locale.ROOT)
                + " HELP.";
    }

    private static String unknownCommand(Request request) {
        StringBuilder text = new StringBuilder("ERR unknown command '");
        text.append(clean(text(request, 0))).append("', with args beginning with: ");
        StringBuilder args = new StringBuilder();
        for (int i = 1; i < request.count() && args.length() < 128; i++) {
            String word = text(request, i);
            int room = 128 - args.length();
            args.append('\'').append(clean(word.length() > room ? word.substring(0, room) : word));
            args.append("' ");
        }
        return text.append(args).toString();
    }

    /** An error is one line: what came from the client may not end it. */
    private static String clean(String text) {
        return text.replace('\r', ' ').replace('\n', ' ');
    }

    /** An argument, or its beginning if it is long. */
    private static String text(Request request, int i) {
        byte[] bytes = new byte[Math.min(request.length(i), 128)];
        Memory.copyOut(request.address(i), bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Judges one command of known name and acceptable number of arguments. */
    String judge(Dispatcher dispatcher, Session session, Command command, Request request) {
        int state = node.state().flags();
        if (!command.is(CommandFlag.NO_AUTH) && node.access().mustAuthenticate(session)) {
            return "NOAUTH Authentication required.";
        }
        if (session.has(Session.MULTI) && command.is(CommandFlag.NO_MULTI)) {
            return "ERR Command not allowed inside a transaction";
        }
        Gatekeeper.Context context =
                session.has(Session.MULTI) ? Gatekeeper.Context.MULTI : Gatekeeper.Context.TOPLEVEL;
        Denial denial =
                node.engine()
                        .gatekeeper()
                        .judge(dispatcher.unit().accessCheck(), session, command, request, context);
        if (denial != Denial.NONE) {
            return "NOPERM " + denial.text(session.user(), command.spec());
        }
        if (dispatcher.redirections() != null) {
            String elsewhere =
                    dispatcher.redirections().judge(dispatcher.loop(), session, command, request);
            if (elsewhere != null) {
                return elsewhere == Redirections.HELD ? POSTPONED : elsewhere;
            }
        }
        if (!session.has(Session.LEADER)) {
            String refusal = judgeState(dispatcher, session, command, request, state);
            if (refusal != null) {
                return refusal;
            }
        }
        if (session.has(Session.MULTI) && !leavesQueue(command)) {
            return QUEUED;
        }
        return ADMITTED;
    }

    private String judgeState(
            Dispatcher dispatcher, Session session, Command command, Request request, int state) {
        long flags = node.scripting().flagsOf(dispatcher.loop(), command, request);
        boolean write =
                (flags & CommandFlag.WRITE.bit()) != 0
                        || isExec(command) && queuedAny(dispatcher, session, CommandFlag.WRITE);
        if ((state & (ServerState.MEMORY_LIMITED | ServerState.BUSY))
                == ServerState.MEMORY_LIMITED) {
            String refusal = node.memoryLimit().admit(dispatcher, session, command, flags);
            if (refusal != null) {
                return refusal;
            }
        }
        boolean diskFails = (state & ServerState.DISK_ERROR) != 0;
        if (diskFails && (write || command.name().equals("ping"))) {
            return node.diskError();
        }
        if (write) {
            String refusal = judgeWrite(state);
            if (refusal != null) {
                return refusal;
            }
        }
        if (session.has(Session.SUBSCRIBED)
                && session.protocol() == 2
                && !allowedSubscribed(command)) {
            return "ERR Can't execute '"
                    + command.name()
                    + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed"
                    + " in this context";
        }
        if ((state & ServerState.STALE) != 0
                && !allIs(dispatcher, session, command, flags, CommandFlag.STALE)) {
            return "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to"
                    + " 'no'.";
        }
        if ((state & ServerState.LOADING) != 0
                && !allIs(dispatcher, session, command, flags, CommandFlag.LOADING)) {
            return "LOADING Redis is loading the dataset in memory";
        }
        if ((state & ServerState.ASYNC_LOADING) != 0
                && ((flags & CommandFlag.NO_ASYNC_LOADING.bit()) != 0
                        || isExec(command)
                                && queuedAny(dispatcher, session, CommandFlag.NO_ASYNC_LOADING))) {
            return "LOADING Redis is loading the dataset in memory";
        }
        if ((state & ServerState.BUSY) != 0 && !command.is(CommandFlag.ALLOW_BUSY)) {
            return node.scripting().busy();
        }
        boolean mayReplicate =
                (flags & CommandFlag.MAY_REPLICATE.bit()) != 0
                        || isExec(command)
                                && queuedAny(dispatcher, session, CommandFlag.MAY_REPLICATE);
        if ((state & ServerState.PAUSED) != 0
                && !session.has(Session.REPLICA)
                && node.pause().holds(nowMs(), write || mayReplicate)
                && !(session.has(Session.MULTI) && !isExec(command))) {
            return POSTPONED;
        }
        if ((state & ServerState.MOVING_KEYS) != 0
                && (write || mayReplicate)
                && writesToMoving(dispatcher, session, command, request)) {
            return POSTPONED;
        }
        return ADMITTED;
    }

    /** Whether a command names a key that is on its way to another server. */
    private boolean writesToMoving(
            Dispatcher dispatcher, Session session, Command command, Request request) {
        if (node.migrate().guard().holdsAll()) {
            return isExec(command) || !session.has(Session.MULTI);
        }
        Predicate<Slice> moves = key -> node.migrate().guard().holds(session.database(), key);
        if (!isExec(command)) {
            return !session.has(Session.MULTI) && dispatcher.anyKey(command, request, moves);
        }
        for (int i = 0; i < session.queuedCommands().size(); i++) {
            Command queued = session.queuedCommands().get(i);
            if (dispatcher.anyKey(queued, session.queued().get(i), moves)) {
                return true;
            }
        }
        return false;
    }

    private long nowMs() {
        return node.environment().nowMs();
    }

    private String judgeWrite(int state) {
        if ((state & ServerState.NEEDS_REPLICAS) != 0
                && (state & ServerState.FOLLOWER) == 0
                && !node.enoughReplicas()) {
            return "NOREPLICAS Not enough good replicas to write.";
        }
        if ((state & (ServerState.FOLLOWER | ServerState.READ_ONLY))
                == (ServerState.FOLLOWER | ServerState.READ_ONLY)) {
            return "READONLY You can't write against a read only replica.";
        }
        return ADMITTED;
    }

    /** Whether any queued command has a flag. */
    private boolean queuedAny(Dispatcher dispatcher, Session session, CommandFlag flag) {
        for (int i = 0; i < session.queuedCommands().size(); i++) {
            if ((queuedFlags(dispatcher, session, i) & flag.bit()) != 0) {
                return true;
            }
        }
        return false;
    }

    private long queuedFlags(Dispatcher dispatcher, Session session, int i) {
        return node.scripting()
                .flagsOf(
                        dispatcher.loop(),
                        session.queuedCommands().get(i),
                        session.queued().get(i));
    }

    /** Whether a command has a flag; for EXEC, whether every queued one has it too. */
    private boolean allIs(
            Dispatcher dispatcher, Session session, Command command, long flags, CommandFlag flag) {
        if (isExec(command)) {
            for (int i = 0; i < session.queuedCommands().size(); i++) {
                if ((queuedFlags(dispatcher, session, i) & flag.bit()) == 0) {
                    return false;
                }
            }
        }
        return (flags & flag.bit()) != 0;
    }

    private static boolean isExec(Command command) {
        return command.name().equals("exec");
    }

    /** Commands that MULTI does not queue. */
    private static boolean leavesQueue(Command command) {
        return switch (command.name()) {
            case "exec", "discard", "multi", "watch", "quit", "reset" -> true;
            default -> false;
        };
    }

    private static boolean allowedSubscribed(Command command) {
        return switch (command.name()) {
            case "subscribe",
                    "psubscribe",
                    "ssubscribe",
                    "unsubscribe",
                    "punsubscribe",
                    "sunsubscribe",
                    "ping",
                    "quit",
                    "reset" ->
                    true;
            default -> false;
        };
    }
}
