package io.ferrite.server;

import io.ferrite.memory.Memory;
import io.ferrite.net.Acceptor;
import io.ferrite.net.Connection;
import io.ferrite.net.ConnectionHandler;
import io.ferrite.node.Node;
import io.ferrite.node.metrics.MetricsPage;
import io.ferrite.node.metrics.Readiness;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers monitoring over HTTP: {@code /metrics}, {@code /healthz}, {@code /readyz}. One request a
 * connection, GET or HEAD, a head of some kilobytes, no body, a few seconds, a few connections at a
 * time: whatever else comes is refused and closed. Nothing that is sent here is a command.
 */
final class MetricsDoor implements Acceptor {

    static final int MOST_CONNECTIONS = 32;
    static final int MOST_HEAD_BYTES = 8 << 10;
    private static final long PATIENCE_MS = 10_000;

    private final Node node;
    private final Later later;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param later ends visits that take too long
     */
    MetricsDoor(Node node, Later later) {
        this.node = node;
        this.later = later;
    }

    /** Runs an action on an event loop after a while. */
    @FunctionalInterface
    interface Later {
        void run(int loop, long delayMs, Runnable action);
    }

    @Override
    public ConnectionHandler accepted(Connection connection) {
        if (open.incrementAndGet() > MOST_CONNECTIONS) {
            open.decrementAndGet();
            return null;
        }
        later.run(connection.loop(), PATIENCE_MS, connection::close);
        return new Visit(connection);
    }

    /** What is answered. */
    record Answer(String status, String type, String body) {

        static Answer plain(String status, String body) {
            return new Answer(status, "text/plain; charset=utf-8", body + "\n");
        }
    }

    /** One request and its answer. */
    private final class Visit implements ConnectionHandler {

        private final Connection connection;
        private boolean answered;

        Visit(Connection connection) {
            this.connection = connection;
        }

        @Override
        public int received(long base, int from, int to) {
            if (answered) {
                return to;
            }
            int length = Math.min(to - from, MOST_HEAD_BYTES);
            String head =
                    new String(Memory.toBytes(base + from, length), StandardCharsets.ISO_8859_1);
            int end = head.indexOf("\r\n\r\n");
            if (end < 0) {
                end = head.indexOf("\n\n"); // by hand, over a terminal
            }
            if (end >= 0) {
                answer(head.substring(0, end));
                return to;
            }
            if (length == MOST_HEAD_BYTES) {
                send(Answer.plain("431 Request Header Fields Too Large", "too long"), true);
                return to;
            }
            return from; // more is to come
        }

        private void answer(String head) {
            String[] lines = head.split("\r?\n");
            String[] words = lines[0].split(" ", -1);
            boolean isGet = words[0].equals("GET");
            if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
                send(Answer.plain("400 Bad Request", "no request of HTTP/1"), true);
            } else if (!isGet && !words[0].equals("HEAD")) {
                send(Answer.plain("405 Method Not Allowed", "GET or HEAD"), true);
            } else if (hasBody(lines)) {
                send(Answer.plain("413 Content Too Large", "no body is taken"), true);
            } else {
                send(page(words[1]), isGet);
            }
        }

        private static boolean hasBody(String[] lines) {
            for (String line : lines) {
                String lower = line.toLowerCase(Locale.ROOT).replace(" ", "");
                if (lower.startsWith("transfer-encoding:")
                        || lower.startsWith("content-length:")
                                && !lower.equals("content-length:0")) {
                    return true;
                }
            }
            return false;
        }

        private void send(Answer answer, boolean withBody) {
            answered = true;
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            String head =
                    "HTTP/1.1 "
                            + answer.status()
                            + "\r\nContent-Type: "
                            + answer.type()
                            + "\r\nContent-Length: "
                            + body.length
                            + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
            connection.send(head.getBytes(StandardCharsets.US_ASCII));
            if (withBody) {
                connection.send(body);
            }
            connection.closeAfterFlush();
        }

        @Override
        public void readComplete() {}

        @Override
        public void closed() {
            open.decrementAndGet();
        }
    }

    private Answer page(String target) {
        int query = target.indexOf('?');
        return switch (query < 0 ? target : target.substring(0, query)) {
            case "/metrics" ->
                    new Answer(
                            "200 OK",
                            "text/plain; version=0.0.4; charset=utf-8",
                            MetricsPage.of(node));
            case "/healthz" -> Answer.plain("200 OK", "ok");
            case "/readyz" -> {
                List<String> obstacles = Readiness.obstacles(node);
                yield obstacles.isEmpty()
                        ? Answer.plain("200 OK", "ready")
                        : Answer.plain("503 Service Unavailable", String.join("\n", obstacles));
            }
            default -> Answer.plain("404 Not Found", "/metrics, /healthz or /readyz");
        };
    }
}
