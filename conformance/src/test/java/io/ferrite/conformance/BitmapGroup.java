package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/** Strings as bitmaps. */
final class BitmapGroup implements CommandGroup {

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(16)) {
            case 0, 1, 2 ->
                    List.of(
                            "SETBIT",
                            key,
                            bit(draw),
                            draw.oneIn(12) ? draw.small() : zeroOrOne(draw));
            case 3 -> List.of("GETBIT", key, bit(draw));
            case 4, 5 -> range(draw, new ArrayList<>(List.of("BITCOUNT", key)));
            case 6, 7, 8 -> range(draw, new ArrayList<>(List.of("BITPOS", key, zeroOrOne(draw))));
            case 9, 10, 11, 12 -> bitfield(draw, key);
            case 13, 14 -> bitop(draw);
            default ->
                    draw.oneOf(
                            List.of(
                                    List.of("SETBIT", key, "1"),
                                    List.of("BITPOS", key, draw.small()),
                                    List.of("BITPOS", key),
                                    List.of("BITOP", "AND", key),
                                    List.of("SET", key, draw.value()),
                                    List.of("DEL", key)));
        };
    }

    private static String zeroOrOne(Draw draw) {
        return draw.oneOf("0", "1");
    }

    private static String bit(Draw draw) {
        return draw.oneIn(12)
                ? draw.oneOf("-1", "4294967296", "9223372036854775807", "x", "", "#1", "01", "1 ")
                : Integer.toString(draw.below(draw.oneIn(4) ? 20_000 : 200));
    }

    /** Ranges are sound: of others 7.0 complains only if there is a key. */
    private static List<String> range(Draw draw, List<String> command) {
        if (draw.oneIn(4)) {
            return command;
        }
        command.add(bound(draw));
        if (command.get(0).equals("BITPOS") && draw.oneIn(3)) {
            return command;
        }
        command.add(bound(draw));
        if (draw.oneIn(2)) {
            command.add(draw.anyCase(draw.oneOf("BIT", "BYTE", "BIT")));
        }
        return command;
    }

    private static String bound(Draw draw) {
        return draw.oneIn(8)
                ? draw.oneOf("-9223372036854775808", "9223372036854775807", "2147483648", "0", "-1")
                : Integer.toString(draw.below(400) - 200);
    }

    private static List<String> bitfield(Draw draw, String key) {
        List<String> command =
                new ArrayList<>(List.of(draw.oneIn(6) ? "BITFIELD_RO" : "BITFIELD", key));
        for (int left = draw.below(5); left > 0; left--) {
            switch (draw.below(4)) {
                case 0 -> command.addAll(List.of("GET", type(draw), field(draw)));
                case 1 -> command.addAll(List.of("SET", type(draw), field(draw), number(draw)));
                case 2 -> command.addAll(List.of("INCRBY", type(draw), field(draw), number(draw)));
                default ->
                        command.addAll(
                                List.of(
                                        draw.anyCase("OVERFLOW"),
                                        draw.anyCase(
                                                draw.oneIn(20)
                                                        ? "MAYBE"
                                                        : draw.oneOf("WRAP", "SAT", "FAIL"))));
            }
        }
        if (draw.oneIn(15)) {
            command.add(draw.oneOf("GET", "SET", "OVERFLOW", "BAD"));
        }
        return command;
    }

    private static String type(Draw draw) {
        if (draw.oneIn(20)) {
            return draw.oneOf("u64", "i0", "i65", "u", "i", "", "x8", "i8x", "U8", "i-1", "u08");
        }
        return draw.oneIn(2) ? "i" + (1 + draw.below(64)) : "u" + (1 + draw.below(63));
    }

    private static String field(Draw draw) {
        if (draw.oneIn(15)) {
            return draw.oneOf("-1", "#-1", "#", "x", "4294967296", "9223372036854775807", "");
        }
        return (draw.oneIn(3) ? "#" : "") + draw.below(60);
    }

    private static String number(Draw draw) {
        return draw.integer();
    }

    private static List<String> bitop(Draw draw) {
        List<String> command = new ArrayList<>(List.of("BITOP"));
        command.add(
                draw.oneIn(12)
                        ? draw.oneOf("NAND", "", "A")
                        : draw.anyCase(draw.oneOf("AND", "OR", "XOR", "NOT")));
        int keys = command.get(1).equalsIgnoreCase("NOT") && !draw.oneIn(5) ? 2 : 2 + draw.below(4);
        for (int i = 0; i < keys; i++) {
            command.add(draw.key());
        }
        return command;
    }
}
