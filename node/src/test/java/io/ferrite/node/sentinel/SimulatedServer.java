package io.ferrite.node.sentinel;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A server as a Sentinel meets it: answers what the test told it to, by the name of the command.
 */
final class SimulatedServer {

    private final int port;
    private final BiConsumer<Long, Runnable> timer;
    private final Map<String, String> answers = new HashMap<>();
    private final List<List<String>> received = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private boolean up = true;
    private boolean silent;

    SimulatedServer(int port, BiConsumer<Long, Runnable> timer) {
        this.port = port;
        this.timer = timer;
        answers.put("PING", "+PONG\r\n");
        answers.put("PUBLISH", ":1\r\n");
        answers.put("SUBSCRIBE", "*3\r\n$9\r\nsubscribe\r\n$18\r\n__sentinel__:hello\r\n:1\r\n");
        info("role:master");
    }

    /** From now on a command is answered so. */
    SimulatedServer answers(String command, String reply) {
        answers.put(command, reply);
        return this;
    }

    /** From now on INFO says these lines, and a run id. */
    SimulatedServer info(String... lines) {
        return infoOfRun(Integer.toString(port).repeat(40).substring(0, 40), lines);
    }

    /** From now on INFO says these lines, as a process with this run id. */
    SimulatedServer infoOfRun(String runId, String... lines) {
        String text = "run_id:" + runId + "\r\n" + String.join("\r\n", lines) + "\r\n";
        return answers("INFO", "$" + text.length() + "\r\n" + text + "\r\n");
    }

    /** Still there, but answers nothing. */
    void silent(boolean is) {
        silent = is;
    }

    boolean isUp() {
        return up;
    }

    /** Ends: its connections break, new ones are refused. */
    void stop() {
        up = false;
        for (Connection connection : List.copyOf(connections)) {
            connection.close();
        }
    }

    void start() {
        up = true;
    }

    /** The commands that came in so far. */
    List<List<String>> received() {
        return received;
    }

    /** The last command of a name, or null. */
    List<String> last(String command) {
        List<String> found = null;
        for (List<String> words : received) {
            found = words.getFirst().equalsIgnoreCase(command) ? words : found;
        }
        return found;
    }

    void accept(LinkEvents events) {
        Connection connection = new Connection(events);
        connections.add(connection);
        events.opened(connection);
    }

    private final class Connection implements Link {
        private final LinkEvents events;
        private boolean closed;

        Connection(LinkEvents events) {
            this.events = events;
        }

        @Override
        public void send(byte[] bytes) {
            for (List<String> words : split(new String(bytes, StandardCharsets.ISO_8859_1))) {
                received.add(words);
                String answer =
                        answers.getOrDefault(words.getFirst().toUpperCase(Locale.ROOT), "+OK\r\n");
                timer.accept(1L, () -> deliver(answer));
            }
        }

        private void deliver(String text) {
            if (closed || silent) {
                return;
            }
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            long at = SharedSlab.take(bytes.length, MemoryTag.CLIENT);
            Memory.copyIn(bytes, 0, at, bytes.length);
            events.received(at, bytes.length);
            SharedSlab.give(at, bytes.length, MemoryTag.CLIENT);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                connections.remove(this);
                timer.accept(0L, events::closed);
            }
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public String remoteText() {
            return "127.0.0.1:" + port;
        }

        @Override
        public String localText() {
            return "127.0.0.1:40000";
        }
    }

    /** The commands in a run of whole requests without line ends in their words. */
    private static List<List<String>> split(String text) {
        List<List<String>> commands = new ArrayList<>();
        String[] lines = text.split("\r\n", -1);
        int at = 0;
        while (at < lines.length && lines[at].startsWith("*")) {
            int count = Integer.parseInt(lines[at].substring(1));
            List<String> words = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                words.add(lines[at + 2 + 2 * i]);
            }
            commands.add(words);
            at += 1 + 2 * count;
        }
        return commands;
    }
}
