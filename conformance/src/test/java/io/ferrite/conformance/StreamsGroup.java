package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Commands on streams and their groups. Ids are given, as the time differs between two servers;
 * what tells the time in a reply is made equal, and so are consumers without pending entries: since
 * 7.2 an attempt to read makes one.
 */
final class StreamsGroup implements CommandGroup {

    /** What each server has its own of. */
    private static final Set<String> OWN =
            Set.of("radix-tree-nodes", "seen-time", "active-time", "idle", "inactive", "consumers");

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(34)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> add(draw, key);
            case 8, 9 -> trim(draw, key);
            case 10, 11 -> range(draw, key);
            case 12 -> List.of("XLEN", key);
            case 13, 14 -> ids(draw, new ArrayList<>(List.of("XDEL", key)));
            case 15, 16 -> group(draw, key);
            case 17, 18, 19, 20 -> readGroup(draw, key);
            case 21, 22 -> read(draw, key);
            case 23, 24 -> ids(draw, new ArrayList<>(List.of("XACK", key, name(draw))));
            case 25, 26 -> claim(draw, key);
            case 27, 28 -> autoClaim(draw, key);
            case 29, 30 -> pending(draw, key);
            case 31 -> List.of("XINFO", draw.oneOf("STREAM", "GROUPS"), key);
            case 32 -> info(draw, key);
            default -> odd(draw, key);
        };
    }

    // ------------------------------------------------------------------------------ arguments

    private static String name(Draw draw) {
        return draw.oneIn(20) ? draw.oneOf("", "no\0ne", "g\r\n") : draw.oneOf("g", "h");
    }

    private static String consumer(Draw draw) {
        return draw.oneOf("ann", "bob", "cat");
    }

    private static String id(Draw draw) {
        return switch (draw.below(24)) {
            case 0 -> draw.oneOf("-", "+", "$", ">", "", "*");
            case 1 -> draw.integer() + "-" + draw.integer();
            case 2 -> draw.integer();
            case 3 -> draw.oneOf("0", "0-0", "0-1", "18446744073709551615", " 5", "5-+1", "5--05");
            case 4 -> draw.below(50) + "-*";
            default -> draw.below(50) + "-" + draw.below(3);
        };
    }

    private static String bound(Draw draw) {
        String id = draw.oneIn(3) ? draw.oneOf("-", "+") : id(draw);
        return draw.oneIn(4) ? "(" + id : id;
    }

    private static List<String> ids(Draw draw, List<String> command) {
        for (int left = 1 + draw.below(draw.oneIn(8) ? 12 : 3); left > 0; left--) {
            command.add(id(draw));
        }
        return command;
    }

    private static String idle(Draw draw) {
        return draw.oneIn(12) ? draw.oneOf("-5", "x", "") : draw.oneOf("0", "0", "100000000");
    }

    // ------------------------------------------------------------------------------- commands

    private static List<String> add(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("XADD", key));
        if (draw.oneIn(10)) {
            command.add(draw.anyCase("NOMKSTREAM"));
        }
        if (draw.oneIn(4)) {
            threshold(draw, command);
        }
        command.add(id(draw).replace("*", draw.oneIn(2) ? "*" : "1").replaceAll("^\\*$", "7"));
        boolean usual = draw.oneIn(2);
        for (int left = 1 + draw.below(draw.oneIn(10) ? 9 : 2); left > 0; left--) {
            command.add(usual ? "f" + left : draw.oneOf("1", "-700", "other", draw.value()));
            command.add(draw.value());
        }
        if (draw.oneIn(25)) {
            command.add("more");
        }
        return command;
    }

    private static void threshold(Draw draw, List<String> command) {
        boolean length = draw.oneIn(2);
        command.add(draw.anyCase(length ? "MAXLEN" : "MINID"));
        boolean approximate = draw.oneIn(2);
        if (approximate || draw.oneIn(3)) {
            command.add(approximate ? "~" : "=");
        }
        command.add(length ? draw.small() : id(draw));
        if (draw.oneIn(approximate ? 2 : 15)) {
            command.add("LIMIT");
            command.add(draw.small());
        }
    }

    private static List<String> trim(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("XTRIM", key));
        threshold(draw, command);
        if (draw.oneIn(15)) {
            command.add(draw.oneOf("BAD", "MAXLEN", "LIMIT"));
        }
        return command;
    }

    private static List<String> range(Draw draw, String key) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(draw.oneOf("XRANGE", "XREVRANGE"), key, bound(draw), bound(draw)));
        if (draw.oneIn(3)) {
            command.addAll(List.of(draw.anyCase("COUNT"), draw.small()));
        }
        if (draw.oneIn(20)) {
            command.add("COUNT");
        }
        return command;
    }

    private static List<String> group(Draw draw, String key) {
        String name = name(draw);
        return switch (draw.below(9)) {
            case 0 -> List.of("XGROUP", "DESTROY", key, name);
            case 1 -> List.of("XGROUP", "DELCONSUMER", key, name, consumer(draw));
            case 2 -> List.of("XGROUP", "CREATECONSUMER", key, name, consumer(draw));
            case 3 -> position(draw, List.of("XGROUP", "SETID", key, name));
            default -> position(draw, List.of("XGROUP", "CREATE", key, name));
        };
    }

    private static List<String> position(Draw draw, List<String> head) {
        List<String> command = new ArrayList<>(head);
        command.add(draw.oneIn(3) ? draw.oneOf("$", "0", "0-0") : id(draw));
        if (draw.oneIn(2)) {
            command.add(draw.anyCase("MKSTREAM"));
        }
        if (draw.oneIn(4)) {
            command.addAll(List.of("ENTRIESREAD", draw.small()));
        }
        if (draw.oneIn(25)) {
            command.add("BAD");
        }
        return command;
    }

    private static List<String> readGroup(Draw draw, String key) {
        List<String> command =
                new ArrayList<>(List.of("XREADGROUP", "GROUP", name(draw), consumer(draw)));
        if (draw.oneIn(8)) {
            command.add(draw.anyCase("NOACK"));
        }
        reading(draw, key, command, ">", "0");
        return command;
    }

    private static List<String> read(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("XREAD"));
        if (draw.oneIn(25)) {
            command.add(draw.oneOf("NOACK", "BAD", "GROUP"));
        }
        reading(draw, key, command, "$", "0-0");
        return command;
    }

    private static void reading(Draw draw, String key, List<String> command, String... usual) {
        if (draw.oneIn(2)) {
            command.addAll(List.of(draw.anyCase("COUNT"), draw.small()));
        }
        if (draw.oneIn(6)) {
            String timeout = draw.oneIn(4) ? draw.oneOf("-1", "1.5", "x", "") : "1";
            command.addAll(List.of(draw.anyCase("BLOCK"), timeout));
        }
        command.add(draw.anyCase("STREAMS"));
        command.add(key);
        int more = draw.oneIn(3) ? 1 + draw.below(2) : 0;
        for (int i = 0; i < more; i++) {
            command.add(draw.key());
        }
        for (int i = 0; i <= more; i++) {
            // That + stands for the newest entry is newer than the reference.
            command.add(draw.oneIn(3) ? id(draw).replace("+", "1") : draw.oneOf(usual));
        }
    }

    private static List<String> claim(Draw draw, String key) {
        List<String> command =
                new ArrayList<>(List.of("XCLAIM", key, name(draw), consumer(draw), idle(draw)));
        ids(draw, command);
        for (int left = draw.below(4); left > 0; left--) {
            switch (draw.below(8)) {
                case 0 -> command.addAll(List.of("IDLE", draw.oneOf("0", "5", "x", "-1")));
                case 1 -> command.addAll(List.of("TIME", draw.oneOf("0", "1", "x", "-9")));
                case 2 -> command.addAll(List.of("RETRYCOUNT", draw.small()));
                case 3, 4 -> command.add(draw.anyCase("FORCE"));
                case 5, 6 -> command.add(draw.anyCase("JUSTID"));
                default -> command.addAll(List.of("LASTID", id(draw)));
            }
        }
        return command;
    }

    private static List<String> autoClaim(Draw draw, String key) {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of("XAUTOCLAIM", key, name(draw), consumer(draw), idle(draw), bound(draw)));
        if (draw.oneIn(2)) {
            command.addAll(List.of("COUNT", draw.oneIn(8) ? draw.small() : "3"));
        }
        if (draw.oneIn(3)) {
            command.add(draw.anyCase("JUSTID"));
        }
        return command;
    }

    private static List<String> pending(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("XPENDING", key, name(draw)));
        if (draw.oneIn(4)) {
            return command;
        }
        if (draw.oneIn(3)) {
            command.addAll(List.of("IDLE", idle(draw)));
        }
        command.addAll(List.of(bound(draw), bound(draw), draw.small()));
        if (draw.oneIn(3)) {
            command.add(consumer(draw));
        }
        return command;
    }

    private static List<String> info(Draw draw, String key) {
        return draw.oneOf(
                List.of(
                        List.of("XINFO", "STREAM", key, "FULL"),
                        List.of("XINFO", "STREAM", key, "FULL", "COUNT", draw.small()),
                        List.of("XINFO", "STREAM", key, "FULL", "COUNT"),
                        List.of("XINFO", "CONSUMERS", key, name(draw))));
    }

    private static List<String> odd(Draw draw, String key) {
        return draw.oneOf(
                List.of(
                        List.of("XADD", key, "*"),
                        List.of("XSETID", key, "1000-1"),
                        List.of("XSETID", key, "1000-1", "ENTRIESADDED", draw.small()),
                        List.of("XSETID", key, "1000-1", "MAXDELETEDID", id(draw)),
                        List.of("XSETID", key, "0-0", "BAD"),
                        List.of("XREADGROUP", "STREAMS", key, ">", "COUNT", "1", "x"),
                        List.of("XREAD", "COUNT", "1", key),
                        List.of("XGROUP", "CREATE", key),
                        List.of("COPY", key, draw.key()),
                        List.of("OBJECT", "ENCODING", key),
                        List.of("TYPE", key),
                        List.of("DEL", key)));
    }

    // -------------------------------------------------------------------------------- replies

    @Override
    public Reply comparable(List<String> command, Reply reply) {
        return switch (command.get(0)) {
            case "XINFO" -> known(reply);
            case "XPENDING" -> command.size() > 3 ? timeless(reply) : reply;
            case "XGROUP" ->
                    reply.isInteger() && command.get(1).equals("CREATECONSUMER")
                            ? Reply.line(':', "0")
                            : reply;
            default -> reply;
        };
    }

    /** What XINFO tells, without what each server has its own of. */
    private static Reply known(Reply reply) {
        if (!reply.isAggregate()) {
            return reply;
        }
        List<Reply> items = new ArrayList<>();
        for (int i = 0; i < reply.items().size(); i++) {
            Reply item = reply.items().get(i);
            if (item.type() == '$' && OWN.contains(String.valueOf(item.text()))) {
                i++;
            } else if (item.type() == '$' && "pending".equals(item.text())) {
                items.add(timeless(reply.items().get(++i)));
            } else if (!isIdle(item)) {
                items.add(known(item));
            }
        }
        return new Reply(reply.type(), null, items);
    }

    /** Whether it describes a consumer for which nothing is pending. */
    private static boolean isIdle(Reply reply) {
        List<Reply> items = reply.items();
        return reply.isAggregate()
                && items.size() > 4
                && "name".equals(items.get(0).text())
                && "pending".equals(items.get(2).text())
                && items.get(3).isInteger();
    }

    /** Pending entries without the time since their delivery. */
    private static Reply timeless(Reply reply) {
        if (!reply.isAggregate()) {
            return reply;
        }
        List<Reply> entries = new ArrayList<>();
        for (Reply entry : reply.items()) {
            List<Reply> items = new ArrayList<>(entry.items());
            if (items.size() == 4) {
                items.remove(2);
            }
            entries.add(new Reply(entry.type(), entry.text(), items));
        }
        return new Reply(reply.type(), null, entries);
    }
}
