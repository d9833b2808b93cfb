package io.ferrite.node.module;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.engine.acl.Denial;
import io.ferrite.engine.acl.Gatekeeper;
import io.ferrite.module.Refusal;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyDecoder;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.resp.RespValue;
import io.ferrite.spec.CommandFlag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command of the server, called by a module inside the unit that its own command runs in. */
final class NestedCall {

    private final Node node;
    private final Dispatcher dispatcher;
    private final ExecutionUnit unit;

    NestedCall(Node node, Dispatcher dispatcher, ExecutionUnit unit) {
        this.node = node;
        this.dispatcher = dispatcher;
        this.unit = unit;
    }

    /** The error line, or null if it may run. */
    @Nullable String judge(@Nullable Command command, Request request, boolean mayWrite) {
        if (command == null) {
            return "ERR unknown command called by a module";
        }
        if (!command.accepts(request.count())) {
            return CommandError.arity(command.name()).getMessage();
        }
        if (command.is(CommandFlag.NOSCRIPT) || command.is(CommandFlag.MODULE)) {
            return "ERR command '" + command.name() + "' is not allowed on script mode";
        }
        Session session = unit.session();
        boolean obeyed = session.has(Session.LEADER);
        if (node.state().is(ServerState.STALE) && !command.is(CommandFlag.STALE)) {
            return "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to"
                    + " 'no'.";
        }
        Denial denial =
                node.engine()
                        .gatekeeper()
                        .judge(
                                unit.accessCheck(),
                                session,
                                command,
                                request,
                                Gatekeeper.Context.MODULE);
        if (denial != Denial.NONE) {
            return "NOPERM " + denial.text(session.user(), command.spec());
        }
        if (dispatcher.redirections() != null && !obeyed) {
            String elsewhere =
                    dispatcher
                            .redirections()
                            .judgeScript(dispatcher.loop(), session, command, request);
            if (elsewhere != null) {
                return "ERR " + elsewhere;
            }
        }
        if (!dispatcher.isWithin(unit.commandStripes(), session, command, request)) {
            return "ERR a module's command called '"
                    + command.name()
                    + "' on a key that it does not name";
        }
        return command.isWrite() ? judgeWrite(command, mayWrite, obeyed) : null;
    }

    private @Nullable String judgeWrite(Command command, boolean mayWrite, boolean obeyed) {
        if (!mayWrite) {
            return "ERR Write command '"
                    + command.name()
                    + "' was called while write is not"
                    + " allowed.";
        }
        if (!obeyed
                && node.state().is(ServerState.FOLLOWER)
                && node.state().is(ServerState.READ_ONLY)) {
            return "READONLY You can't write against a read only replica.";
        }
        if (command.is(CommandFlag.DENYOOM) && dispatcher.isOutOfMemory() && !obeyed) {
            return "OOM command not allowed when used memory > 'maxmemory'.";
        }
        return null;
    }

    /** Runs it; answers what {@link io.ferrite.module.Data#call} does, or a {@link Refusal}. */
    @Nullable Object run(Command command, Request request) {
        Command outer = unit.command();
        Request outerRequest = unit.request();
        boolean nested = unit.isNested();
        try (NativeReplyWriter reply = new NativeReplyWriter()) {
            ReplyWriter before = unit.exchangeReply(reply);
            unit.setNested(true);
            unit.effects().group();
            try {
                dispatcher.runNested(unit.session(), command, request);
            } finally {
                unit.setNested(nested);
                unit.exchangeReply(before);
                unit.resume(outer, outerRequest);
            }
            ReplyDecoder decoder = new ReplyDecoder();
            decoder.decode(reply.address(), 0, reply.length());
            return plain(decoder.value());
        }
    }

    /** The answer, unless it is an error. */
    static @Nullable Object orRefusal(@Nullable Object answer) {
        if (answer instanceof Refusal refusal) {
            throw refusal;
        }
        return answer;
    }

    private static @Nullable Object plain(RespValue value) {
        return switch (value) {
            case RespValue.Status status -> status.text();
            case RespValue.Failure failure -> new Refusal(failure.text());
            case RespValue.Int number -> number.value();
            case RespValue.Bool bool -> bool.value();
            case RespValue.Real real -> real.value();
            case RespValue.BigNumber big -> big.digits();
            case RespValue.Nil nil -> null;
            case RespValue.Bulk bulk -> bulk.bytes();
            case RespValue.Verbatim text -> text.bytes();
            case RespValue.ArrayOf array -> plain(array.elements());
            case RespValue.SetOf set -> plain(set.elements());
            case RespValue.MapOf map -> plain(map.keysAndValues());
            case RespValue.PushOf push -> plain(push.elements());
            default -> throw new IllegalStateException("a reply inside a unit: " + value);
        };
    }

    private static List<@Nullable Object> plain(List<RespValue> values) {
        List<@Nullable Object> all = new ArrayList<>(values.size());
        for (RespValue value : values) {
            all.add(plain(value));
        }
        return all;
    }
}
