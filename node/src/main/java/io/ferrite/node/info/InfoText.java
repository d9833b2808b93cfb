package io.ferrite.node.info;

import java.util.Locale;

/** Builds {@code field:value} lines. */
final class InfoText {

    private final StringBuilder out;

    InfoText(StringBuilder out) {
        this.out = out;
    }

    InfoText put(String field, String value) {
        out.append(field).append(':').append(value).append("\r\n");
        return this;
    }

    InfoText put(String field, long value) {
        out.append(field).append(':').append(value).append("\r\n");
        return this;
    }

    /** 1 or 0. */
    InfoText put(String field, boolean value) {
        return put(field, value ? 1 : 0);
    }

    InfoText put(String field, double value) {
        return put(field, String.format(Locale.ROOT, "%.2f", value));
    }

    /** A field of bytes and, beside it, the same for people. */
    InfoText putBytes(String field, long bytes) {
        return put(field, bytes).put(field + "_human", human(bytes));
    }

    /** Bytes as Redis shows them to people. */
    static String human(long bytes) {
        if (bytes < 1024) {
            return bytes + "B";
        }
        String units = "KMGTPE";
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < units.length() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f%c", value, units.charAt(unit));
    }
}
