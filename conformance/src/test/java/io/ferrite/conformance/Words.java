package io.ferrite.conformance;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Commands as lists of words, one character for each byte. */
final class Words {

    private static final int SHOWN = 120;

    private Words() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A command as one could type it. */
    static String readable(List<String> command) {
        StringBuilder out = new StringBuilder();
        for (String word : command) {
            boolean plain =
                    !word.isEmpty() && word.chars().allMatch(c -> c > ' ' && c < 127 && c != '"');
            out.append(out.length() == 0 ? "" : " ");
            out.append(plain ? shortened(word) : readable(word));
        }
        return out.toString();
    }

    /** Text in quotes, with escapes, shortened in its middle. */
    static String readable(String text) {
        if (text == null) {
            return "nothing";
        }
        StringBuilder out = new StringBuilder("\"");
        for (char c : shortened(text).toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < 127) {
                out.append(c);
            } else {
                out.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
            }
        }
        return out.append('"').toString();
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN
                ? text
                : text.substring(0, SHOWN / 2)
                        + "...("
                        + text.length()
                        + ")..."
                        + text.substring(text.length() - SHOWN / 2);
    }
}
