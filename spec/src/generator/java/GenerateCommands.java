import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns the command files into Java: {@code java GenerateCommands.java FROM TO} reads every JSON file
 * under FROM and writes the classes of package io.ferrite.spec that hold the same facts to TO.
 *
 * <p>Constants in class files are the form that a JVM loads fastest, and the form that its ahead-of-time
 * cache keeps. Names and documentation are separate classes: the latter are loaded when somebody asks.
 *
 * <p>A program of one file, run from source, so that it needs no build of its own. For the same reason
 * it reads JSON itself: sixty lines, for files that are ours.
 */
final class GenerateCommands {

    private static final Path PACKAGE = Path.of("io", "ferrite", "spec");
    private static final int COMMANDS_PER_CLASS = 64;

    private static final Set<String> PROPERTIES =
            Set.of(
                    "name", "group", "since", "summary", "complexity", "arity", "flags", "acl",
                    "keys", "getkeys", "tips", "docFlags", "deprecatedSince", "replacedBy",
                    "history", "arguments", "subcommands");

    /** A command or subcommand in the order of its id. */
    private record Entry(String fullName, boolean sub, String group, Map<String, Object> facts) {}

    private final List<Entry> entries = new ArrayList<>();

    /** Source text of each distinct set of key specifications, with the name of its constant. */
    private final Map<String, String> keySets = new LinkedHashMap<>();

    public static void main(String[] args) throws IOException {
        Path from = Path.of(args[0]);
        Path to = Path.of(args[1]).resolve(PACKAGE);
        var generator = new GenerateCommands();
        generator.read(from);
        Files.createDirectories(to);
        write(to, "CommandData", generator.data());
        write(to, "CommandDocsData", generator.docsIndex());
        for (int i = 0; i * COMMANDS_PER_CLASS < generator.entries.size(); i++) {
            write(to, "CommandDocs" + i, generator.docs(i));
        }
    }

    private static void write(Path folder, String name, String text) throws IOException {
        Path file = folder.resolve(name + ".java");
        // An unchanged file keeps its time, so that a build sees nothing to do.
        if (!Files.exists(file) || !Files.readString(file).equals(text)) {
            Files.writeString(file, text);
        }
    }

    // --- reading ---------------------------------------------------------------------------------

    private void read(Path from) throws IOException {
        List<Map<String, Object>> commands;
        try (Stream<Path> files = Files.walk(from)) {
            commands =
                    files.filter(file -> file.toString().endsWith(".json"))
                            .map(GenerateCommands::readFile)
                            .sorted((a, b) -> text(a, "name").compareTo(text(b, "name")))
                            .toList();
        }
        for (Map<String, Object> command : commands) {
            add(command, text(command, "name"), false, text(command, "group"));
            for (Map<String, Object> sub : objects(command, "subcommands")) {
                String fullName = text(command, "name") + "|" + text(sub, "name");
                add(sub, fullName, true, text(command, "group"));
            }
        }
    }

    private void add(Map<String, Object> facts, String name, boolean sub, String group) {
        for (String property : facts.keySet()) {
            if (!PROPERTIES.contains(property)) {
                throw new IllegalArgumentException(name + ": unknown property " + property);
            }
        }
        String own = (String) facts.getOrDefault("group", group);
        entries.add(new Entry(name, sub, own, facts));
    }

