package io.ferrite.node.sentinel;

import java.util.Map;

/** Objects of names and texts as JSON. */
final class Json {

    private static final long SAFE_MAX = 1L << 53;

    private final StringBuilder out = new StringBuilder("{");

    Json put(String name, String value) {
        key(name);
        text(value);
        return this;
    }

    Json put(String name, long value) {
        key(name);
        out.append(value);
        return this;
    }

    /** Adds texts, those that are plain numbers as numbers. */
    Json putAll(Map<String, String> details) {
        details.forEach((name, value) -> {
            key(name);
            if (isNumber(value)) {
                out.append(value);
            } else {
                text(value);
            }
        });
        return this;
    }

    private void key(String name) {
        if (out.length() > 1) {
            out.append(',');
        }
        text(name);
        out.append(':');
    }

    private static boolean isNumber(String value) {
        boolean digits =
                !value.isEmpty()
                        && value.length() < 17
                        && value.chars().allMatch(c -> c >= '0' && c <= '9')
                        && (value.length() == 1 || value.charAt(0) != '0');
        return digits && Long.parseLong(value) < SAFE_MAX;
    }

    private void text(String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > 126) {
                out.append("\\u00");
                out.append(Character.forDigit(c >> 4 & 15, 16));
                out.append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    @Override
    public String toString() {
        return out + "}";
    }
}
