package io.ferrite.durability.aof;

import java.util.ArrayList;
import java.util.List;

/** Words of a line that may be quoted, as in redis.conf. Characters are bytes. */
final class ManifestWords {

    private static final String HEX = "0123456789abcdef";

    private ManifestWords() {}

    /** A word as it is written: in quotes if it needs them. */
    static String quoted(String word) {
        boolean plain = true;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            plain &= c > ' ' && c < 0x7F && c != '"' && c != '\\';
        }
        if (plain && !word.isEmpty()) {
            return word;
        }
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            switch (c) {
                case '\\', '"' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case 7 -> out.append("\\a");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c >= ' ' && c < 0x7F) {
                        out.append(c);
                    } else {
                        out.append("\\x").append(HEX.charAt(c >> 4 & 15));
                        out.append(HEX.charAt(c & 15));
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    /** The words of a line; null if quotes do not fit. */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        int[] at = {0};
        while (true) {
            while (at[0] < line.length() && isSpace(line.charAt(at[0]))) {
                at[0]++;
            }
            if (at[0] == line.length()) {
                return words;
            }
            String word = word(line, at);
            if (word == null) {
                return null;
            }
            words.add(word);
        }
    }

    private static String word(String line, int[] at) {
        StringBuilder word = new StringBuilder();
        while (at[0] < line.length() && !isSpace(line.charAt(at[0]))) {
            char c = line.charAt(at[0]++);
            if (c == '"' || c == '\'') {
                if (!quotedPart(line, at, c, word)) {
                    return null;
                }
                return word.toString();
            }
            word.append(c);
        }
        return word.toString();
    }

    /** Reads up to the closing quote, behind which the word has to end. */
    private static boolean quotedPart(String line, int[] at, char quote, StringBuilder word) {
        while (at[0] < line.length()) {
            char c = line.charAt(at[0]++);
            if (c == quote) {
                return at[0] == line.length() || isSpace(line.charAt(at[0]));
            }
            if (c == '\\' && at[0] < line.length()) {
                word.append(escaped(line, at, quote));
            } else {
                word.append(c);
            }
        }
        return false;
    }

    private static String escaped(String line, int[] at, char quote) {
        char c = line.charAt(at[0]);
        if (quote == '\'') {
            if (c != '\'') {
                return "\\";
            }
            at[0]++;
            return "'";
        }
        if (c == 'x' && at[0] + 2 < line.length()) {
            int high = Character.digit(line.charAt(at[0] + 1), 16);
            int low = Character.digit(line.charAt(at[0] + 2), 16);
            if (high >= 0 && low >= 0) {
                at[0] += 3;
                return String.valueOf((char) (high << 4 | low));
            }
        }
        at[0]++;
        return switch (c) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'b' -> "\b";
            case 'a' -> "\u0007";
            default -> String.valueOf(c);
        };
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c >= '\t' && c <= '\r' || c == 0;
    }
}
