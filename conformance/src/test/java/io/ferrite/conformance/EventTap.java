package io.ferrite.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Listens to the keyspace events of a server, key misses and new keys among them. */
final class EventTap implements AutoCloseable {

    private static final String MARKER = "fuzz:marker";

    private final RespConnection connection;

    /** Not the one that is listened to for: that may be in a transaction. */
    private final RespConnection commands;

    private int markers;

    EventTap(int port) throws IOException {
        commands = new RespConnection(port);
        commands.call("CONFIG", "SET", "notify-keyspace-events", "EAmn");
        connection = new RespConnection(port);
        connection.call("PSUBSCRIBE", "__keyevent@*", MARKER);
        connection.read(); // the second confirmation
    }

    /** Events since the last call, each as {@code database:event key}, in their order. */
    List<String> drain() throws IOException {
        String marker = Integer.toString(++markers);
        commands.call("PUBLISH", MARKER, marker);
        List<String> events = new ArrayList<>();
        while (true) {
            List<Reply> message = connection.read().items();
            String channel = message.get(2).text();
            String key = message.get(3).text();
            if (channel.equals(MARKER)) {
                if (key.equals(marker)) {
                    return events;
                }
            } else {
                String event = channel.replace("__keyevent@", "").replace("__", "");
                events.add(event + " " + Words.readable(key));
            }
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
        commands.close();
    }
}
