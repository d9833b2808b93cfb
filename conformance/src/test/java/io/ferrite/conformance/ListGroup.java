package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/** Commands on lists. Those that wait give up at once, or refuse their timeout. */
final class ListGroup implements CommandGroup {

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(27)) {
            case 0, 1, 2, 3 -> push(draw, key);
            case 4, 5 -> pop(draw, key);
            case 6 -> List.of("LLEN", key);
            case 7 -> List.of("LRANGE", key, position(draw), position(draw));
            case 8 -> List.of("LINDEX", key, position(draw));
            case 9, 10 -> List.of("LSET", key, position(draw), draw.value());
            case 11, 12 -> List.of("LINSERT", key, where(draw), element(draw), draw.value());
            case 13 -> List.of("LREM", key, removals(draw), element(draw));
            case 14 -> List.of("LTRIM", key, position(draw), position(draw));
            case 15, 16 -> lpos(draw, key);
            case 17, 18 -> List.of("LMOVE", key, draw.key(), end(draw), end(draw));
            case 19 -> List.of("RPOPLPUSH", key, draw.key());
            case 20 -> many(draw, List.of("LMPOP"));
            case 21, 22 -> waiting(draw, key);
            case 23, 24, 25 -> sort(draw, key);
            default -> odd(draw, key);
        };
    }

    private static List<String> push(Draw draw, String key) {
        String name = draw.oneOf("LPUSH", "RPUSH", "LPUSH", "RPUSH", "LPUSHX", "RPUSHX");
        List<String> command = new ArrayList<>(List.of(name, key));
        int most = draw.oneIn(10) ? 80 : 4;
        for (int left = 1 + draw.below(most); left > 0; left--) {
            command.add(draw.oneIn(2) ? element(draw) : draw.value());
        }
        return command;
    }

    private static List<String> pop(Draw draw, String key) {
        String name = draw.oneOf("LPOP", "RPOP");
        return draw.oneIn(2) ? List.of(name, key) : List.of(name, key, draw.small());
    }

    /** One of few, so that it is met again. */
    private static String element(Draw draw) {
        return draw.oneOf("a", "b", "c", "1", "2", "01", "-7", "70000", "hello", "");
    }

    private static String position(Draw draw) {
        return draw.oneIn(3) ? draw.integer() : Integer.toString(draw.below(16) - 8);
    }

    /** Not the lowest number: we refuse it, the reference negates it and gets it back. */
    private static String removals(Draw draw) {
        String count = draw.small();
        return count.equals(Long.toString(Long.MIN_VALUE)) ? "0" : count;
    }

    private static String end(Draw draw) {
        return draw.oneIn(15)
                ? draw.oneOf("", "UP", "LEF")
                : draw.anyCase(draw.oneOf("LEFT", "RIGHT"));
    }

    private static String where(Draw draw) {
        return draw.oneIn(15) ? "BESIDE" : draw.anyCase(draw.oneOf("BEFORE", "AFTER"));
    }

    private static List<String> lpos(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("LPOS", key, element(draw)));
        for (int left = draw.below(4); left > 0; left--) {
            command.add(
                    draw.anyCase(draw.oneOf("RANK", "COUNT", "MAXLEN", "RANK", "COUNT", "BAD")));
            if (!draw.oneIn(15)) {
                command.add(draw.oneIn(2) ? draw.small() : Integer.toString(draw.below(4)));
            }
        }
        return command;
    }

    /** {@code numkeys key [key ...] LEFT|RIGHT [COUNT count]} after {@code head}. */
    private static List<String> many(Draw draw, List<String> head) {
        List<String> command = new ArrayList<>(head);
        int keys = 1 + draw.below(3);
        // Of a number of keys far beyond what was sent the reference's answer is chance.
        command.add(
                draw.oneIn(8)
                        ? draw.oneOf("0", "-1", "x", "", "9", "2147483648", "1.0")
                        : Integer.toString(keys));
        for (int i = 0; i < keys; i++) {
            command.add(draw.key());
        }
        command.add(end(draw));
        if (draw.oneIn(2)) {
            command.add(draw.anyCase("COUNT"));
            if (!draw.oneIn(12)) {
                command.add(draw.small());
            }
        }
        if (draw.oneIn(15)) {
            command.addAll(List.of("COUNT", "1"));
        }
        return command;
    }

    private static List<String> waiting(Draw draw, String key) {
        String timeout =
                draw.oneIn(4)
                        ? draw.oneOf("-1", "nan", "inf", "-inf", "1e308", "x", "", "-0.1", "1e17")
                        : draw.oneOf("0.001", "1e-3", "0.0000001");
        return switch (draw.below(5)) {
            case 0 -> List.of("BLMOVE", key, draw.key(), end(draw), end(draw), timeout);
            case 1 -> List.of("BRPOPLPUSH", key, draw.key(), timeout);
            case 2 -> many(draw, List.of("BLMPOP", timeout));
            default -> {
                List<String> command = new ArrayList<>(List.of(draw.oneOf("BLPOP", "BRPOP"), key));
                for (int left = draw.below(3); left > 0; left--) {
                    command.add(draw.key());
                }
                command.add(timeout);
                yield command;
            }
        };
    }

    private static List<String> sort(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of(draw.oneOf("SORT", "SORT", "SORT_RO"), key));
        // Sorted in part and by others, equal elements come in an order that is the reference's
        // own.
        boolean part = draw.oneIn(3);
        for (int left = draw.below(5); left > 0; left--) {
            switch (draw.below(9)) {
                case 0 -> command.add(draw.anyCase(draw.oneOf("ASC", "DESC")));
                case 1, 2, 3 -> command.add(draw.anyCase("ALPHA"));
                case 4 -> {
                    if (part) {
                        command.addAll(List.of("LIMIT", position(draw), position(draw)));
                    }
                }
                case 5 -> {
                    // By something else, members of a set that are equal in it have no order to
                    // store.
                    if (!command.contains("BY")) {
                        command.addAll(List.of("STORE", draw.key()));
                    }
                }
                case 6 -> {
                    if (!command.contains("STORE")) {
                        command.addAll(List.of("BY", part ? "nosort" : pattern(draw)));
                    }
                }
                case 7 -> command.addAll(List.of("GET", pattern(draw)));
                default -> command.add(draw.oneIn(6) ? draw.oneOf("BAD", "LIMIT", "BY") : "ALPHA");
            }
        }
        if (command.contains("STORE")) {
            command.add("ALPHA"); // whether numbers are taken for some is the reference's errno's
            // affair
        }
        return command;
    }

    private static String pattern(Draw draw) {
        return draw.oneOf("#", "*", "key:*", "nosort", "a*->b", "*->", "", "**", "k*->*");
    }

    private static List<String> odd(Draw draw, String key) {
        return draw.oneOf(
                List.of(
                        List.of("LPUSH", key),
                        List.of("LPOP", key, "1", "2"),
                        List.of("LPOP"),
                        List.of("LRANGE", key, "0"),
                        List.of("LMPOP", "1", key),
                        List.of("BLPOP", key),
                        List.of("OBJECT", "ENCODING", key),
                        List.of("TYPE", key),
                        List.of("DEL", key)));
    }
}
