package io.ferrite.coordination.sentinel;

/** A word of a configuration file: as it is, or in quotes where it would not stay one word. */
final class ConfigWord {

    private ConfigWord() {}

    static String of(String word) {
        return !word.isEmpty() && word.chars().allMatch(ConfigWord::isPlain) ? word : quoted(word);
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 127 && c != '"' && c != '\'' && c != '\\';
    }

    private static String quoted(String word) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < 127) {
                out.append(c);
            } else {
                out.append("\\x")
                        .append(Character.forDigit(c >> 4 & 15, 16))
                        .append(Character.forDigit(c & 15, 16));
            }
        }
        return out.append('"').toString();
    }
}
