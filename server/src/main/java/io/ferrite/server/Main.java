package io.ferrite.server;

import java.util.Arrays;
import java.util.List;

/** The one entry of the program: the first word names the role, the rest are that role's words. */
public final class Main {

    private Main() {}

    public static void main(String[] words) {
        if (words.length == 0) {
            StandardStreams.complain(
                    "ferrite: which role? server, sentinel, check-aof, check-rdb\n");
            System.exit(1);
        }
        List<String> rest = Arrays.asList(words).subList(1, words.length);
        switch (words[0]) {
            case "server" -> {
                if (!rest.isEmpty() && rest.getFirst().equals("--check-rdb")) {
                    List<String> names = rest.subList(1, rest.size());
                    System.exit(CheckRdbRole.run("ferrite-server --check-rdb", names));
                }
                ServerRole.run(rest);
            }
            case "check-aof" -> System.exit(CheckAofRole.run("ferrite-check-aof", rest));
            case "check-rdb" -> System.exit(CheckRdbRole.run("ferrite-check-rdb", rest));
            case "sentinel" -> ServerRole.runSentinel(rest);
            default -> {
                StandardStreams.complain("ferrite: the role '" + words[0] + "' is not there yet\n");
                System.exit(1);
            }
        }
    }
}
