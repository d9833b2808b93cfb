package io.ferrite.base;

import java.util.Arrays;

/**
 * A pattern in the style of Redis' KEYS, compiled once and asked many times.
 *
 * <pre>
 *   *        any run of bytes, none too        [abc]  one of these
 *   ?        any one byte                      [^abc] any but these
 *   \x       x itself                          [a-c]  one from a to c, [c-a] too
 * </pre>
 *
 * <p>The odd corners are those of the reference: an empty text matches the empty pattern only; in a
 * class, {@code \} takes the next byte as it is, in its own case even where case is ignored; a
 * class that is not closed ends with the pattern; {@code [a-]} is a range up to the bracket; bytes
 * from 0x80 come before all others in a range; a lone {@code \} at the end is itself; with more
 * than {@value #MOST_STARS} runs of stars before its end a pattern matches nothing.
 *
 * <p>A star is first given nothing, then one byte more each time that what follows fails. Once a
 * later star was reached an earlier one is never tried again, because all it could take the later
 * one can take too. So time is at most text times pattern, without recursion; what follows the last
 * star is compared once, before all else.
 *
 * <p>Immutable, for any thread.
 */
public final class Glob {

    private static final int LITERAL = 0;
    private static final int ANY = 1;
    private static final int STAR = 2;
    private static final int CLASS = 3;

    /** The reference gives up on a pattern whose stars nest deeper. */
    private static final int MOST_STARS = 1000;

    /** What each step of the pattern is; runs of stars are one. */
    private final byte[] kinds;

    /** The byte of a LITERAL, which of {@code classes} for a CLASS. */
    private final int[] values;

    /** Sets of bytes, four words each. */
    private final long[] classes;

    private final int steps;
    private final boolean ignoreCase;

    /** How many steps follow the last star. */
    private final int tail;

    private final boolean hasStar;
    private final boolean matchesNothing;
    private final boolean isOneStar;

    private Glob(Compiler compiled, boolean ignoreCase) {
        this.steps = compiled.steps;
        this.kinds = Arrays.copyOf(compiled.kinds, steps);
        this.values = Arrays.copyOf(compiled.values, steps);
        this.classes = compiled.classes;
        this.ignoreCase = ignoreCase;
        int last = steps - 1;
        while (last >= 0 && kinds[last] != STAR) {
            last--;
        }
        this.hasStar = last >= 0;
        this.tail = steps - 1 - last;
        int stars = 0;
        for (int i = 0; i < steps - 1; i++) {
            stars += kinds[i] == STAR ? 1 : 0;
        }
        this.matchesNothing = stars > MOST_STARS;
        this.isOneStar = compiled.pattern.length == 1 && hasStar;
    }

    public static Glob of(byte[] pattern) {
        return of(pattern, false);
    }

    /** {@code ignoreCase}: ASCII letters of either case are the same. */
    public static Glob of(byte[] pattern, boolean ignoreCase) {
        return new Glob(new Compiler(pattern, ignoreCase), ignoreCase);
    }

    /** One question about one text; compile the pattern if there are more. */
    public static boolean matches(byte[] pattern, byte[] text, boolean ignoreCase) {
        return of(pattern, ignoreCase).matches(text);
    }

    public boolean matches(byte[] text) {
        return matches(text, 0, text.length);
    }

