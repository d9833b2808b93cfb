package io.ferrite.node.config;

/**
 * Patterns of parameter names: {@code *}, {@code ?}, {@code [a-z]}, {@code [^x]} and backslash, in
 * any case of letters. Meant for short names: a pattern with many stars costs accordingly, and the
 * depth of the search is bounded by {@link #MAX_STARS}.
 */
final class NameGlob {
    private static final int MAX_STARS = 64;

    private final String pattern;
    private final String name;

    private NameGlob(String pattern, String name) {
        this.pattern = pattern;
        this.name = name;
    }

    /** Whether the text has a character that makes it more than a name. */
    static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
    }

    static boolean matches(String pattern, String name) {
        NameGlob glob = new NameGlob(Words.lowerCase(pattern), Words.lowerCase(name));
        return glob.matches(0, 0, 0);
    }

    private boolean matches(int p, int n, int stars) {
        int at = p;
        int in = n;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            if (c == '*') {
                return stars < MAX_STARS && matchesRest(at + 1, in, stars + 1);
            }
            if (in == name.length()) {
                return false;
            }
            if (c == '[') {
                int close = endOfClass(at + 1);
                if (!inClass(at + 1, close, name.charAt(in))) {
                    return false;
                }
                at = Math.min(close + 1, pattern.length());
            } else {
                if (c == '\\' && at + 1 < pattern.length()) {
                    at++;
                    c = pattern.charAt(at);
                    if (c != name.charAt(in)) {
                        return false;
                    }
                } else if (c != '?' && c != name.charAt(in)) {
                    return false;
                }
                at++;
            }
            in++;
        }
        return in == name.length();
    }

    private boolean matchesRest(int p, int n, int stars) {
        for (int start = n; start <= name.length(); start++) {
            if (matches(p, start, stars)) {
                return true;
            }
        }
        return false;
    }

    /** Where the bracket closes, or the end of the pattern. */
    private int endOfClass(int from) {
        int at = from;
        while (at < pattern.length() && pattern.charAt(at) != ']') {
            at += pattern.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, pattern.length());
    }

    private boolean inClass(int from, int to, char c) {
        int at = from;
        boolean negated = at < to && pattern.charAt(at) == '^';
        if (negated) {
            at++;
        }
        boolean found = false;
        while (at < to) {
            char first = pattern.charAt(at);
            if (first == '\\' && at + 1 < to) {
                found |= pattern.charAt(at + 1) == c;
                at += 2;
            } else if (at + 2 < to && pattern.charAt(at + 1) == '-') {
                char last = pattern.charAt(at + 2);
                found |= c >= Math.min(first, last) && c <= Math.max(first, last);
                at += 3;
            } else {
                found |= first == c;
                at++;
            }
        }
        return found != negated;
    }
}
