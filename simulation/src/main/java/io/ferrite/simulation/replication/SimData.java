package io.ferrite.simulation.replication;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tiny data set whose only write is not idempotent, so that a lost, doubled or reordered command
 * shows.
 */
final class SimData {

    private TreeMap<String, Long> values = new TreeMap<>();
    private long digest;

    /** A number that depends on every write and on their order. */
    long digest() {
        return digest;
    }

    Map<String, Long> values() {
        return values;
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    void bump(int database, String key) {
        String full = database + ":" + key;
        long value = values.merge(full, 1L, Long::sum);
        digest = digest * 1_000_003 + full.hashCode() * 31L + value;
    }

    /** All of it, and the database that the stream is in. */
    byte[] copy(int database) {
        StringBuilder out = new StringBuilder();
        out.append(digest).append(' ').append(database).append('\n');
        for (Map.Entry<String, Long> e : values.entrySet()) {
            out.append(e.getKey()).append(' ').append(e.getValue()).append('\n');
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Becomes what was copied; returns the database that the stream was in. */
    int load(byte[] copy) {
        String[] lines = new String(copy, StandardCharsets.UTF_8).split("\n");
        String[] head = lines[0].split(" ");
        TreeMap<String, Long> next = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] words = lines[i].split(" ");
            next.put(words[0], Long.parseLong(words[1]));
        }
        digest = Long.parseLong(head[0]);
        values = next;
        return Integer.parseInt(head[1]);
    }
}
