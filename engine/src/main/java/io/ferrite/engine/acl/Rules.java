package io.ferrite.engine.acl;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small questions about the words of rules. */
public final class Rules {

    private Rules() {}

    /** Whether a name or pattern holds white space or a zero byte, which would break its line. */
    public static boolean hasSpaces(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == ' ' || c == 0 || c >= 9 && c <= 13) {
                return true;
            }
        }
        return false;
    }

    /**
     * Joins the words of selectors that were given as several arguments: {@code (~a}, {@code
     * +get)}. A parenthesis that {@link #unclosed} finds is dropped with all behind it.
     */
    public static List<String> join(List<String> words) {
        List<String> joined = new ArrayList<>(words.size());
        StringBuilder open = null;
        for (String word : words) {
            if (open == null && isOpening(word)) {
                open = new StringBuilder(word);
            } else if (open == null) {
                joined.add(word);
            } else {
                open.append(' ').append(word);
                if (word.endsWith(")")) {
                    joined.add(open.toString());
                    open = null;
                }
            }
        }
        return joined;
    }

    /** The word that opens a selector which no later word closes; null if there is none. */
    public static @Nullable String unclosed(List<String> words) {
        String open = null;
        for (String word : words) {
            if (open == null && isOpening(word)) {
                open = word;
            } else if (open != null && word.endsWith(")")) {
                open = null;
            }
        }
        return open;
    }

    private static boolean isOpening(String word) {
        return word.startsWith("(") && !word.endsWith(")");
    }

    /** Lower case of A to Z only. */
    static String lowerCase(String word) {
        StringBuilder out = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            out.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return out.toString();
    }
}
