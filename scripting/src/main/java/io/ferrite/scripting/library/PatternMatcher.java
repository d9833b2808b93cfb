package io.ferrite.scripting.library;

import io.ferrite.memory.Memory;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;

/**
 * Lua's patterns, matched in Java: where C goes as deep as a pattern wants and as long as it takes,
 * this stops at {@value #DEPTH_MAX} levels, and asks now and then whether it may go on.
 *
 * <p>A pattern ends at its first zero byte, as in Lua 5.1. Not thread-safe.
 */
final class PatternMatcher {

    /** Asked while a match takes long; throws to end it. */
    @FunctionalInterface
    interface Patience {
        void ask(long state);
    }

    static final long NONE = 0;

    private static final int CAPTURES_MAX = 32;
    private static final int DEPTH_MAX = 200;
    private static final long UNFINISHED = -1;
    private static final long POSITION = -2;
    private static final int ESCAPE = '%';

    /** Between two questions. */
    private static final int STEPS = 100_000;

    private final Patience patience;
    private final long[] from = new long[CAPTURES_MAX];
    private final long[] length = new long[CAPTURES_MAX];
    private long state;
    private long begin;
    private long end;
    private long patternEnd;
    private int level;
    private int depth;
    private int steps;

    PatternMatcher(Patience patience) {
        this.patience = patience;
    }

    /** The subject, and the pattern; both stay where they are while they are used. */
    void on(long state, long subject, long subjectLength, long pattern, long patternLength) {
        this.state = state;
        begin = subject;
        end = subject + subjectLength;
        patternEnd = pattern;
        while (patternEnd < pattern + patternLength && Memory.getByte(patternEnd) != 0) {
            patternEnd++;
        }
        steps = 0;
    }

    /** Where the match that begins at {@code s} ends, or {@link #NONE}. */
    long matchAt(long s, long pattern) {
        level = 0;
        depth = 0;
        return match(s, pattern);
    }

    private int p(long at) {
        return at < patternEnd ? Memory.getUnsignedByte(at) : 0;
    }

    private int s(long at) {
        return at < end ? Memory.getUnsignedByte(at) : 0;
    }

    private void step(long count) {
        steps += (int) Math.min(count, STEPS);
        if (steps >= STEPS) {
            steps = 0;
            patience.ask(state);
        }
    }

    private long match(long s, long p) {
        if (++depth > DEPTH_MAX) {
            throw LuaError.of("pattern too complex");
        }
        long result = matchItems(s, p);
        depth--;
        return result;
    }

    private long matchItems(long subject, long pattern) {
        long s = subject;
        long p = pattern;
        while (true) {
            step(1);
            switch (p(p)) {
                case 0 -> {
                    return s;
                }
                case '(' -> {
                    return p(p + 1) == ')'
                            ? startCapture(s, p + 2, POSITION)
                            : startCapture(s, p + 1, UNFINISHED);
                }
                case ')' -> {
                    return endCapture(s, p + 1);
                }
                case '$' -> {
                    if (p + 1 >= patternEnd) {
                        return s == end ? s : NONE;
                    }
                }
                case ESCAPE -> {
                    int kind = p(p + 1);
                    if (kind == 'b' || kind == 'f' || kind >= '0' && kind <= '9') {
                        s = special(s, p, kind);
                        if (s == NONE) {
                            return NONE;
                        }
                        p = kind == 'f' ? classEnd(p + 2) : kind == 'b' ? p + 4 : p + 2;
                        continue;
                    }
                }
                default -> {}
            }
            long next = classEnd(p);
            boolean one = s < end && single(s(s), p, next);
            switch (p(next)) {
                case '?' -> {
                    long result = one ? match(s + 1, next + 1) : NONE;
                    if (result != NONE) {
                        return result;
                    }
                    p = next + 1;
                }
                case '*' -> {
                    return most(s, p, next);
                }
                case '+' -> {
                    return one ? most(s + 1, p, next) : NONE;
                }
                case '-' -> {
                    return fewest(s, p, next);
                }
                default -> {
                    if (!one) {
                        return NONE;
                    }
                    s++;
                    p = next;
                }
            }
        }
    }

    /** {@code %b}, {@code %f} or {@code %1}: where it ends. */
    private long special(long s, long p, int kind) {
        return switch (kind) {
            case 'b' -> balanced(s, p + 2);
            case 'f' -> isFrontier(s, p + 2) ? s : NONE;
            default -> repeated(s, kind);
        };
    }

    private long most(long s, long p, long next) {
        long count = 0;
        while (s + count < end && single(s(s + count), p, next)) {
            count++;
        }
        step(count);
        while (count >= 0) {
            long result = match(s + count, next + 1);
            if (result != NONE) {
                return result;
            }
            count--;
        }
        return NONE;
    }

    private long fewest(long subject, long p, long next) {
        long s = subject;
        while (true) {
            long result = match(s, next + 1);
            if (result != NONE) {
                return result;
            }
            if (s >= end || !single(s(s), p, next)) {
                return NONE;
            }
            s++;
        }
    }

    private long balanced(long subject, long p) {
        int open = p(p);
        int close = p(p + 1);
        if (open == 0 || close == 0) {
            throw LuaError.of("unbalanced pattern");
        }
        if (s(subject) != open || subject >= end) {
            return NONE;
        }
        int depth = 1;
        for (long s = subject + 1; s < end; s++) {
            int c = Memory.getUnsignedByte(s);
            if (c == close) {
                if (--depth == 0) {
                    step(s - subject);
                    return s + 1;
                }
            } else if (c == open) {
                depth++;
            }
        }
        step(end - subject);
        return NONE;
    }

