package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.node.config.NumberOption;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandFlag;

/**
 * The logs that SLOWLOG and COMMANDLOG show. Commands are compared with thresholds on their event
 * loop; only those over one come here. Thread-safe.
 */
public final class NotableCommands {

    /** What a command may be notable for. */
    public enum Kind {
        SLOW(ServerOptions.SLOWLOG_MAX_LEN, ServerOptions.COMMANDLOG_SLOW_MAGNITUDE_MAX_LEN),
        LARGE_REQUEST(
                ServerOptions.COMMANDLOG_LARGE_REQUEST_MAX_LEN,
                ServerOptions.COMMANDLOG_LARGE_REQUEST_MAGNITUDE_MAX_LEN),
        LARGE_REPLY(
                ServerOptions.COMMANDLOG_LARGE_REPLY_MAX_LEN,
                ServerOptions.COMMANDLOG_LARGE_REPLY_MAGNITUDE_MAX_LEN);

        private final NumberOption most;
        private final NumberOption mostLargest;

        Kind(NumberOption most, NumberOption mostLargest) {
            this.most = most;
            this.mostLargest = mostLargest;
        }
    }

    private final Settings settings;
    private final Environment environment;
    private final SlowLog[] logs = new SlowLog[Kind.values().length];
    private volatile long requestBytes = Long.MAX_VALUE;
    private volatile long replyBytes = Long.MAX_VALUE;

    NotableCommands(Settings settings, Environment environment) {
        this.settings = settings;
        this.environment = environment;
        for (int i = 0; i < logs.length; i++) {
            logs[i] = new SlowLog();
        }
    }

    public SlowLog log(Kind kind) {
        return logs[kind.ordinal()];
    }

    /** Takes the thresholds of sizes; negative for none. */
    void setSizes(long request, long reply) {
        requestBytes = request < 0 ? Long.MAX_VALUE : request;
        replyBytes = reply < 0 ? Long.MAX_VALUE : reply;
    }

    /**
     * A command ran: notes it if its request or reply was large.
     *
     * @param written bytes of its reply
     */
    void sizes(Session session, Command command, Request request, long written) {
        if (written >= replyBytes) {
            add(Kind.LARGE_REPLY, session, command, request, written);
        }
        if (request.receivedBytes() >= requestBytes) {
            add(Kind.LARGE_REQUEST, session, command, request, request.receivedBytes());
        }
    }

    /** Notes a command, unless it is never to be shown. */
    void add(Kind kind, Session session, Command command, Request request, long value) {
        if (!command.is(CommandFlag.SKIP_SLOWLOG)) {
            log(kind)
                    .add(
                            session,
                            command,
                            request,
                            value,
                            environment.nowMs(),
                            settings.getInt(kind.most),
                            settings.getInt(kind.mostLargest));
        }
    }
}
