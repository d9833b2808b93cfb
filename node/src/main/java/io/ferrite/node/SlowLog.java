package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.resp.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The commands that took longest to notice, newest first. Thread-safe; entered only by slow
 * commands.
 */
public final class SlowLog {

    private static final int ARGUMENTS_MAX = 32;
    private static final int ARGUMENT_BYTES_MAX = 128;

    /** One slow command. */
    public record Entry(
            long id,
            long unixSeconds,
            long micros,
            List<byte[]> arguments,
            String client,
            String name) {}

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long nextId;

    synchronized void add(
            Session session,
            Command command,
            Request request,
            long micros,
            long nowMs,
            int maximum) {
        entries.addFirst(
                new Entry(
                        nextId++,
                        nowMs / 1000,
                        micros,
                        arguments(command, request),
                        session.address(),
                        session.name()));
        while (entries.size() > maximum) {
            entries.removeLast();
        }
    }

    private static List<byte[]> arguments(Command command, Request request) {
        BitSet secrets = Secrets.of(command, request);
        int count = Math.min(request.count(), ARGUMENTS_MAX);
        List<byte[]> copies = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (i == ARGUMENTS_MAX - 1 && request.count() > ARGUMENTS_MAX) {
                int more = request.count() - ARGUMENTS_MAX + 1;
                copies.add(text("... (" + more + " more arguments)"));
            } else if (secrets.get(i)) {
                copies.add(text(Secrets.INSTEAD));
            } else {
                copies.add(argument(request, i));
            }
        }
        return copies;
    }

    private static byte[] argument(Request request, int i) {
        int length = request.length(i);
        if (length <= ARGUMENT_BYTES_MAX) {
            return Memory.toBytes(request.address(i), length);
        }
        String head =
                new String(
                        Memory.toBytes(request.address(i), ARGUMENT_BYTES_MAX),
                        StandardCharsets.ISO_8859_1);
        return text(head + "... (" + (length - ARGUMENT_BYTES_MAX) + " more bytes)");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The newest entries, at most {@code count}; a negative count means all. */
    public synchronized List<Entry> newest(long count) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries) {
            if (count >= 0 && found.size() >= count) {
                break;
            }
            found.add(entry);
        }
        return found;
    }

    public synchronized int size() {
        return entries.size();
    }

    public synchronized void reset() {
        entries.clear();
    }
}
