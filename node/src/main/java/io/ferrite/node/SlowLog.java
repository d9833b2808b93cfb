package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.resp.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * Commands that were slow, or had a large request or reply: the latest ones, newest first, and
 * those with the largest value, largest first. Thread-safe; entered only by such commands.
 */
public final class SlowLog {

    private static final int ARGUMENTS_MAX = 32;
    private static final int ARGUMENT_BYTES_MAX = 128;

    /**
     * One command.
     *
     * @param value microseconds, or bytes
     */
    public record Entry(
            long id,
            long unixSeconds,
            long value,
            List<byte[]> arguments,
            String client,
            String name) {}

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final List<Entry> largest = new ArrayList<>();
    private long nextId;

    synchronized void add(
            Session session,
            Command command,
            Request request,
            long value,
            long nowMs,
            int maximum,
            int maximumLargest) {
        Entry entry =
                new Entry(
                        nextId++,
                        nowMs / 1000,
                        value,
                        arguments(command, request),
                        session.address(),
                        session.name());
        entries.addFirst(entry);
        while (entries.size() > maximum) {
            entries.removeLast();
        }
        addLargest(entry, maximumLargest);
    }

    private void addLargest(Entry entry, int maximum) {
        int at = largest.size();
        while (at > 0 && largest.get(at - 1).value() < entry.value()) {
            at--;
        }
        if (at < maximum) {
            largest.add(at, entry);
        }
        while (largest.size() > maximum) {
            largest.removeLast();
        }
    }

    /** A command's arguments as others may see them, cut short. */
    static List<byte[]> arguments(Command command, Request request) {
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

    static byte[] argument(Request request, int i) {
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
        return first(entries, count);
    }

    /** The entries with the largest values, likewise. */
    public synchronized List<Entry> largest(long count) {
        return first(largest, count);
    }

    private static List<Entry> first(Collection<Entry> entries, long count) {
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
        largest.clear();
    }
}
