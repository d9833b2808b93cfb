package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Commands on keys of any type, expiry, databases and transactions. */
final class GenericGroup implements CommandGroup {

    /** A payload of a real server, of version 10. */
    private static final String DUMP_OF_HELLO = "\0\5hello\n\0cr\u00dfve4 \n";

    private static final Set<String> UNORDERED = Set.of("KEYS", "SCAN");
    private static final Set<String> REMAINING = Set.of("TTL", "PTTL");
    private static final Set<String> MOMENT = Set.of("EXPIRETIME", "PEXPIRETIME");

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(27)) {
            case 0 -> several(draw, draw.oneOf("DEL", "UNLINK"));
            case 1 -> several(draw, draw.oneOf("EXISTS", "TOUCH"));
            case 2 -> List.of("TYPE", key);
            case 3, 4 -> List.of("RENAME", key, draw.key());
            case 5 -> List.of("RENAMENX", key, draw.key());
            case 6, 7, 8 -> copy(draw, key);
            case 9 -> List.of("MOVE", key, database(draw));
            case 10 -> List.of("KEYS", draw.pattern());
            case 11 -> scan(draw);
            case 12 -> List.of("RANDOMKEY");
            case 13, 14 ->
                    List.of("OBJECT", draw.oneOf("ENCODING", "encoding", "REFCOUNT", "FREQ"), key);
            case 15, 16, 17, 18 -> expire(draw, key);
            case 19 -> List.of(draw.oneOf("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"), key);
            case 20 -> List.of("PERSIST", key);
            case 21 -> List.of("DBSIZE");
            case 22 -> List.of("SELECT", draw.oneIn(3) ? database(draw) : "0");
            case 23 -> rarely(draw);
            case 24 -> List.of(draw.oneOf("MULTI", "EXEC", "EXEC", "DISCARD", "WATCH", "UNWATCH"));
            case 25 -> restore(draw, key);
            default -> odd(draw, key);
        };
    }

    private static String database(Draw draw) {
        return draw.oneIn(6) ? draw.integer() : draw.oneOf("0", "1", "2");
    }

    private static List<String> several(Draw draw, String name) {
        List<String> command = new ArrayList<>(List.of(name));
        for (int left = 1 + draw.below(3); left > 0; left--) {
            command.add(draw.key());
        }
        return command;
    }

    private static List<String> copy(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("COPY", key, draw.key()));
        for (int left = draw.below(3); left > 0; left--) {
            if (draw.oneIn(2)) {
                command.add(draw.anyCase("REPLACE"));
            } else {
                command.add(draw.anyCase("DB"));
                if (!draw.oneIn(12)) {
                    command.add(database(draw));
                }
            }
        }
        return command;
    }

    private static List<String> scan(Draw draw) {
        List<String> command = new ArrayList<>(List.of("SCAN", "0", "COUNT", "1000"));
        if (draw.oneIn(4)) {
            return List.of("SCAN", draw.oneOf("x", "", "18446744073709551616", "1.0", "1 "));
        }
        for (int left = draw.below(3); left > 0; left--) {
            switch (draw.below(3)) {
                case 0 -> command.addAll(List.of("MATCH", draw.pattern()));
                case 1 ->
                        command.addAll(
                                List.of("TYPE", draw.oneOf("string", "STRING", "list", "hash")));
                default ->
                        command.addAll(
                                List.of("COUNT", draw.oneOf("1000", "0", "-1", "x", "100000")));
            }
        }
        if (draw.oneIn(12)) {
            command.add(draw.oneOf("MATCH", "COUNT", "bad"));
        }
        return command;
    }

    private static List<String> restore(Draw draw, String key) {
        String ttl =
                draw.oneIn(3)
                        ? draw.oneOf("-1", "x", "1.5", "", "99999999999999999999")
                        : draw.oneIn(2) ? "0" : Integer.toString(1_000_000 + draw.below(1_000_000));
        String payload =
                switch (draw.below(6)) {
                    case 0 -> draw.value();
                    case 1 -> DUMP_OF_HELLO.replace('h', 'j');
                    case 2 -> DUMP_OF_HELLO.substring(draw.below(16));
                    default -> DUMP_OF_HELLO;
                };
        List<String> command = new ArrayList<>(List.of("RESTORE", key, ttl, payload));
        for (int left = draw.below(3); left > 0; left--) {
            String option = draw.oneOf("REPLACE", "REPLACE", "IDLETIME", "FREQ", "bad");
            command.add(draw.anyCase(option));
            if (option.equals("IDLETIME") || option.equals("FREQ")) {
                command.add(draw.small());
            }
        }
        return command;
    }

    private static List<String> expire(Draw draw, String key) {
        String name = draw.oneOf("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT");
        String amount =
                switch (name) {
                    case "EXPIRE" -> draw.seconds();
                    case "PEXPIRE" -> draw.milliseconds();
                    case "EXPIREAT" -> draw.oneIn(6) ? draw.past() : draw.atSeconds();
                    default -> draw.oneIn(6) ? draw.past() : draw.atMilliseconds();
                };
        List<String> command = new ArrayList<>(List.of(name, key, amount));
        for (int left = draw.below(3); left > 0; left--) {
            command.add(draw.anyCase(draw.oneOf("NX", "XX", "GT", "LT", "GT", "LT", "bad")));
        }
        return command;
    }

    private static List<String> rarely(Draw draw) {
        return switch (draw.below(8)) {
            case 0 -> List.of("FLUSHDB");
            case 1 -> List.of("FLUSHALL", draw.oneOf("ASYNC", "SYNC", "sync", "bad"));
            case 2 -> List.of("FLUSHDB", draw.oneOf("ASYNC", "SYNC", "bad"));
            default -> List.of("SWAPDB", database(draw), database(draw));
        };
    }

    private static List<String> odd(Draw draw, String key) {
        return draw.oneOf(
                List.of(
                        List.of("NOSUCHCOMMAND", key, draw.value()),
                        List.of("OBJECT"),
                        List.of("OBJECT", "NOSUCH", key),
                        List.of("OBJECT", "ENCODING"),
                        List.of("RENAME", key),
                        List.of("DEL"),
                        List.of("KEYS"),
                        List.of("RANDOMKEY", key),
                        List.of("ECHO", draw.value()),
                        List.of("PING", draw.value()),
                        List.of("WATCH", key),
                        List.of("SELECT", draw.integer())));
    }

    @Override
    public Reply comparable(List<String> command, Reply reply) {
        String name = command.get(0);
        if (UNORDERED.contains(name)) {
            return name.equals("KEYS") || !reply.isAggregate()
                    ? reply.sorted()
                    : reply.items().get(1).sorted();
        }
        if (name.equals("RANDOMKEY") && reply.text() != null) {
            return Reply.line(reply.type(), "some key");
        }
        if (reply.isInteger() && reply.integer() > 0) {
            // The two servers did not run the command in the same millisecond, nor second.
            if (REMAINING.contains(name)) {
                return Reply.line(':', "some time");
            }
            if (MOMENT.contains(name) && reply.integer() < 4_000_000_000L) {
                return Reply.line(':', "some moment");
            }
            if (MOMENT.contains(name)
                    && reply.integer() < 4_000_000_000_000L
                    && name.startsWith("P")) {
                return Reply.line(':', "some moment");
            }
        }
        return reply;
    }
}
