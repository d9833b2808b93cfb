package io.ferrite.simulation.replication;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Just enough of the protocol for the simulation: arrays of bulk strings, and lines. */
final class Commands {

    /**
     * @param words none for an empty line
     */
    record Parsed(List<String> words, int end) {}

    private Commands() {}

    /** The command at {@code from}, or null if it is not complete. */
    static Parsed parse(byte[] bytes, int from) {
        int[] at = {from};
        String head = line(bytes, at);
        if (head == null) {
            return null;
        }
        if (!head.startsWith("*")) {
            return new Parsed(head.isEmpty() ? List.of() : List.of(head.split(" ")), at[0]);
        }
        List<String> words = new ArrayList<>();
        int count = Integer.parseInt(head.substring(1));
        for (int i = 0; i < count; i++) {
            String size = line(bytes, at);
            if (size == null) {
                return null;
            }
            int length = Integer.parseInt(size.substring(1));
            if (at[0] + length + 2 > bytes.length) {
                return null;
            }
            words.add(new String(bytes, at[0], length, StandardCharsets.UTF_8));
            at[0] += length + 2;
        }
        return new Parsed(words, at[0]);
    }

    private static String line(byte[] bytes, int[] at) {
        for (int i = at[0]; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                int end = i > at[0] && bytes[i - 1] == '\r' ? i - 1 : i;
                String text = new String(bytes, at[0], end - at[0], StandardCharsets.UTF_8);
                at[0] = i + 1;
                return text;
            }
        }
        return null;
    }
}
