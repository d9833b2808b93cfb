package io.ferrite.spec;

import org.jspecify.annotations.Nullable;

/**
 * Where some of a command's keys stand among its arguments, and what happens to them. Two steps:
 * find where to begin, then find the keys from there. Argument 0 is the command's name; a
 * subcommand counts from its container's.
 *
 * @param flags a set of {@link KeyFlag}
 * @param begin how the first step goes
 * @param index the position where to begin; for a keyword the position where the search for it
 *     starts, counted from the end and going backwards if negative
 * @param keyword the word after which to begin, in capitals; null unless {@code begin} is KEYWORD
 * @param find how the second step goes
 * @param a for RANGE the last key counted from the first, or from the end if negative; for KEYNUM
 *     the distance to the argument that holds the number of keys
 * @param b for RANGE the step from one key to the next; for KEYNUM the distance to the first key
 * @param c for RANGE with {@code a == -1} the divisor: the keys are the first of so many equal
 *     parts (0 and 1: everything); for KEYNUM the step from one key to the next
 * @param notes what the flags don't say; may be null
 */
public record KeySpec(
        int flags,
        Begin begin,
        int index,
        @Nullable String keyword,
        Find find,
        int a,
        int b,
        int c,
        @Nullable String notes) {

    /** How to find the place where keys begin. */
    public enum Begin {
        INDEX,
        KEYWORD,
        UNKNOWN
    }

    /** How to find the keys from there. */
    public enum Find {
        RANGE,
        KEYNUM,
        UNKNOWN
    }

    public boolean has(KeyFlag flag) {
        return (flags & flag.bit()) != 0;
    }

    /** Fixed positions: no argument has to be looked at. */
    boolean isPlain() {
        return begin == Begin.INDEX && find == Find.RANGE;
    }

    static KeySpec at(int flags, int index, int last, int step, int limit, @Nullable String notes) {
        return new KeySpec(flags, Begin.INDEX, index, null, Find.RANGE, last, step, limit, notes);
    }

    static KeySpec counted(
            int flags, int index, int number, int first, int step, @Nullable String notes) {
        return new KeySpec(
                flags, Begin.INDEX, index, null, Find.KEYNUM, number, first, step, notes);
    }

    static KeySpec after(
            int flags,
            String keyword,
            int from,
            int last,
            int step,
            int limit,
            @Nullable String notes) {
        return new KeySpec(
                flags, Begin.KEYWORD, from, keyword, Find.RANGE, last, step, limit, notes);
    }

    static KeySpec unknown(int flags, @Nullable String notes) {
        return new KeySpec(flags, Begin.UNKNOWN, 0, null, Find.UNKNOWN, 0, 0, 0, notes);
    }
}
