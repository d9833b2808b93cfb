package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * Commands on sorted sets. Scores are compared as numbers: 7.0 prints seventeen digits of them, 7.2
 * as many as are needed.
 */
final class SortedSetGroup implements CommandGroup {

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(39)) {
            case 0, 1, 2, 3, 4, 5, 6 -> add(draw, key);
            case 7, 8 -> List.of("ZINCRBY", key, score(draw), member(draw));
            case 9, 10 -> several(draw, draw.oneOf("ZREM", "ZREM", "ZMSCORE"), key);
            case 11 -> List.of(draw.oneOf("ZCARD", "ZSCORE"), key, member(draw)).subList(0, 2);
            case 12 -> List.of(draw.oneOf("ZSCORE", "ZRANK", "ZREVRANK"), key, member(draw));
            case 13 -> List.of("ZCOUNT", key, scoreBound(draw), scoreBound(draw));
            case 14 -> List.of("ZLEXCOUNT", words(draw), wordBound(draw), wordBound(draw));
            case 15, 16, 17, 18 -> range(draw, List.of("ZRANGE"), key);
            case 19, 20 -> range(draw, List.of("ZRANGESTORE", draw.key()), key);
            case 21, 22 -> oldRange(draw, key);
            case 23 -> List.of("ZREMRANGEBYSCORE", key, scoreBound(draw), scoreBound(draw));
            case 24 -> List.of("ZREMRANGEBYRANK", key, rank(draw), rank(draw));
            case 25 -> List.of("ZREMRANGEBYLEX", words(draw), wordBound(draw), wordBound(draw));
            case 26, 27 -> pop(draw, key);
            case 28, 29 -> combine(draw, List.of(draw.oneOf("ZUNION", "ZINTER", "ZDIFF")));
            case 30, 31 ->
                    combine(
                            draw,
                            List.of(
                                    draw.oneOf("ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"),
                                    draw.key()));
            case 32 -> combine(draw, List.of("ZINTERCARD"));
            case 33 -> random(draw, key);
            case 34 -> SetGroup.scan(draw, "ZSCAN", key);
            case 35 -> odd(draw, key);
            default -> addWords(draw);
        };
    }

    @Override
    public Reply comparable(List<String> command, Reply reply) {
        Reply numbers = withNumbers(reply);
        if (!reply.isAggregate()) {
            return numbers;
        }
        return switch (command.get(0)) {
            case "ZRANDMEMBER" -> Reply.line(':', Integer.toString(reply.items().size()));
            case "ZSCAN" ->
                    new Reply(
                            '*',
                            null,
                            List.of(numbers.items().get(0), numbers.items().get(1).sortedPairs()));
            default -> numbers;
        };
    }

    /** The reply with every number of many digits as this machine prints it. */
    static Reply withNumbers(Reply reply) {
        if (reply.isAggregate()) {
            List<Reply> items = reply.items().stream().map(SortedSetGroup::withNumbers).toList();
            return new Reply(reply.type(), null, items);
        }
        String text = reply.text();
        if (text == null || !text.matches("-?[0-9]+(\\.[0-9]+)?(e[-+]?[0-9]+)?")) {
            return reply;
        }
        return Reply.line(reply.type(), Double.toString(Double.parseDouble(text)));
    }

    // ------------------------------------------------------------------------------ arguments

    /** One of few, so that it is met again. */
    private static String member(Draw draw) {
        return switch (draw.below(6)) {
            case 0 -> draw.oneOf("a", "aa", "ab", "b", "01", "-7", "", "\0", "\u00ff", "A");
            case 1 -> draw.value();
            case 2 -> draw.bytes(1 + draw.below(3), 3);
            default -> Integer.toString(draw.below(30) - 5);
        };
    }

    private static String score(Draw draw) {
        return draw.oneIn(3) ? Integer.toString(draw.below(9) - 4) : draw.real();
    }

    private static String scoreBound(Draw draw) {
        String bound = draw.oneIn(4) ? draw.oneOf("-inf", "+inf", "inf") : score(draw);
        return draw.oneIn(4) ? "(" + bound : bound;
    }

    private static String wordBound(Draw draw) {
        return draw.oneIn(4)
                ? draw.oneOf("-", "+", "(", "[", "a", "", "-x", "+x")
                : draw.oneOf("[", "(") + member(draw);
    }

    /** A key of members of one score: only for these ranges of words are defined. */
    private static String words(Draw draw) {
        return draw.oneOf("words:1", "words:2", "words:3");
    }

    private static String rank(Draw draw) {
        return draw.oneIn(12) ? draw.integer() : draw.small();
    }

    private static List<String> several(Draw draw, String name, String key) {
        List<String> command = new ArrayList<>(List.of(name, key));
        for (int left = 1 + draw.below(4); left > 0; left--) {
            command.add(member(draw));
        }
        return command;
    }

    // ------------------------------------------------------------------------------- commands

    private static List<String> add(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("ZADD", key));
        if (draw.oneIn(2)) {
            for (int left = draw.below(4); left > 0; left--) {
                command.add(draw.anyCase(draw.oneOf("NX", "XX", "GT", "LT", "CH", "CH", "INCR")));
            }
        }
        boolean equal = draw.oneIn(3);
        int most = draw.oneIn(14) ? 200 : 4;
        for (int left = 1 + draw.below(most); left > 0; left--) {
            command.add(equal ? "1" : most > 4 ? Integer.toString(draw.below(50)) : score(draw));
            command.add(most > 4 ? "m" + draw.below(900) : member(draw));
        }
        if (draw.oneIn(30)) {
            command.add("more");
        }
        return command;
    }

    private static List<String> addWords(Draw draw) {
        List<String> command = new ArrayList<>(List.of("ZADD", words(draw)));
        for (int left = 1 + draw.below(draw.oneIn(14) ? 200 : 6); left > 0; left--) {
            command.add("1");
            command.add(member(draw));
        }
        return command;
    }

    private static List<String> range(Draw draw, List<String> head, String key) {
        List<String> command = new ArrayList<>(head);
        String by = draw.oneOf("", "", "BYSCORE", "BYLEX");
        command.add(by.equals("BYLEX") ? words(draw) : key);
        for (int i = 0; i < 2; i++) {
            command.add(
                    switch (by) {
                        case "BYSCORE" -> scoreBound(draw);
                        case "BYLEX" -> wordBound(draw);
                        default -> rank(draw);
                    });
        }
        if (!by.isEmpty()) {
            command.add(draw.anyCase(by));
        }
        if (draw.oneIn(2)) {
            command.add(draw.anyCase("REV"));
        }
        limit(draw, command, by.isEmpty() ? 12 : 2);
        if (draw.oneIn(command.get(0).equals("ZRANGE") ? 2 : 15)) {
            command.add(draw.anyCase("WITHSCORES"));
        }
        if (draw.oneIn(25)) {
            command.add(draw.oneOf("BAD", "LIMIT"));
        }
        return command;
    }

    private static void limit(Draw draw, List<String> command, int oneIn) {
        if (draw.oneIn(oneIn)) {
            command.addAll(List.of(draw.anyCase("LIMIT"), draw.small(), draw.small()));
        }
    }

    private static List<String> oldRange(Draw draw, String key) {
        String name =
                draw.oneOf(
                        "ZREVRANGE",
                        "ZRANGEBYSCORE",
                        "ZREVRANGEBYSCORE",
                        "ZRANGEBYLEX",
                        "ZREVRANGEBYLEX");
        boolean lex = name.endsWith("LEX");
        List<String> command = new ArrayList<>(List.of(name, lex ? words(draw) : key));
        for (int i = 0; i < 2; i++) {
            command.add(
                    lex ? wordBound(draw) : name.endsWith("SCORE") ? scoreBound(draw) : rank(draw));
        }
        if (draw.oneIn(lex ? 12 : 2)) {
            command.add(draw.anyCase("WITHSCORES"));
        }
        limit(draw, command, name.equals("ZREVRANGE") ? 12 : 3);
        return command;
    }

    private static List<String> pop(Draw draw, String key) {
        switch (draw.below(5)) {
            case 0, 1:
                String name = draw.oneOf("ZPOPMIN", "ZPOPMAX");
                return draw.oneIn(2) ? List.of(name, key) : List.of(name, key, draw.small());
            case 2:
                return many(draw, List.of("ZMPOP"));
            case 3:
                String timeout = draw.oneIn(4) ? draw.oneOf("-1", "x", "", "1e400") : "0.001";
                return many(draw, List.of("BZMPOP", timeout));
            default:
                List<String> command = new ArrayList<>();
                command.add(draw.oneOf("BZPOPMIN", "BZPOPMAX"));
                for (int left = 1 + draw.below(3); left > 0; left--) {
                    command.add(draw.key());
                }
                command.add(draw.oneIn(6) ? draw.oneOf("-1", "x", "") : "0.001");
                return command;
        }
    }

    private static List<String> many(Draw draw, List<String> head) {
        List<String> command = new ArrayList<>(head);
        keys(draw, command);
        command.add(draw.oneIn(12) ? "BAD" : draw.anyCase(draw.oneOf("MIN", "MAX")));
        if (draw.oneIn(2)) {
            command.addAll(List.of(draw.anyCase("COUNT"), draw.small()));
        }
        return command;
    }

    /** Their number and so many keys. */
    private static int keys(Draw draw, List<String> command) {
        int keys = 1 + draw.below(3);
        command.add(draw.oneIn(12) ? draw.oneOf("0", "-1", "x", "9") : Integer.toString(keys));
        for (int i = 0; i < keys; i++) {
            command.add(draw.key());
        }
        return keys;
    }

    private static List<String> combine(Draw draw, List<String> head) {
        List<String> command = new ArrayList<>(head);
        String name = head.get(0);
        int keys = keys(draw, command);
        if (name.equals("ZINTERCARD")) {
            if (draw.oneIn(2)) {
                command.addAll(List.of(draw.anyCase("LIMIT"), draw.small()));
            }
            return command;
        }
        boolean weighted = !name.startsWith("ZDIFF") || draw.oneIn(15);
        if (weighted && draw.oneIn(3)) {
            command.add(draw.anyCase("WEIGHTS"));
            for (int i = draw.oneIn(20) ? 1 : 0; i < keys; i++) {
                command.add(score(draw));
            }
        }
        if (weighted && draw.oneIn(3)) {
            command.add(draw.anyCase("AGGREGATE"));
            command.add(draw.oneIn(12) ? "BAD" : draw.anyCase(draw.oneOf("SUM", "MIN", "MAX")));
        }
        if (draw.oneIn(head.size() == 1 ? 2 : 15)) {
            command.add(draw.anyCase("WITHSCORES"));
        }
        return command;
    }

    private static List<String> random(Draw draw, String key) {
        if (draw.oneIn(8)) {
            return List.of("ZRANDMEMBER", key, "1", "BAD");
        }
        List<String> command =
                new ArrayList<>(List.of("ZRANDMEMBER", key, SetGroup.randomCount(draw)));
        if (draw.oneIn(2)) {
            command.add(draw.anyCase("WITHSCORES"));
        }
        return command;
    }

    private static List<String> odd(Draw draw, String key) {
        return draw.oneOf(
                List.of(
                        List.of("ZADD", key, "1"),
                        List.of("ZRANGE", key, "0"),
                        List.of("ZRANK", key),
                        List.of("ZPOPMIN", key, "1", "2"),
                        List.of("ZUNION", "1"),
                        List.of("SORT", key, "ALPHA"),
                        List.of("SORT", key, "BY", "nosort", "DESC"),
                        List.of("OBJECT", "ENCODING", key),
                        List.of("TYPE", key),
                        List.of("DEL", key)));
    }
}
