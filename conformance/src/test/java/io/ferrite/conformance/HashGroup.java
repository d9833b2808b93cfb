package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/** Commands on hashes; fields drawn by chance are compared by number only. */
final class HashGroup implements CommandGroup {

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(22)) {
            case 0, 1, 2, 3, 4 -> set(draw, key);
            case 5 -> List.of("HSETNX", key, field(draw), draw.value());
            case 6 -> List.of("HGET", key, field(draw));
            case 7 -> many(draw, "HMGET", key);
            case 8, 9, 10 -> many(draw, "HDEL", key);
            case 11 -> List.of("HGETALL", key);
            case 12 -> List.of(draw.oneOf("HKEYS", "HVALS", "HLEN"), key);
            case 13 -> List.of(draw.oneOf("HEXISTS", "HSTRLEN"), key, field(draw));
            case 14, 15 -> List.of("HINCRBY", key, field(draw), draw.integer());
            case 16, 17 -> List.of("HINCRBYFLOAT", key, field(draw), draw.real());
            case 18 -> random(draw, key);
            case 19 -> SetGroup.scan(draw, "HSCAN", key);
            default -> odd(draw, key);
        };
    }

    @Override
    public Reply comparable(List<String> command, Reply reply) {
        if (!reply.isAggregate()) {
            return reply;
        }
        return switch (command.get(0)) {
            case "HGETALL" -> reply.sortedPairs();
            case "HKEYS", "HVALS" -> reply.sorted();
            case "HRANDFIELD" -> Reply.line(':', Integer.toString(reply.items().size()));
            case "HSCAN" ->
                    new Reply(
                            '*',
                            null,
                            List.of(reply.items().get(0), reply.items().get(1).sortedPairs()));
            default -> reply;
        };
    }

    /** One of few, so that it is met again. */
    private static String field(Draw draw) {
        return switch (draw.below(5)) {
            case 0, 1 -> draw.oneOf("a", "b", "01", "-7", "hello", "", "4294967296");
            case 2 -> draw.value();
            default -> Integer.toString(draw.below(20) - 5);
        };
    }

    private static List<String> set(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of(draw.oneOf("HSET", "HSET", "HMSET"), key));
        int most = draw.oneIn(12) ? 200 : 4;
        for (int left = 1 + draw.below(most); left > 0; left--) {
            command.add(most > 4 ? "f" + draw.below(900) : field(draw));
            command.add(draw.value());
        }
        if (draw.oneIn(20)) {
            command.add("more");
        }
        return command;
    }

    private static List<String> many(Draw draw, String name, String key) {
        List<String> command = new ArrayList<>(List.of(name, key));
        for (int left = 1 + draw.below(4); left > 0; left--) {
            command.add(field(draw));
        }
        return command;
    }

    private static List<String> random(Draw draw, String key) {
        List<String> command =
                new ArrayList<>(List.of("HRANDFIELD", key, SetGroup.randomCount(draw)));
        if (draw.oneIn(2)) {
            command.add(draw.oneIn(10) ? "BAD" : draw.anyCase("WITHVALUES"));
        }
        return command;
    }

    private static List<String> odd(Draw draw, String key) {
        return draw.oneOf(
                List.of(
                        List.of("HSET", key),
                        List.of("HGET", key),
                        List.of("HRANDFIELD", key, "1", "WITHVALUES", "2"),
                        List.of("HSCAN", key, "x"),
                        List.of("HINCRBY", key, "a"),
                        List.of("OBJECT", "ENCODING", key),
                        List.of("TYPE", key),
                        List.of("DEL", key)));
    }
}