    private boolean isFrontier(long s, long p) {
        if (p(p) != '[') {
            throw LuaError.of("missing '[' after '%f' in pattern");
        }
        long last = classEnd(p) - 1;
        int before = s == begin ? 0 : Memory.getUnsignedByte(s - 1);
        return !inSet(before, p, last) && inSet(s(s), p, last);
    }

    // --- captures -------------------------------------------------------------------------------

    private long startCapture(long s, long p, long what) {
        if (level >= CAPTURES_MAX) {
            throw LuaError.of("too many captures");
        }
        from[level] = s;
        length[level] = what;
        level++;
        long result = match(s, p);
        if (result == NONE) {
            level--;
        }
        return result;
    }

    private long endCapture(long s, long p) {
        int capture = level - 1;
        while (capture >= 0 && length[capture] != UNFINISHED) {
            capture--;
        }
        if (capture < 0) {
            throw LuaError.of("invalid pattern capture");
        }
        length[capture] = s - from[capture];
        long result = match(s, p);
        if (result == NONE) {
            length[capture] = UNFINISHED;
        }
        return result;
    }

    private long repeated(long s, int digit) {
        int capture = digit - '1';
        if (capture < 0 || capture >= level || length[capture] == UNFINISHED) {
            throw LuaError.of("invalid capture index");
        }
        long size = length[capture];
        if (size < 0 || end - s < size) {
            return NONE;
        }
        step(size >> 4);
        return Memory.equal(from[capture], s, (int) size) ? s + size : NONE;
    }

    /** How many captures there are; one, the whole match, when the pattern has none. */
    int captures(boolean whole) {
        return level == 0 && whole ? 1 : level;
    }

    /** Pushes a capture of the match {@code [s, e)}. */
    void push(int capture, long s, long e) {
        if (capture >= level) {
            if (capture != 0) {
                throw LuaError.of("invalid capture index");
            }
            Lua.pushBytes(state, s, e - s);
        } else if (length[capture] == UNFINISHED) {
            throw LuaError.of("unfinished capture");
        } else if (length[capture] == POSITION) {
            Lua.pushNumber(state, from[capture] - begin + 1);
        } else {
            Lua.pushBytes(state, from[capture], length[capture]);
        }
    }

    /** Pushes all captures of a match; how many. */
    int pushAll(long s, long e, boolean whole) {
        int count = captures(whole);
        Arguments.room(state, count + 4, "too many captures");
        for (int i = 0; i < count; i++) {
            push(i, s, e);
        }
        return count;
    }

    // --- characters -----------------------------------------------------------------------------

    private long classEnd(long at) {
        long p = at;
        int c = p(p++);
        if (c == ESCAPE) {
            if (p >= patternEnd) {
                throw LuaError.of("malformed pattern (ends with '%')");
            }
            return p + 1;
        }
        if (c == '[') {
            if (p(p) == '^') {
                p++;
            }
            do { // a ] at the beginning is itself
                if (p >= patternEnd) {
                    throw LuaError.of("malformed pattern (missing ']')");
                }
                if (p(p++) == ESCAPE && p < patternEnd) {
                    p++;
                }
            } while (p(p) != ']');
            return p + 1;
        }
        return p;
    }

    private boolean single(int c, long p, long next) {
        return switch (p(p)) {
            case '.' -> true;
            case ESCAPE -> inClass(c, p(p + 1));
            case '[' -> inSet(c, p, next - 1);
            default -> p(p) == c;
        };
    }

    /** Whether a character is in the set that begins at {@code at} and ends at {@code last}. */
    private boolean inSet(int c, long at, long last) {
        long p = at;
        boolean found = true;
        if (p(p + 1) == '^') {
            found = false;
            p++;
        }
        while (++p < last) {
            int first = p(p);
            if (first == ESCAPE) {
                p++;
                if (inClass(c, p(p))) {
                    return found;
                }
            } else if (p(p + 1) == '-' && p + 2 < last) {
                p += 2;
                if (first <= c && c <= p(p)) {
                    return found;
                }
            } else if (first == c) {
                return found;
            }
        }
        return !found;
    }

    private static boolean inClass(int c, int name) {
        boolean in;
        switch (name | 0x20) {
            case 'a' -> in = isLetter(c);
            case 'c' -> in = c < 32 || c == 127;
            case 'd' -> in = isDigit(c);
            case 'l' -> in = c >= 'a' && c <= 'z';
            case 'p' -> in = c > ' ' && c < 127 && !isLetter(c) && !isDigit(c);
            case 's' -> in = c == ' ' || c >= 9 && c <= 13;
            case 'u' -> in = c >= 'A' && c <= 'Z';
            case 'w' -> in = isLetter(c) || isDigit(c);
            case 'x' -> in = isDigit(c) || (c | 0x20) >= 'a' && (c | 0x20) <= 'f';
            case 'z' -> in = c == 0;
            default -> {
                return name == c;
            }
        }
        if (!isLetter(name)) {
            return name == c; // a sign that differs from a letter in that bit
        }
        return name >= 'a' == in;
    }

    private static boolean isLetter(int c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
