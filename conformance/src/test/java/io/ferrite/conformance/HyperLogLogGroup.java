package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * HyperLogLogs on keys of their own, and strings that are none. Where bits were changed in one the
 * servers part: the reference goes on until it meets the damage, Ferrite refuses before it begins.
 */
final class HyperLogLogGroup implements CommandGroup {

    private static final String HEADER = "HYLL\u0001\0\0\0\0\0\0\0\0\0\0\u0080";

    @Override
    public List<String> next(Draw draw) {
        String key = key(draw);
        return switch (draw.below(20)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> pfadd(draw, key);
            case 8, 9, 10 -> List.of("PFCOUNT", draw.oneIn(10) ? draw.key() : key);
            case 11 -> keys(draw, "PFCOUNT");
            case 12, 13 -> keys(draw, "PFMERGE");
            case 14 -> List.of("GET", key);
            case 15, 16 ->
                    List.of(
                            "PFDEBUG",
                            draw.anyCase(
                                    draw.oneOf("ENCODING", "DECODE", "DECODE", "BAD", "ENCODING")),
                            key);
            case 17 -> rare(draw, key);
            default -> List.of("STRLEN", key);
        };
    }

    private static String key(Draw draw) {
        return draw.oneOf("hll:1", "hll:2", "hll:3", "hll:4");
    }

    private static List<String> pfadd(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("PFADD", key));
        for (int left = draw.below(draw.oneIn(8) ? 300 : 6); left > 0; left--) {
            command.add(draw.oneIn(4) ? draw.value() : "e" + draw.below(1_000_000));
        }
        return command;
    }

    private static List<String> keys(Draw draw, String name) {
        List<String> command = new ArrayList<>(List.of(name));
        for (int left = 1 + draw.below(4); left > 0; left--) {
            command.add(key(draw));
        }
        return command;
    }

    private static List<String> rare(Draw draw, String key) {
        return switch (draw.below(8)) {
            case 0 -> List.of("PFDEBUG", "TODENSE", key);
            case 1 -> List.of("PFDEBUG", "GETREG", key);
            case 2 -> List.of("SET", key, HEADER + "\u007f\u00ff");
            case 3, 4 -> List.of("SET", key, draw.value());
            case 5 -> List.of("SET", key, HEADER.replace("\u0001", draw.oneOf("\0", "\u0002")));
            default -> List.of("DEL", key);
        };
    }
}
