package io.ferrite.conformance;

import java.util.List;

/** Commands of a client that waits for what others bring. */
final class WaitingCommands {

    private WaitingCommands() {}

    /**
     * One that the reference has and treats alike: for one key, as since 7.2 a client that is
     * served looks at all its keys again, and is refused if one has another type by then. Waits
     * {@code seconds}, for ever with 0.
     */
    static List<String> next(Draw draw, String seconds) {
        String key = draw.key();
        String end = end(draw);
        return switch (draw.below(8)) {
            case 0 -> List.of("BLPOP", key, seconds);
            case 1 -> List.of("BRPOP", key, seconds);
            case 2 -> List.of("BLMOVE", key, draw.key(), end, end(draw), seconds);
            case 3 -> List.of("BLMPOP", seconds, "1", key, end, "COUNT", "3");
            case 4 -> List.of(draw.oneOf("BZPOPMIN", "BZPOPMAX"), key, seconds);
            case 5 -> List.of("BZMPOP", seconds, "1", key, "MAX", "COUNT", "2");
            case 6 -> List.of("BRPOPLPUSH", key, draw.key(), seconds);
            default ->
                    List.of(
                            "XREAD",
                            "BLOCK",
                            Long.toString((long) (1000 * Double.parseDouble(seconds))),
                            "STREAMS",
                            key,
                            "$");
        };
    }

    /** One that is newer, or that later versions let go when its key or group does. */
    static List<String> newer(Draw draw, String seconds) {
        String key = draw.key();
        if (draw.oneIn(2)) {
            return List.of(
                    "BLMOVEM", key, draw.key(), end(draw), end(draw), seconds, "COUNT", "2", "OBO");
        }
        return List.of(
                "XREADGROUP",
                "GROUP",
                draw.oneOf("g", "h"),
                "waiter",
                "BLOCK",
                Long.toString((long) (1000 * Double.parseDouble(seconds))),
                "STREAMS",
                key,
                ">");
    }

    private static String end(Draw draw) {
        return draw.oneOf("LEFT", "RIGHT");
    }
}
