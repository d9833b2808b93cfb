package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.node.ClientLine;
import io.ferrite.node.ClientType;
import io.ferrite.node.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which clients CLIENT LIST and CLIENT KILL mean: those that fit every filter, as Valkey 9 has
 * them. A filter that comes twice counts as it was said last.
 */
final class ClientFilter {

    private static final CommandError BAD_ID =
            CommandError.of("ERR client-id should be greater than 0");

    private final Node node;
    private final ExecutionUnit unit;
    private final boolean kills;
    private final List<String> names = new ArrayList<>();
    private final List<Predicate<Session>> tests = new ArrayList<>();
    private boolean skipsMe;

    private ClientFilter(Node node, ExecutionUnit unit, boolean kills) {
        this.node = node;
        this.unit = unit;
        this.kills = kills;
        this.skipsMe = kills;
    }

    /** The filters from an argument on. */
    static ClientFilter of(Node node, ExecutionUnit unit, int first, boolean kills) {
        ClientFilter filter = new ClientFilter(node, unit, kills);
        int i = first;
        while (i < unit.argc()) {
            if (i + 1 >= unit.argc()) {
                throw CommandError.SYNTAX;
            }
            String name = Arguments.text(unit, i).toUpperCase(Locale.ROOT);
            i = filter.add(name, i + 1);
        }
        return filter;
    }

    boolean accepts(Session session) {
        if (skipsMe && session == unit.session()) {
            return false;
        }
        for (Predicate<Session> test : tests) {
            if (!test.test(session)) {
                return false;
            }
        }
        return true;
    }

    private void put(String name, Predicate<Session> test) {
        int known = names.indexOf(name);
        if (known >= 0) {
            tests.set(known, test);
        } else {
            names.add(name);
            tests.add(test);
        }
    }

    /** Adds the filter of this name; answers where the next one begins. */
    private int add(String name, int at) {
        boolean not = name.startsWith("NOT-");
        String kind = not ? name.substring(4) : name;
        if (kind.equals("ID")) {
            return ids(name, not, at);
        }
        if (kind.equals("SKIPME") && !not) {
            skipsMe = yes(at);
        } else if (kind.equals("MAXAGE") && !not) {
            long seconds = positive(at, "maxage");
            long nowMs = unit.nowMs();
            put(name, session -> nowMs / 1000 - session.createdMs() / 1000 >= seconds);
        } else if (kind.equals("IDLE") && !not) {
            long seconds = positive(at, "idle");
            long nowMs = unit.nowMs();
            put(name, session -> nowMs / 1000 - session.lastActiveMs() / 1000 >= seconds);
        } else {
            Predicate<Session> test = test(kind, at, not);
            put(name, not ? test.negate() : test);
        }
        return at + 1;
    }

    private Predicate<Session> test(String kind, int at, boolean not) {
        String value = Arguments.text(unit, at);
        return switch (kind) {
            case "TYPE" -> {
                ClientType type = ClientCommands.requireType(unit, at);
                yield session -> ClientType.of(session) == type;
            }
            case "ADDR" -> session -> value.equals(session.address());
            case "LADDR" -> session -> value.equals(session.localAddress());
            case "USER" -> {
                if (!node.access().isUser(value)) {
                    throw CommandError.of("ERR No such user '" + value + "'");
                }
                yield session -> value.equals(session.user().name());
            }
            case "NAME" -> session -> value.equals(session.name());
            case "LIB-NAME" -> session -> value.equals(session.libName());
            case "LIB-VER" -> session -> value.equals(session.libVersion());
            case "IP" -> session -> value.equals(ip(session.address()));
            case "DB" -> database(at);
            case "FLAGS" -> flags(value, not);
            case "CAPA" -> capabilities(value, not);
            default -> throw CommandError.SYNTAX;
        };
    }

    private static String ip(String address) {
        int colon = address.lastIndexOf(':');
        String ip = colon < 0 ? address : address.substring(0, colon);
        return ip.startsWith("[") && ip.endsWith("]") ? ip.substring(1, ip.length() - 1) : ip;
    }

    private Predicate<Session> database(int at) {
        int databases = unit.keyspace().databases();
        CommandError refusal =
                CommandError.of("ERR DB number should be between 0 and " + (databases - 1));
        long index = Numbers.integer(unit.arg(at), refusal);
        if (index < 0 || index >= databases) {
            throw refusal;
        }
        return session -> session.database() == index;
    }

    private static Predicate<Session> flags(String wanted, boolean not) {
        for (int i = 0; i < wanted.length(); i++) {
            if (ClientLine.FLAGS.indexOf(wanted.charAt(i)) < 0) {
                throw CommandError.of(
                        "ERR Unknown flags found in the " + which("FLAGS", not) + wanted);
            }
        }
        return session -> {
            String has = ClientLine.flags(session);
            return wanted.chars().allMatch(letter -> has.indexOf(letter) >= 0);
        };
    }

    /** No client can say that it has any: there is no CLIENT CAPA. */
    private static Predicate<Session> capabilities(String wanted, boolean not) {
        if (!wanted.matches("r*")) {
            throw CommandError.of("ERR Unknown capa found in the " + which("CAPA", not) + wanted);
        }
        return session -> wanted.isEmpty();
    }

    private static String which(String kind, boolean not) {
        return not ? "NOT-" + kind + " filter: " : "provided filter: ";
    }

    /** ID id [id ...]: up to the next word that is no number. */
    private int ids(String name, boolean not, int first) {
        CommandError refusal = kills ? BAD_ID : CommandError.of("ERR Invalid client ID");
        Set<Long> ids = new HashSet<>();
        int i = first;
        while (i < unit.argc() && (i == first || isNumber(i))) {
            long id = Numbers.integer(unit.arg(i), refusal);
            if (kills && id < 1) {
                throw refusal;
            }
            ids.add(id);
            i++;
        }
        put(name, session -> ids.contains(session.id()) != not);
        return i;
    }

    private boolean isNumber(int i) {
        return unit.arg(i).length() > 0
                && (unit.arg(i).byteAt(0) == '-' || Character.isDigit(unit.arg(i).byteAt(0)));
    }

    private long positive(int at, String name) {
        long seconds =
                Numbers.integer(
                        unit.arg(at),
                        CommandError.of("ERR " + name + " is not an integer or out of range"));
        if (seconds <= 0) {
            throw CommandError.of("ERR " + name + " should be greater than 0");
        }
        return seconds;
    }

    private boolean yes(int at) {
        if (unit.arg(at).isWord("YES")) {
            return true;
        }
        if (unit.arg(at).isWord("NO")) {
            return false;
        }
        throw CommandError.SYNTAX;
    }
}
