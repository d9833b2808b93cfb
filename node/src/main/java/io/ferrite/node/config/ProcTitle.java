package io.ferrite.node.config;

import java.util.Set;
import java.util.function.Function;

/** The template of the process title: text with {@code {variables}}; {@code {{} is a brace. */
public final class ProcTitle {
    private static final Set<String> VARIABLES =
            Set.of(
                    "title",
                    "listen-addr",
                    "server-mode",
                    "config-file",
                    "port",
                    "tls-port",
                    "unixsocket");

    private ProcTitle() {}

    static boolean isVariable(String name) {
        return VARIABLES.contains(name);
    }

    /** Removes blanks at both ends. */
    static String trim(String title) {
        int start = 0;
        int end = title.length();
        while (start < end && title.charAt(start) == ' ') {
            start++;
        }
        while (end > start && title.charAt(end - 1) == ' ') {
            end--;
        }
        return title.substring(start, end);
    }

    /**
     * The text with its variables replaced, or null when a brace stays open or the function knows a
     * name not.
     */
    static String expand(String template, Function<String, String> valueOf) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (true) {
            int open = template.indexOf('{', at);
            if (open < 0) {
                return out.append(template, at, template.length()).toString();
            }
            out.append(template, at, open);
            if (open + 1 == template.length()) {
                return null;
            }
            if (template.charAt(open + 1) == '{') {
                out.append('{');
                at = open + 2;
                continue;
            }
            int close = template.indexOf('}', open + 1);
            String value = close < 0 ? null : valueOf.apply(template.substring(open + 1, close));
            if (value == null) {
                return null;
            }
            out.append(value);
            at = close + 1;
        }
    }

    /**
     * The title of a server.
     *
     * @param program what the process was started as, the variable {@code title}
     * @param configFile absolute path, empty when there is none
     * @param sentinel whether the process is a Sentinel
     */
    public static String of(
            Settings settings, String program, String configFile, boolean sentinel) {
        int port = settings.getInt(NetworkOptions.PORT);
        int tlsPort = settings.getInt(TlsOptions.TLS_PORT);
        String socket = settings.get(NetworkOptions.UNIXSOCKET);
        var bind = settings.get(NetworkOptions.BIND);
        String title =
                expand(
                        settings.get(ServerOptions.PROC_TITLE_TEMPLATE),
                        name ->
                                switch (name) {
                                    case "title" -> program;
                                    case "listen-addr" ->
                                            port != 0 || tlsPort != 0
                                                    ? (bind.isEmpty() ? "*" : bind.getFirst())
                                                            + ":"
                                                            + (port != 0 ? port : tlsPort)
                                                    : "unixsocket:" + socket;
                                    case "server-mode" ->
                                            settings.get(ClusterOptions.CLUSTER_ENABLED)
                                                    ? "[cluster]"
                                                    : sentinel ? "[sentinel]" : "";
                                    case "config-file" -> configFile.isEmpty() ? "-" : configFile;
                                    case "port" -> Integer.toString(port);
                                    case "tls-port" -> Integer.toString(tlsPort);
                                    case "unixsocket" -> socket;
                                    default -> null;
                                });
        return title == null ? program : trim(title);
    }
}
