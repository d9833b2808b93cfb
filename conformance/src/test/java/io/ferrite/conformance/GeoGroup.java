package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Commands on places. No two places are equally far from where is looked for, as a rule, so that an
 * order asked for is one; without one, members come in the order of the cells, which is the same.
 */
final class GeoGroup implements CommandGroup {

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(20)) {
            case 0, 1, 2, 3, 4, 5 -> add(draw, key);
            case 6 -> names(draw, new ArrayList<>(List.of("GEOPOS", key)));
            case 7 -> names(draw, new ArrayList<>(List.of("GEOHASH", key)));
            case 8, 9 -> distance(draw, key);
            case 10, 11, 12, 13 -> search(draw, new ArrayList<>(List.of("GEOSEARCH", key)));
            case 14, 15 ->
                    search(draw, new ArrayList<>(List.of("GEOSEARCHSTORE", draw.key(), key)));
            case 16, 17, 18 -> radius(draw, key);
            default -> odd(draw, key);
        };
    }

    @Override
    public Reply comparable(List<String> command, Reply reply) {
        return SortedSetGroup.withNumbers(reply);
    }

    private static String name(Draw draw) {
        return draw.oneIn(12) ? draw.value() : "p" + draw.below(40);
    }

    private static String degrees(Draw draw, double limit) {
        if (draw.oneIn(14)) {
            return draw.oneOf("x", "", "181", "-181", "86", "nan", "inf", "180", "-180", "85.05");
        }
        double spread = draw.oneIn(3) ? limit : 2;
        double at = (draw.below(2_000_001) - 1_000_000) / 1e6 * spread;
        return String.format(Locale.ROOT, "%.6f", at);
    }

    private static String longitude(Draw draw) {
        return degrees(draw, 180);
    }

    private static String latitude(Draw draw) {
        return degrees(draw, 85.05);
    }

    private static String unit(Draw draw) {
        return draw.oneIn(15)
                ? draw.oneOf("mm", "")
                : draw.anyCase(draw.oneOf("m", "km", "ft", "mi"));
    }

    private static String length(Draw draw) {
        return draw.oneIn(10)
                ? draw.oneOf("-1", "x", "0", "1e9", "nan", "inf")
                : Integer.toString(draw.below(draw.oneIn(2) ? 300 : 200_000));
    }

    private static List<String> add(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("GEOADD", key));
        if (draw.oneIn(3)) {
            for (int left = draw.below(3); left > 0; left--) {
                command.add(draw.anyCase(draw.oneOf("NX", "XX", "CH", "CH", "BAD")));
            }
        }
        int most = draw.oneIn(12) ? 150 : 5;
        for (int left = 1 + draw.below(most); left > 0; left--) {
            command.add(longitude(draw));
            command.add(latitude(draw));
            command.add(most > 5 ? "p" + draw.below(400) : name(draw));
        }
        if (draw.oneIn(25)) {
            command.add("more");
        }
        return command;
    }

    private static List<String> names(Draw draw, List<String> command) {
        for (int left = draw.below(4); left > 0; left--) {
            command.add(name(draw));
        }
        return command;
    }

    private static List<String> distance(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("GEODIST", key, name(draw), name(draw)));
        if (draw.oneIn(2)) {
            command.add(unit(draw));
        }
        return command;
    }

    private static void with(Draw draw, List<String> command) {
        for (int left = draw.below(4); left > 0; left--) {
            switch (draw.below(5)) {
                case 0 -> command.add(draw.anyCase("WITHCOORD"));
                case 1 -> command.add(draw.anyCase("WITHDIST"));
                case 2 -> command.add(draw.anyCase("WITHHASH"));
                case 3 -> command.add(draw.anyCase(draw.oneOf("ASC", "DESC")));
                default -> {
                    command.addAll(List.of(draw.anyCase("COUNT"), draw.small()));
                    if (draw.oneIn(3)) {
                        command.add(draw.anyCase("ANY"));
                    }
                }
            }
        }
    }

    private static List<String> search(Draw draw, List<String> command) {
        if (!draw.oneIn(25)) {
            if (draw.oneIn(2)) {
                command.addAll(List.of(draw.anyCase("FROMMEMBER"), name(draw)));
            } else {
                command.addAll(
                        List.of(draw.anyCase("FROMLONLAT"), longitude(draw), latitude(draw)));
            }
        }
        if (draw.oneIn(2)) {
            command.addAll(List.of(draw.anyCase("BYRADIUS"), length(draw), unit(draw)));
        } else {
            command.addAll(List.of(draw.anyCase("BYBOX"), length(draw), length(draw), unit(draw)));
        }
        boolean stores = command.get(0).equals("GEOSEARCHSTORE");
        if (stores) {
            if (draw.oneIn(3)) {
                command.addAll(List.of(draw.anyCase("COUNT"), draw.small()));
            }
            if (draw.oneIn(3)) {
                command.add(draw.anyCase("STOREDIST"));
            }
        }
        if (!stores || draw.oneIn(10)) {
            with(draw, command);
        }
        if (draw.oneIn(25)) {
            command.add(draw.oneOf("BAD", "STORE", "BYRADIUS"));
        }
        return command;
    }

    private static List<String> radius(Draw draw, String key) {
        String name = draw.oneOf("GEORADIUS", "GEORADIUSBYMEMBER") + draw.oneOf("", "", "_RO");
        List<String> command = new ArrayList<>(List.of(name, key));
        if (name.contains("MEMBER")) {
            command.add(name(draw));
        } else {
            command.addAll(List.of(longitude(draw), latitude(draw)));
        }
        command.addAll(List.of(length(draw), unit(draw)));
        if (draw.oneIn(name.endsWith("_RO") ? 15 : 3)) {
            command.addAll(List.of(draw.anyCase(draw.oneOf("STORE", "STOREDIST")), draw.key()));
        } else {
            with(draw, command);
        }
        return command;
    }

    private static List<String> odd(Draw draw, String key) {
        return draw.oneOf(
                List.of(
                        List.of("GEOADD", key, "1", "2"),
                        List.of("GEODIST", key, "a"),
                        List.of("GEOSEARCH", key, "FROMMEMBER", "a"),
                        List.of("GEORADIUS", key, "1", "2", "3"),
                        List.of("ZCARD", key),
                        List.of("ZREM", key, name(draw)),
                        List.of("TYPE", key),
                        List.of("DEL", key)));
    }
}
