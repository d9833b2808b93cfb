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
                // Since 7.2 whoever tries to read becomes a consumer, before only who was given
                // something.
                if (!event.endsWith(":xgroup-createconsumer")
                        && !event.endsWith(":xgroup-delconsumer")) {
                    add(events, event + " " + Words.readable(key));
                }
            }
        }
    }

    /**
     * Misses in a row come in the order of their keys: one command may look for many in the order
     * of a set, which differs.
     */
    private static void add(List<String> events, String event) {
        int at = events.size();
        if (isMiss(event)) {
            while (at > 0
                    && isMiss(events.get(at - 1))
                    && events.get(at - 1).compareTo(event) > 0) {
                at--;
            }
        }
        events.add(at, event);
    }

    private static boolean isMiss(String event) {
        return event.contains(":keymiss ");
    }

    @Override
    public void close() throws IOException {
        connection.close();
        commands.close();
    }
}
