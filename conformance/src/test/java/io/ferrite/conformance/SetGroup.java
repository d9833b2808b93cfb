package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Commands on sets. What is drawn by chance is compared by number only, and popped only where all
 * of it is: else the servers' data would part.
 */
final class SetGroup implements CommandGroup {

    private static final Set<String> ANY_ORDER =
            Set.of("SMEMBERS", "SINTER", "SUNION", "SDIFF", "SPOP");

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(24)) {
            case 0, 1, 2, 3, 4 -> many(draw, "SADD", key);
            case 5, 6, 7 -> many(draw, "SREM", key);
            case 8 -> List.of("SISMEMBER", key, member(draw));
            case 9 -> many(draw, "SMISMEMBER", key);
            case 10 -> List.of("SCARD", key);
            case 11 -> List.of("SMEMBERS", key);
            case 12, 13 -> List.of("SMOVE", key, draw.key(), member(draw));
            case 14, 15 -> keys(draw, draw.oneOf("SINTER", "SUNION", "SDIFF"), key);
            case 16, 17, 18 ->
                    keys(draw, draw.oneOf("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"), key);
            case 19 -> card(draw);
            case 20 -> draw.oneIn(4) ? List.of("SPOP", key, popped(draw)) : List.of("SCARD", key);
            case 21 -> List.of("SRANDMEMBER", key, randomCount(draw));
            case 22 -> scan(draw, "SSCAN", key);
            default -> odd(draw, key);
        };
    }

    @Override
    public Reply comparable(List<String> command, Reply reply) {
        if (ANY_ORDER.contains(command.get(0))) {
            return reply.sorted();
        }
        if (command.get(0).equals("SRANDMEMBER") && reply.isAggregate()) {
            return Reply.line(':', Integer.toString(reply.items().size()));
        }
        if (command.get(0).equals("SSCAN") && reply.isAggregate()) {
            return new Reply(
                    '*', null, List.of(reply.items().get(0), reply.items().get(1).sorted()));
        }
        return reply;
    }

    /** Far below zero the reference would be busy for years; ours refuses that. */
    static String randomCount(Draw draw) {
        return draw.oneIn(10)
                ? draw.oneOf("9223372036854775807", "2147483648", "x", "", "1.5", "-0", " 1")
                : Integer.toString(draw.below(14) - 5);
    }

    private static String popped(Draw draw) {
        return draw.oneOf("1000", "9223372036854775807", "0", "-1", "x", "");
    }

    /** One of few, so that it is met again. */
    private static String member(Draw draw) {
        return switch (draw.below(6)) {
            case 0, 1 -> draw.oneOf("a", "b", "01", "-7", "70000", "hello", "", "-0", "4294967296");
            case 2 -> draw.value();
            default -> Integer.toString(draw.below(40) - 5);
        };
    }

    private static List<String> many(Draw draw, String name, String key) {
        List<String> command = new ArrayList<>(List.of(name, key));
        int most = draw.oneIn(12) ? 150 : 4;
        for (int left = 1 + draw.below(most); left > 0; left--) {
            command.add(most > 4 ? Integer.toString(draw.below(400)) : member(draw));
        }
        return command;
    }

    private static List<String> keys(Draw draw, String name, String key) {
        List<String> command = new ArrayList<>(List.of(name, key));
        for (int left = 1 + draw.below(4); left > 0; left--) {
            command.add(draw.key());
        }
        return command;
    }

    private static List<String> card(Draw draw) {
        int keys = 1 + draw.below(3);
        List<String> command = new ArrayList<>(List.of("SINTERCARD"));
        command.add(draw.oneIn(8) ? draw.oneOf("0", "-1", "x", "", "9") : Integer.toString(keys));
        for (int i = 0; i < keys; i++) {
            command.add(draw.key());
        }
        if (draw.oneIn(2)) {
            command.add(draw.anyCase("LIMIT"));
            if (!draw.oneIn(10)) {
                command.add(draw.small());
            }
        }
        return command;
    }

    /** From the start, and all at once: where a walk stands is each server's own affair. */
    static List<String> scan(Draw draw, String name, String key) {
        List<String> command = new ArrayList<>(List.of(name, key, "0", "COUNT", "100000"));
        if (draw.oneIn(2)) {
            command.addAll(List.of(draw.anyCase("MATCH"), draw.pattern()));
        }
        if (draw.oneIn(12)) {
            command.add(draw.oneOf("COUNT", "MATCH", "BAD", ""));
        }
        return command;
    }

    private static List<String> odd(Draw draw, String key) {
        return draw.oneOf(
                List.of(
                        List.of("SADD", key),
                        List.of("SPOP", key, "1", "2"),
                        List.of("SRANDMEMBER", key, "1", "2"),
                        List.of("SMOVE", key, key),
                        List.of("SINTERSTORE", key),
                        List.of("TYPE", key),
                        List.of("SORT", key, "ALPHA"),
                        List.of("DEL", key)));
    }
}
