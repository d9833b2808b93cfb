package io.ferrite.node.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What people read about parameters, derived from their rows. */
public final class ConfigDocs {
    private static final int TEXT_WIDTH = 98;

    private ConfigDocs() {}

    private static Map<String, List<Option<?>>> areas() {
        Map<String, List<Option<?>>> areas = new LinkedHashMap<>();
        areas.put("Network", NetworkOptions.rows());
        areas.put("TLS", TlsOptions.rows());
        areas.put("Server", ServerOptions.rows());
        areas.put("Memory", MemoryOptions.rows());
        areas.put("Replication", ReplicationOptions.rows());
        areas.put("Persistence", PersistenceOptions.rows());
        areas.put("Cluster", ClusterOptions.rows());
        return areas;
    }

    /** A page with a table for each area. */
    public static String page() {
        StringBuilder out =
                new StringBuilder(
                        """
                        # Parameters

                        Generated from the table in `io.ferrite.node.config`; do not edit. A line of the
                        configuration file is `name value`, an option of the command line `--name value`,
                        and `CONFIG SET name value` changes what can be changed at run time. Parameters
                        that have no effect yet are kept and shown; setting one logs a line that says so.
                        """);
        areas().forEach((area, rows) -> {
            out.append("\n## ").append(area).append("\n\n");
            out.append("| name | default | at run time | what |\n");
            out.append("|---|---|---|---|\n");
            rows.forEach(row -> tableLine(out, row));
        });
        return out.toString();
    }

    private static <T> void tableLine(StringBuilder out, Option<T> row) {
        String shown = String.join(" ", byDefault(row));
        out.append("| `").append(row.name()).append('`');
        row.aliases().forEach(alias -> out.append(" `").append(alias).append('`'));
        out.append(" | ").append(shown.isEmpty() ? "" : "`" + shown + "`").append(" | ");
        out.append(row.is(Option.Mark.IMMUTABLE) ? "no" : "yes").append(" | ");
        out.append(row.text().replace("|", "\\|"));
        if (row.isInert()) {
            out.append(". *No effect: ").append(row.inertReason()).append(".*");
        }
        out.append(" |\n");
    }

    /** A configuration file in which every parameter is explained and none is set. */
    public static String sampleFile() {
        StringBuilder out =
                new StringBuilder(
                        """
                        # A configuration file for Ferrite, in the form of redis.conf. Every parameter stands here
                        # with its default; take the mark # away to change one. Generated, as is docs/config.md.
                        """);
        areas().forEach((area, rows) -> {
            out.append("\n### ").append(area).append('\n');
            rows.stream()
                    .filter(row -> !row.is(Option.Mark.HIDDEN))
                    .forEach(row -> sampleLines(out, row));
        });
        return out.toString();
    }

    private static <T> void sampleLines(StringBuilder out, Option<T> row) {
        String text = row.text() + (row.isInert() ? " (no effect: " + row.inertReason() + ")" : "");
        out.append('\n');
        int at = 0;
        while (text.length() - at > TEXT_WIDTH) {
            int cut = text.lastIndexOf(' ', at + TEXT_WIDTH);
            out.append("# ").append(text, at, cut).append('\n');
            at = cut + 1;
        }
        out.append("# ").append(text, at, text.length()).append('\n');
        List<String> values = byDefault(row);
        if (values.isEmpty()) {
            out.append("# ").append(row.name()).append(" ...\n");
        }
        for (String value : values) {
            out.append('#').append(row.name()).append(' ').append(value).append('\n');
        }
    }

    /** The default as lines of a file; none when only the absence of a line gives it. */
    private static <T> List<String> byDefault(Option<T> row) {
        List<String> values = row.renderForFile(row.defaultValue());
        String shown = row.render(row.defaultValue());
        return values.isEmpty() && !shown.isEmpty() ? List.of(shown) : values;
    }
}
