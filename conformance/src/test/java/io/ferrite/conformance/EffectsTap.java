package io.ferrite.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads what a server tells its followers, as one of them. */
final class EffectsTap implements AutoCloseable {

    private static final String MARKER = "fuzz:effects";

    private final RespConnection stream;
    private final RespConnection commands;
    private String database = "0";
    private int markers;

    EffectsTap(int port) throws IOException {
        commands = new RespConnection(port);
        commands.call("CONFIG", "SET", "repl-diskless-sync-delay", "0");
        stream = new RespConnection(port);
        stream.call("REPLCONF", "capa", "eof", "capa", "psync2");
        stream.call("PSYNC", "?", "-1");
        stream.skipCopy();
    }

    /**
     * Commands since the last call, each as {@code database:command}. What only keeps the link
     * alive is left out.
     */
    List<String> drain() throws IOException {
        String marker = Integer.toString(++markers);
        commands.call("PUBLISH", MARKER, marker);
        stream.send(List.of(List.of("REPLCONF", "ACK", "0")));
        List<String> effects = new ArrayList<>();
        while (true) {
            List<String> words = stream.read().items().stream().map(Reply::text).toList();
            switch (words.get(0).toUpperCase(Locale.ROOT)) {
                case "SELECT" -> database = words.get(1);
                case "PING", "REPLCONF" -> {}
                case "PUBLISH" -> {
                    if (words.get(1).equals(MARKER) && words.get(2).equals(marker)) {
                        return effects;
                    }
                }
                default -> {
                    if (!mayHaveFailed(words)) {
                        effects.add(database + ":" + Words.readable(comparable(words)));
                    }
                }
            }
        }
    }

    /**
     * With what a client may spell in several ways spelt in one, and moments of this year made
     * equal.
     */
    private static List<String> comparable(List<String> words) {
        List<String> command = new ArrayList<>(words);
        command.replaceAll(word ->
                word.matches("1[6-9]\\d{11}")
                        ? "moment"
                        : word.matches("[a-zA-Z]{2,11}") ? word.toUpperCase(Locale.ROOT) : word);
        // What an expiry or a SET depends on has been judged; ours does not pass it on.
        return switch (command.get(0)) {
            case "PEXPIREAT" -> command.subList(0, 3);
            case "SET" -> withoutCondition(command);
            default -> command;
        };
    }

    private static List<String> withoutCondition(List<String> set) {
        set.subList(3, set.size()).removeIf(word -> word.equals("NX") || word.equals("XX"));
        boolean twice = set.size() == 5 && set.get(4).equals("KEEPTTL");
        return twice ? set.subList(0, 4) : set;
    }

    /** A BITFIELD of which nothing may be written: the reference may have kept it to itself. */
    private static boolean mayHaveFailed(List<String> words) {
        return words.get(0).equalsIgnoreCase("BITFIELD")
                && words.stream().anyMatch(word -> word.equalsIgnoreCase("FAIL"));
    }

    @Override
    public void close() throws IOException {
        stream.close();
        commands.close();
    }
}
