package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandFlag;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.concurrent.CopyOnWriteArrayList;

/** The clients that run MONITOR. Thread-safe. */
public final class Monitors {

    /** Of a longer argument only the beginning is shown: a line is made on the heap. */
    private static final int ARGUMENT_MAX = 1 << 20;

    private final ServerState state;
    private final Environment environment;
    private final CopyOnWriteArrayList<Session> sessions = new CopyOnWriteArrayList<>();

    Monitors(ServerState state, Environment environment) {
        this.state = state;
        this.environment = environment;
    }

    public void add(Session session) {
        sessions.addIfAbsent(session);
        state.set(ServerState.MONITORED, true);
    }

    public void remove(Session session) {
        if (sessions.remove(session) && sessions.isEmpty()) {
            state.set(ServerState.MONITORED, false);
        }
    }

    /** Shows a command that ran to every monitor, unless it is one for operators only. */
    void feed(Session session, Command command, Request request) {
        if (command.is(CommandFlag.SKIP_MONITOR) || command.is(CommandFlag.ADMIN)) {
            return;
        }
        feedRunner(session, command, request);
    }

    /** As {@link #feed}, for a command that asks for it itself. */
    void feedRunner(Session session, Command command, Request request) {
        long micros = environment.nowMicros();
        BitSet secrets = Secrets.of(command, request);
        StringBuilder line = new StringBuilder(96);
        line.append('+').append(micros / 1_000_000).append('.');
        String fraction = Long.toString(1_000_000 + micros % 1_000_000);
        line.append(fraction, 1, 7).append(" [").append(session.database()).append(' ');
        line.append(peer(session)).append(']');
        for (int i = 0; i < request.count(); i++) {
            line.append(" \"");
            if (secrets.get(i)) {
                line.append(Secrets.INSTEAD);
            } else {
                quote(line, request, i);
            }
            line.append('"');
        }
        byte[] message = line.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        for (Session monitor : sessions) {
            monitor.outbox().push(message);
        }
    }

    private static String peer(Session session) {
        if (session.has(Session.SCRIPT)) {
            return "lua";
        }
        if (session.has(Session.UNIX_SOCKET)) {
            String address = session.address(); // path:0
            return "unix:" + address.substring(0, address.lastIndexOf(':'));
        }
        return session.address();
    }

    private static void quote(StringBuilder line, Request request, int i) {
        int shown = Math.min(request.length(i), ARGUMENT_MAX);
        byte[] bytes = Memory.toBytes(request.address(i), shown);
        for (byte b : bytes) {
            switch (b) {
                case '\\' -> line.append("\\\\");
                case '"' -> line.append("\\\"");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                case 7 -> line.append("\\a");
                case '\b' -> line.append("\\b");
                default -> {
                    if (b >= ' ' && b < 127) {
                        line.append((char) b);
                    } else {
                        line.append("\\x").append(HexFormat.of().toHexDigits(b));
                    }
                }
            }
        }
        if (shown < request.length(i)) {
            line.append("... (").append(request.length(i) - shown).append(" more bytes)");
        }
    }
}
