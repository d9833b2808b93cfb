package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.node.log.LogLevel;
import io.ferrite.node.log.LogSink;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandFlag;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * The audit log: who came in, who was refused what, which commands of administration ran. One JSON
 * object a line; what is secret is never in it. Thread-safe; costs one load while it is off.
 */
public final class Audit {

    private final Environment environment;
    private volatile LogSink sink;

    Audit(Environment environment) {
        this.environment = environment;
    }

    /** From now on lines go there; null for nowhere. */
    public void useSink(LogSink sink) {
        this.sink = sink;
    }

    /** A client is in as another user than before. */
    public void login(Session session, String how) {
        if (sink != null) {
            write(line("login", session).put("how", how));
        }
    }

    /** A client gave the wrong password, or a user that there is not. */
    public void loginFailed(Session session, String name) {
        if (sink != null) {
            write(line("login-failed", session).put("as", name));
        }
    }

    /** A client may not do what it wanted to. */
    public void denied(Session session, String why, String object) {
        if (sink != null) {
            write(line("denied", session).put("why", why).put("object", object));
        }
    }

    /** A command ran; only those of administration are of interest. */
    void ran(Session session, Command command, Request request) {
        if (command.is(CommandFlag.ADMIN) && sink != null && !session.has(Session.LEADER)) {
            write(line("command", session).putAll("arguments", arguments(command, request)));
        }
    }

    private static List<byte[]> arguments(Command command, Request request) {
        List<byte[]> shown = SlowLog.arguments(command, request);
        if (command.name().equals("acl|setuser") && shown.size() > 2) {
            // Whose rights change is no secret; how may hold a password.
            shown.set(2, SlowLog.argument(request, 2));
        }
        return shown;
    }

    private Line line(String event, Session session) {
        Instant now = Instant.ofEpochMilli(environment.nowMs());
        return new Line()
                .put("time", now.truncatedTo(ChronoUnit.MILLIS).toString())
                .put("event", event)
                .put("user", session.user().name())
                .put("client", session.address())
                .put("name", session.name());
    }

    private void write(Line line) {
        LogSink to = sink;
        if (to != null) {
            String text = line.end();
            to.append(LogLevel.NOTICE, text + "\n", text);
        }
    }

    /** One line; bytes that are no visible ASCII are escaped, so that it stays one. */
    private static final class Line {

        private final StringBuilder out = new StringBuilder("{");

        Line put(String name, String value) {
            key(name);
            text(value);
            return this;
        }

        Line putAll(String name, List<byte[]> values) {
            key(name);
            out.append('[');
            for (int i = 0; i < values.size(); i++) {
                out.append(i == 0 ? "" : ",");
                text(new String(values.get(i), StandardCharsets.ISO_8859_1));
            }
            out.append(']');
            return this;
        }

        private void key(String name) {
            if (out.length() > 1) {
                out.append(',');
            }
            text(name);
            out.append(':');
        }

        private void text(String text) {
            out.append('"');
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"' || c == '\\') {
                    out.append('\\').append(c);
                } else if (c >= ' ' && c <= '~') {
                    out.append(c);
                } else {
                    out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                }
            }
            out.append('"');
        }

        String end() {
            return out.append('}').toString();
        }
    }
}
