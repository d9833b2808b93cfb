package io.ferrite.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Questions about all that is in a database, whose answers are the same where the data is. */
final class Dataset {

    private Dataset() {}

    /**
     * What to ask about the current database.
     *
     * @param types says which type each key has
     * @param encodings whether how values are kept must be the same too
     */
    static List<List<String>> questions(RespConnection types, boolean encodings)
            throws IOException {
        List<List<String>> questions = new ArrayList<>();
        questions.add(List.of("DBSIZE"));
        types.send(Draw.keys().stream().map(key -> List.of("TYPE", key)).toList());
        for (String key : Draw.keys()) {
            String type = types.read().text();
            questions.add(List.of("TYPE", key));
            questions.add(List.of("PEXPIRETIME", key));
            if (encodings) {
                questions.add(List.of("OBJECT", "ENCODING", key));
            }
            if (!type.equals("none")) {
                questions.add(valueOf(type, key));
            }
            if (type.equals("stream")) {
                questions.add(List.of("XINFO", "GROUPS", key));
                questions.add(List.of("XPENDING", key, "g"));
                questions.add(List.of("XPENDING", key, "h"));
            }
        }
        return questions;
    }

    /** The command that answers a whole value. */
    static List<String> valueOf(String type, String key) {
        return switch (type) {
            case "string" -> List.of("GET", key);
            case "list" -> List.of("LRANGE", key, "0", "-1");
            case "hash" -> List.of("HGETALL", key);
            case "set" -> List.of("SMEMBERS", key);
            case "zset" -> List.of("ZRANGE", key, "0", "-1", "WITHSCORES");
            default -> List.of("XRANGE", key, "-", "+");
        };
    }

    /** Names and last ids: how far a group has read is not passed on, nor who tried to. */
    private static Reply groups(Reply reply) {
        List<Reply> groups = new ArrayList<>();
        for (Reply group : reply.items()) {
            List<Reply> items = group.items();
            groups.add(new Reply('*', null, List.of(items.get(1), items.get(5), items.get(7))));
        }
        return new Reply('*', null, groups);
    }

    /** The answer in an order that does not depend on the server. */
    static Reply ask(RespConnection server, List<String> question) throws IOException {
        return askAll(server, List.of(question)).getFirst();
    }

    /** The answers to many questions, as {@link #ask}; they are asked at once. */
    static List<Reply> askAll(RespConnection server, List<List<String>> questions)
            throws IOException {
        server.send(questions);
        List<Reply> answers = new ArrayList<>();
        for (List<String> question : questions) {
            Reply reply = server.read();
            answers.add(
                    switch (question.get(0)) {
                        case "HGETALL" -> reply.sortedPairs();
                        case "SMEMBERS" -> reply.sorted();
                        case "XINFO" -> groups(reply);
                        case "ZRANGE" -> SortedSetGroup.withNumbers(reply);
                        default -> reply;
                    });
        }
        return answers;
    }
}