    private static Map<String, Object> readFile(Path file) {
        try {
            Map<String, Object> command = asObject(new Json(Files.readString(file)).document());
            Path expected = Path.of(text(command, "group"), text(command, "name") + ".json");
            if (!file.endsWith(expected)) {
                throw new IllegalArgumentException(file + ": should be " + expected);
            }
            return command;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    // --- names, arities, flags and keys ----------------------------------------------------------

    private String data() {
        var body = new StringBuilder();
        int methods = 0;
        for (int i = 0; i < entries.size(); i++) {
            if (i % COMMANDS_PER_CLASS == 0) {
                body.append(i == 0 ? "" : "    }\n\n");
                body.append("    private static void add").append(methods++);
                body.append("(CommandCatalog.Builder to) {\n");
            }
            body.append(data(entries.get(i)));
        }
        body.append("    }\n}\n");
        var head = new StringBuilder(header("Every command: name, arity, flags, categories, keys."));
        head.append("final class CommandData {\n\n    private CommandData() {}\n\n");
        keySets.forEach(
                (source, name) ->
                        head.append("    private static final KeySet ").append(name)
                                .append(" = new KeySet(").append(source).append(");\n"));
        head.append("\n    static void addTo(CommandCatalog.Builder to) {\n");
        for (int i = 0; i < methods; i++) {
            head.append("        add").append(i).append("(to);\n");
        }
        return head.append("    }\n\n").append(body).toString();
    }

    private String data(Entry entry) {
        Map<String, Object> facts = entry.facts;
        long flags = bits(texts(facts, "flags"), FLAGS);
        long categories = bits(texts(facts, "acl"), CATEGORIES);
        String keys = keySet(facts);
        return "        to.%s(%s, %d, 0x%xL, 0x%xL, %s, KeyProcedure.%s);\n"
                .formatted(
                        entry.sub ? "subcommand" : "command",
                        quoted(entry.fullName),
                        number(facts, "arity"),
                        flags,
                        categories,
                        keys,
                        procedure(facts));
    }

    private static String procedure(Map<String, Object> facts) {
        String own = (String) facts.get("getkeys");
        if (own != null) {
            return own.toUpperCase(Locale.ROOT).replace('-', '_');
        }
        for (Map<String, Object> keys : objects(facts, "keys")) {
            if (keys.get("find") instanceof Map<?, ?> find && find.containsKey("keynum")) {
                return "NUMKEYS";
            }
        }
        return "NONE";
    }

    private String keySet(Map<String, Object> facts) {
        List<Map<String, Object>> specs = objects(facts, "keys");
        if (specs.isEmpty()) {
            return "KeySet.NONE";
        }
        String source =
                specs.stream().map(GenerateCommands::keySpec).collect(Collectors.joining(", "));
        return keySets.computeIfAbsent(source, _ -> "K" + keySets.size());
    }

    private static String keySpec(Map<String, Object> spec) {
        String flags = "0x%x".formatted(bits(texts(spec, "flags"), KEY_FLAGS));
        String notes = quoted((String) spec.get("notes"));
        if (spec.get("begin").equals("unknown")) {
            return "KeySpec.unknown(%s, %s)".formatted(flags, notes);
        }
        Map<String, Object> begin = asObject(spec.get("begin"));
        Map<String, Object> find = asObject(spec.get("find"));
        String kind = find.containsKey("range") ? "range" : "keynum";
        String numbers =
                asList(find.get(kind)).stream().map(Object::toString).collect(
                        Collectors.joining(", "));
        if (begin.containsKey("keyword")) {
            if (!kind.equals("range")) {
                throw new IllegalArgumentException("a keyword is followed by a range");
            }
            return "KeySpec.after(%s, %s, %s, %s, %s)"
                    .formatted(
                            flags, quoted(text(begin, "keyword")), begin.get("from"), numbers,
                            notes);
        }
        return "KeySpec.%s(%s, %s, %s, %s)"
                .formatted(
                        kind.equals("range") ? "at" : "counted", flags, begin.get("index"),
                        numbers, notes);
    }

    // --- documentation ---------------------------------------------------------------------------

    private String docsIndex() {
        var text = new StringBuilder(header("Where each command's documentation is."));
        text.append("final class CommandDocsData {\n\n    private CommandDocsData() {}\n\n");
        text.append("    static CommandDocs of(int id) {\n");
        text.append("        return switch (id / ").append(COMMANDS_PER_CLASS).append(") {\n");
        for (int i = 0; i * COMMANDS_PER_CLASS < entries.size(); i++) {
            text.append("            case %d -> CommandDocs%d.of(id);\n".formatted(i, i));
        }
        text.append("            default -> throw new IllegalArgumentException(\"\" + id);\n");
        return text.append("        };\n    }\n}\n").toString();
    }

    private String docs(int part) {
        String name = "CommandDocs" + part;
        var text = new StringBuilder(header("Documentation of some commands."));
        text.append("final class ").append(name).append(" {\n\n");
        text.append("    private ").append(name).append("() {}\n\n");
        text.append("    static CommandDocs of(int id) {\n        return switch (id) {\n");
        int from = part * COMMANDS_PER_CLASS;
        int to = Math.min(entries.size(), from + COMMANDS_PER_CLASS);
        for (int id = from; id < to; id++) {
            text.append("            case %d -> d%d();\n".formatted(id, id));
        }
        text.append("            default -> throw new IllegalArgumentException(\"\" + id);\n");
        text.append("        };\n    }\n");
        for (int id = from; id < to; id++) {
            text.append(docsOf(id, entries.get(id)));
        }
        return text.append("}\n").toString();
    }

    private static String docsOf(int id, Entry entry) {
        Map<String, Object> facts = entry.facts;
        String history =
                asList(facts.getOrDefault("history", List.of())).stream()
                        .map(GenerateCommands::asList)
                        .map(
                                change ->
                                        "new CommandDocs.Change(%s, %s)"
                                                .formatted(
                                                        quoted((String) change.get(0)),
                                                        quoted((String) change.get(1))))
                        .collect(Collectors.joining(", "));
        return """

                    private static CommandDocs d%d() {
                        return new CommandDocs(
                                %s, %s,
                                %s,
                                %s,
                                List.of(%s), %s, %s,
                                List.of(%s),
                                List.of(%s),
                                List.of(%s));
                    }
                """
                .formatted(
                        id,
                        quoted(entry.group),
                        quoted(text(facts, "since")),
                        quoted(text(facts, "summary")),
                        quoted((String) facts.get("complexity")),
                        quotedAll(texts(facts, "docFlags")),
                        quoted((String) facts.get("deprecatedSince")),
                        quoted((String) facts.get("replacedBy")),
                        history,
                        quotedAll(texts(facts, "tips")),
                        arguments(facts, "                        "));
    }

    private static String arguments(Map<String, Object> owner, String indent) {
        return objects(owner, "arguments").stream()
                .map(argument -> "\n" + indent + argument(argument, indent))
                .collect(Collectors.joining(","));
    }

    private static String argument(Map<String, Object> facts, String indent) {
        int flags =
                (flag(facts, "optional") ? 1 : 0)
                        | (flag(facts, "multiple") ? 2 : 0)
                        | (flag(facts, "multipleToken") ? 4 : 0);
        return "new ArgumentSpec(%s, ArgumentSpec.Type.%s, %s, %s, %s, %s, %s, %d, List.of(%s))"
                .formatted(
                        quoted(text(facts, "name")),
                        text(facts, "type").toUpperCase(Locale.ROOT).replace('-', '_'),
                        quoted((String) facts.get("display")),
                        facts.getOrDefault("key", -1L),
                        quoted((String) facts.get("token")),
                        quoted((String) facts.get("since")),
                        quoted((String) facts.get("deprecatedSince")),
                        flags,
                        arguments(facts, indent + "    "));
    }

    private static boolean flag(Map<String, Object> facts, String name) {
        return facts.get(name) == Boolean.TRUE;
    }

    // --- the sets; the order is that of the enums, whose test compares them ------------------------

    private static final List<String> FLAGS =
            List.of(
                    "write", "readonly", "denyoom", "admin", "pubsub", "noscript", "blocking",
                    "loading", "stale", "skip_monitor", "skip_slowlog", "asking", "fast",
                    "no_auth", "may_replicate", "sentinel", "only_sentinel", "no_mandatory_keys",
                    "protected", "no_async_loading", "no_multi", "movablekeys", "allow_busy",
                    "touches_arbitrary_keys", "script_runner", "all_dbs", "experimental");

    private static final List<String> CATEGORIES =
            List.of(
                    "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string",
                    "bitmap", "hyperloglog", "geo", "stream", "pubsub", "admin", "fast", "slow",
                    "blocking", "dangerous", "connection", "transaction", "scripting", "array");

    private static final List<String> KEY_FLAGS =
            List.of(
                    "RO", "RW", "OW", "RM", "ACCESS", "UPDATE", "INSERT", "DELETE", "NOT_KEY",
                    "INCOMPLETE", "VARIABLE_FLAGS");

    private static long bits(List<String> names, List<String> order) {
        long bits = 0;
        for (String name : names) {
            int at = order.indexOf(name);
            if (at < 0) {
                throw new IllegalArgumentException("no such flag: " + name);
            }
            bits |= 1L << at;
        }
        return bits;
    }

    // --- text ------------------------------------------------------------------------------------

    private static String header(String about) {
        return """
                // Generated from spec/src/main/commands by spec/src/generator; not to be edited.
                package io.ferrite.spec;

                %s/** %s */
                """
                .formatted(about.startsWith("Doc") ? "import java.util.List;\n\n" : "", about);
    }

    private static String quoted(String text) {
        if (text == null) {
            return "null";
        }
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String quotedAll(List<String> texts) {
        return texts.stream().map(GenerateCommands::quoted).collect(Collectors.joining(", "));
    }

    private static String text(Map<String, Object> object, String name) {
        if (!(object.get(name) instanceof String text)) {
            throw new IllegalArgumentException(name + " is missing in " + object.get("name"));
        }
        return text;
    }

    private static long number(Map<String, Object> object, String name) {
        if (!(object.get(name) instanceof Long number)) {
            throw new IllegalArgumentException(name + " is missing in " + object.get("name"));
        }
        return number;
    }

    private static List<String> texts(Map<String, Object> object, String name) {
        return asList(object.getOrDefault(name, List.of())).stream()
                .map(String.class::cast)
                .toList();
    }

    private static List<Map<String, Object>> objects(Map<String, Object> object, String name) {
        return asList(object.getOrDefault(name, List.of())).stream()
                .map(GenerateCommands::asObject)
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asObject(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> asList(Object value) {
        return (List<Object>) value;
    }

    /** JSON without exponents, fractions and Unicode escapes: what the command files use. */
    private static final class Json {

        private final String text;
        private int at;

        Json(String text) {
            this.text = text;
        }

        Object document() {
            Object value = value();
            skipSpace();
            expect(at == text.length());
            return value;
        }

        private Object value() {
            skipSpace();
            char c = text.charAt(at);
            return switch (c) {
                case '{' -> object();
                case '[' -> list();
                case '"' -> string();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                default -> number();
            };
        }

        private Map<String, Object> object() {
            var object = new LinkedHashMap<String, Object>();
            at++;
            while (!ends('}', object.isEmpty())) {
                skipSpace();
                String name = string();
                skipSpace();
                expect(text.charAt(at++) == ':');
                expect(object.put(name, value()) == null);
            }
            return object;
        }

        private List<Object> list() {
            var list = new ArrayList<>();
            at++;
            while (!ends(']', list.isEmpty())) {
                list.add(value());
            }
            return list;
        }

        /** Passes the closing bracket, or the comma before an element that is not the first. */
        private boolean ends(char closing, boolean first) {
            skipSpace();
            if (text.charAt(at) == closing) {
                at++;
                return true;
            }
            if (!first) {
                expect(text.charAt(at++) == ',');
            }
            return false;
        }

        private String string() {
            expect(text.charAt(at++) == '"');
            var string = new StringBuilder();
            while (text.charAt(at) != '"') {
                if (text.charAt(at) == '\\') {
                    at++;
                    expect("\"\\/".indexOf(text.charAt(at)) >= 0);
                }
                string.append(text.charAt(at++));
            }
            at++;
            return string.toString();
        }

        private Object word(String word, Object value) {
            expect(text.startsWith(word, at));
            at += word.length();
            return value;
        }

        private Long number() {
            int start = at;
            while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            expect(at > start);
            return Long.valueOf(text.substring(start, at));
        }

        private void skipSpace() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private void expect(boolean holds) {
            if (!holds) {
                int line = (int) text.substring(0, at).lines().count();
                throw new IllegalArgumentException("not the JSON expected, in line " + line);
            }
        }
    }
}
