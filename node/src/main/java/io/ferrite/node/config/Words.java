package io.ferrite.node.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a configuration line: splitting with quotes, quoting, and ASCII case folding.
 *
 * <p>Strings here hold one byte per character (ISO 8859-1).
 */
public final class Words {

    private Words() {}

    /**
     * Splits a line at blanks. Double quotes know {@code \n \r \t \b \a \xHH} and escape everything
     * else to itself, single quotes only {@code \'}; a closing quote ends the word.
     *
     * @return the words, or null when quotes are not balanced or something follows a closing quote
     */
    public static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < line.length() && isSpace(line.charAt(at))) {
                at++;
            }
            if (at == line.length() || line.charAt(at) == 0) {
                return words;
            }
            StringBuilder word = new StringBuilder();
            at = readWord(line, at, word);
            if (at < 0) {
                return null;
            }
            words.add(word.toString());
        }
    }

    /** Reads one word from {@code at}; returns where it ended, or -1 when its quotes are wrong. */
    private static int readWord(String line, int at, StringBuilder word) {
        while (at < line.length()) {
            char c = line.charAt(at);
            switch (c) {
                case ' ', '\n', '\r', '\t', 0 -> {
                    return at;
                }
                case '"' -> {
                    return readDoubleQuoted(line, at + 1, word);
                }
                case '\'' -> {
                    return readSingleQuoted(line, at + 1, word);
                }
                default -> word.append(c);
            }
            at++;
        }
        return at;
    }

    private static int readDoubleQuoted(String line, int at, StringBuilder word) {
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == '"') {
                return endOfQuoted(line, at + 1);
            }
            if (c == '\\' && at + 1 < line.length()) {
                char next = line.charAt(at + 1);
                if (next == 'x' && at + 3 < line.length() && hexAt(line, at + 2) >= 0) {
                    word.append((char) hexAt(line, at + 2));
                    at += 4;
                    continue;
                }
                word.append(unescape(next));
                at += 2;
                continue;
            }
            word.append(c);
            at++;
        }
        return -1;
    }

    private static int readSingleQuoted(String line, int at, StringBuilder word) {
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == '\'') {
                return endOfQuoted(line, at + 1);
            }
            if (c == '\\' && at + 1 < line.length() && line.charAt(at + 1) == '\'') {
                word.append('\'');
                at += 2;
                continue;
            }
            word.append(c);
            at++;
        }
        return -1;
    }

    private static int endOfQuoted(String line, int at) {
        return at == line.length() || isSpace(line.charAt(at)) ? at : -1;
    }

    /** The byte that two hexadecimal digits name, or -1. */
    private static int hexAt(String line, int at) {
        int high = Character.digit(line.charAt(at), 16);
        int low = Character.digit(line.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static char unescape(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> c;
        };
    }

    /** The word in double quotes, so that {@link #split} gives it back. */
    public static String quote(String word) {
        StringBuilder out = new StringBuilder(word.length() + 2).append('"');
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
                    if (c >= ' ' && c < 127) {
                        out.append(c);
                    } else {
                        out.append("\\x")
                                .append(Character.forDigit(c >> 4 & 15, 16))
                                .append(Character.forDigit(c & 15, 16));
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    /** Removes blanks, tabs and line ends at both ends, and nothing else. */
    static String trim(String line) {
        int start = 0;
        int end = line.length();
        while (start < end && isTrimmed(line.charAt(start))) {
            start++;
        }
        while (end > start && isTrimmed(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(start, end);
    }

    private static boolean isTrimmed(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    static boolean isSpace(char c) {
        return c == ' ' || c >= 9 && c <= 13;
    }

    /** Lower case of A to Z only, whatever the locale. */
    public static String lowerCase(String word) {
        StringBuilder out = null;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                if (out == null) {
                    out = new StringBuilder(word);
                }
                out.setCharAt(i, (char) (c + 32));
            }
        }
        return out == null ? word : out.toString();
    }

    static boolean equalIgnoringCase(String a, String b) {
        return a.length() == b.length() && lowerCase(a).equals(lowerCase(b));
    }
}
