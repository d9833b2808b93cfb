package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/** Strings and counters. */
final class StringGroup implements CommandGroup {

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(26)) {
            case 0 -> List.of("GET", key);
            case 1, 2 -> List.of("SET", key, draw.value());
            case 3, 4, 5 -> set(draw, key);
            case 6 -> List.of("SETNX", key, draw.value());
            case 7 ->
                    draw.oneIn(2)
                            ? List.of("SETEX", key, draw.seconds(), draw.value())
                            : List.of("PSETEX", key, draw.milliseconds(), draw.value());
            case 8 -> List.of("GETSET", key, draw.value());
            case 9 -> List.of("GETDEL", key);
            case 10, 11 -> getex(draw, key);
            case 12 -> List.of("STRLEN", key);
            case 13 -> List.of("APPEND", key, draw.value());
            case 14 ->
                    List.of(draw.oneOf("GETRANGE", "SUBSTR"), key, draw.integer(), draw.integer());
            case 15, 16 ->
                    List.of("SETRANGE", key, draw.offset(), draw.oneIn(4) ? "" : draw.value());
            case 17 -> many("MGET", draw, 1 + draw.below(3), false);
            case 18 -> many(draw.oneOf("MSET", "MSETNX"), draw, 1 + draw.below(3), true);
            case 19 -> List.of(draw.oneOf("INCR", "DECR"), key);
            case 20, 21 -> List.of(draw.oneOf("INCRBY", "DECRBY"), key, draw.integer());
            case 22, 23 -> List.of("INCRBYFLOAT", key, draw.real());
            case 24 -> lcs(draw, key);
            default -> wrongArity(draw, key);
        };
    }

    private static List<String> many(String name, Draw draw, int pairs, boolean values) {
        List<String> command = new ArrayList<>(List.of(name));
        for (int i = 0; i < pairs; i++) {
            command.add(draw.key());
            if (values && !(i == pairs - 1 && draw.oneIn(10))) {
                command.add(draw.value());
            }
        }
        return command;
    }

    private static List<String> set(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("SET", key, draw.value()));
        for (int left = 1 + draw.below(3); left > 0; left--) {
            if (draw.oneIn(3)) {
                expiry(draw, command);
            } else {
                command.add(draw.anyCase(draw.oneOf("NX", "XX", "GET", "KEEPTTL", "GET", "bad")));
            }
        }
        return command;
    }

    private static void expiry(Draw draw, List<String> command) {
        String option = draw.oneOf("EX", "PX", "EXAT", "PXAT");
        command.add(draw.anyCase(option));
        if (!draw.oneIn(12)) {
            command.add(
                    switch (option) {
                        case "EX" -> draw.seconds();
                        case "PX" -> draw.milliseconds();
                        case "EXAT" -> draw.atSeconds();
                        default -> draw.atMilliseconds();
                    });
        }
    }

    private static List<String> getex(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("GETEX", key));
        for (int left = draw.below(3); left > 0; left--) {
            if (draw.oneIn(4)) {
                command.add(draw.oneOf("PERSIST", "persist", "KEEPTTL", "NX"));
            } else {
                expiry(draw, command);
            }
        }
        return command;
    }

    private static List<String> lcs(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("LCS", key, draw.key()));
        for (int left = draw.below(4); left > 0; left--) {
            String option = draw.oneOf("LEN", "IDX", "WITHMATCHLEN", "MINMATCHLEN");
            command.add(draw.anyCase(option));
            if (option.equals("MINMATCHLEN") && !draw.oneIn(8)) {
                command.add(draw.small());
            }
        }
        return command;
    }

    private static List<String> wrongArity(Draw draw, String key) {
        return draw.oneOf(
                List.of(
                        List.of("GET"),
                        List.of("GET", key, key),
                        List.of("SET", key),
                        List.of("SETEX", key, "1"),
                        List.of("INCR", key, "1"),
                        List.of("INCRBY", key),
                        List.of("MSET", key),
                        List.of("MSET"),
                        List.of("GETRANGE", key, "1"),
                        List.of("LCS", key)));
    }
}