    public boolean matches(byte[] text, int from, int length) {
        int end = from + length;
        if (!hasStar) {
            return length == steps && matchesRun(0, steps, text, from);
        }
        if (length == 0 || matchesNothing) {
            return false;
        }
        // What follows the last star must stand at the end: looked at first, and only once.
        if (length < tail || !matchesRun(steps - tail, steps, text, end - tail)) {
            return false;
        }
        int lastText = end - tail;
        int lastStep = steps - tail;
        int step = 0;
        int at = from;
        int retryStep = -1;
        int retryAt = 0;
        while (step < lastStep) {
            if (kinds[step] == STAR) {
                step++;
                retryStep = step;
                retryAt = at;
            } else if (at < lastText && matchesOne(step, text[at])) {
                step++;
                at++;
            } else if (retryStep >= 0 && retryAt < lastText) {
                retryAt++;
                at = retryAt;
                step = retryStep;
            } else {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the pattern is one star and nothing else: commands that list things take it for no
     * pattern, which makes a difference to an empty name.
     */
    public boolean isOneStar() {
        return isOneStar;
    }

    private boolean matchesRun(int step, int end, byte[] text, int at) {
        for (int i = step; i < end; i++) {
            if (!matchesOne(i, text[at + i - step])) {
                return false;
            }
        }
        return true;
    }

    private boolean matchesOne(int step, byte b) {
        int value = values[step];
        return switch (kinds[step]) {
            case LITERAL -> value == (ignoreCase ? fold(b & 0xFF) : b & 0xFF);
            case ANY -> true;
            default -> {
                int c = b & 0xFF;
                yield (classes[value * 4 + (c >> 6)] & 1L << c) != 0;
            }
        };
    }

    private static int fold(int b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    /** Turns the text of a pattern into steps. */
    private static final class Compiler {

        private final byte[] pattern;
        private final boolean ignoreCase;
        private final byte[] kinds;
        private final int[] values;
        private long[] classes = {};
        private int classesUsed;
        private int steps;

        Compiler(byte[] pattern, boolean ignoreCase) {
            this.pattern = pattern;
            this.ignoreCase = ignoreCase;
            this.kinds = new byte[pattern.length];
            this.values = new int[pattern.length];
            int at = 0;
            while (at < pattern.length) {
                at = compile(at);
            }
        }

        private int compile(int at) {
            byte b = pattern[at];
            switch (b) {
                case '*' -> {
                    if (steps == 0 || kinds[steps - 1] != STAR) {
                        add(STAR, 0);
                    }
                    return at + 1;
                }
                case '?' -> {
                    add(ANY, 0);
                    return at + 1;
                }
                case '[' -> {
                    return compileClass(at + 1);
                }
                case '\\' -> {
                    int literal = at + 1 < pattern.length ? at + 1 : at;
                    addLiteral(literal);
                    return literal + 1;
                }
                default -> {
                    addLiteral(at);
                    return at + 1;
                }
            }
        }

        private void addLiteral(int at) {
            int c = pattern[at] & 0xFF;
            add(LITERAL, ignoreCase ? fold(c) : c);
        }

        private void add(int kind, int value) {
            kinds[steps] = (byte) kind;
            values[steps] = value;
            steps++;
        }

        /** {@code at} is behind the bracket; returns the place behind the class. */
        private int compileClass(int at) {
            int end = pattern.length;
            boolean negated = at < end && pattern[at] == '^';
            if (negated) {
                at++;
            }
            long[] set = new long[4];
            while (at < end && pattern[at] != ']') {
                if (pattern[at] == '\\' && at + 1 < end) {
                    int c = pattern[at + 1] & 0xFF;
                    set[c >> 6] |= 1L << c;
                    at += 2;
                } else if (at + 2 < end && pattern[at + 1] == '-') {
                    include(set, pattern[at], pattern[at + 2]);
                    at += 3;
                } else {
                    include(set, pattern[at], pattern[at]);
                    at++;
                }
            }
            if (negated) {
                for (int i = 0; i < 4; i++) {
                    set[i] = ~set[i];
                }
            }
            if (classesUsed == classes.length / 4) {
                classes = Arrays.copyOf(classes, Math.max(4, classes.length * 2));
            }
            System.arraycopy(set, 0, classes, classesUsed * 4, 4);
            add(CLASS, classesUsed++);
            return at < end ? at + 1 : end;
        }

        private void include(long[] set, int a, int b) {
            int from = ignoreCase ? fold(Math.min(a, b)) : Math.min(a, b);
            int to = ignoreCase ? fold(Math.max(a, b)) : Math.max(a, b);
            for (int c = Byte.MIN_VALUE; c <= Byte.MAX_VALUE; c++) {
                int compared = ignoreCase ? fold(c) : c;
                if (compared >= from && compared <= to) {
                    set[(c & 0xFF) >> 6] |= 1L << c;
                }
            }
        }
    }
}
