package io.ferrite.node.metrics;

/** Writes Prometheus' text format: each family once, its help and type before its samples. */
final class MetricsText {

    private final StringBuilder out = new StringBuilder(16 << 10);
    private String family;

    /** Begins a family; its samples follow. */
    MetricsText family(String name, String type, String help) {
        family = name;
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /** A sample without labels. */
    MetricsText sample(double value) {
        out.append(family);
        return value(value);
    }

    /** A sample with labels, given as names and values by turns. */
    MetricsText sample(double value, String... labels) {
        return sampleOf("", value, labels);
    }

    /** As {@link #sample}, of a part of a histogram. */
    MetricsText sampleOf(String suffix, double value, String... labels) {
        out.append(family).append(suffix).append('{');
        for (int i = 0; i < labels.length; i += 2) {
            out.append(i == 0 ? "" : ",").append(labels[i]).append("=\"");
            escape(labels[i + 1]);
            out.append('"');
        }
        out.append('}');
        return value(value);
    }

    private void escape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(c);
            }
        }
    }

    private MetricsText value(double value) {
        out.append(' ');
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            out.append((long) value);
        } else {
            out.append(value);
        }
        out.append('\n');
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
