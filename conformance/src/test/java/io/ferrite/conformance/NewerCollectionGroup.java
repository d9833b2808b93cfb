package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * Commands on collections, streams and bitmaps that came after the reference's version; followers
 * are told of them in words that it knows.
 */
final class NewerCollectionGroup implements CommandGroup {

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(10)) {
            case 0, 1 -> move(draw, key);
            case 2 ->
                    keys(draw, List.of("BITOP", draw.oneOf("DIFF", "DIFF1", "ANDOR", "ONE"), key));
            case 3, 4 -> count(draw, key);
            case 5 -> polygon(draw, key);
            case 6 -> stream(draw, List.of("XDELEX", key));
            case 7 -> stream(draw, List.of("XACKDEL", key, draw.oneOf("g", "h")));
            case 8 ->
                    List.of(
                            "XTRIM",
                            key,
                            draw.oneOf("MAXLEN", "MINID"),
                            draw.oneOf("~", "="),
                            draw.small(),
                            draw.oneOf("KEEPREF", "DELREF", "ACKED"));
            default -> fields(draw, key);
        };
    }

    private static List<String> keys(Draw draw, List<String> head) {
        List<String> command = new ArrayList<>(head);
        for (int left = 1 + draw.below(3); left > 0; left--) {
            command.add(draw.key());
        }
        return command;
    }

    private static List<String> move(Draw draw, String key) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(draw.oneOf("LMOVEM", "BLMOVEM"), key, draw.key()));
        command.addAll(List.of(draw.oneOf("LEFT", "RIGHT"), draw.oneOf("LEFT", "RIGHT")));
        if (command.get(0).equals("BLMOVEM")) {
            command.add("0.001");
        }
        command.addAll(List.of(draw.oneOf("COUNT", "EXACTLY"), draw.small()));
        command.add(draw.oneOf("OBO", "BULK"));
        return command;
    }

    private static List<String> count(Draw draw, String key) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(draw.oneOf("ZUNIONSTORE", "ZINTERSTORE"), key, "2"));
        command.addAll(List.of(draw.key(), draw.key()));
        if (draw.oneIn(2)) {
            command.addAll(List.of("WEIGHTS", draw.real(), draw.real()));
        }
        command.addAll(List.of("AGGREGATE", "COUNT"));
        return command;
    }

    private static List<String> polygon(Draw draw, String key) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("GEOSEARCHSTORE", key, draw.key(), "BYPOLYGON", "3"));
        for (int i = 0; i < 6; i++) {
            command.add(Integer.toString(draw.below(160) - 80));
        }
        return command;
    }

    private static List<String> stream(Draw draw, List<String> head) {
        List<String> command = new ArrayList<>(head);
        command.add(draw.oneOf("KEEPREF", "DELREF", "ACKED"));
        int ids = 1 + draw.below(3);
        command.addAll(List.of("IDS", Integer.toString(ids)));
        for (int i = 0; i < ids; i++) {
            command.add(draw.below(50) + "-" + draw.below(3));
        }
        return command;
    }

    private static List<String> fields(Draw draw, String key) {
        String field = draw.oneOf("a", "b", "01", "-7", "hello");
        return draw.oneIn(2)
                ? List.of("HGETDEL", key, "FIELDS", "1", field)
                : List.of(
                        "HSETEX",
                        key,
                        draw.oneOf("FNX", "FXX"),
                        "FIELDS",
                        "1",
                        field,
                        draw.value());
    }
}
