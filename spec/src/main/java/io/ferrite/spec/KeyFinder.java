package io.ferrite.spec;

import io.ferrite.memory.Args;
import java.util.Objects;

/**
 * Finds which arguments of a request are keys, and what happens to them, before the command runs.
 *
 * <p>Key specifications decide where their flags are reliable. Where one can't be followed (a
 * number of keys that is none, a specification that says of itself that it is incomplete) or where
 * the flags depend on options, a {@link KeyProcedure} does. The request's number of arguments must
 * fit the command's arity already.
 *
 * <p>One per thread; nothing is allocated but when a request has more keys than any before it.
 */
public final class KeyFinder {

    private final KeyProcedures procedures = new KeyProcedures();

    /**
     * Fills {@code out}.
     *
     * @return how many keys; 0 when this call names none; -1 when the arguments make no sense, so
     *     that the command itself is going to refuse them
     */
    public int find(CommandSpec spec, Args args, KeyRefs out) {
        out.clear();
        KeySet keys = spec.keys();
        KeySpec[] specs = keys.specs();
        if (keys.isPlain()) {
            return findPlain(specs[0], args.count(), out);
        }
        int found = 0;
        if (keys.namesKeys() && !hasVariableFlags(specs) && followAll(specs, args, out)) {
            found = out.count();
        } else if (spec.procedure() != KeyProcedure.NONE) {
            out.clear();
            found = procedures.find(spec, args, out);
        }
        if (found > 0) {
            return found;
        }
        out.clear();
        return spec.mayHaveKeys() && !spec.is(CommandFlag.NO_MANDATORY_KEYS) ? -1 : 0;
    }

    /**
     * As {@link #find}, but of arguments that make no sense as a whole what keys there are: a
     * command may run all the same, such as PFMERGE without a source, and touch them.
     */
    public void findAny(CommandSpec spec, Args args, KeyRefs out) {
        if (find(spec, args, out) >= 0) {
            return;
        }
        out.clear();
        for (KeySpec keys : spec.keys().specs()) {
            if (!keys.has(KeyFlag.NOT_KEY)) {
                follow(keys, args, out);
            }
        }
    }

    private static int findPlain(KeySpec keys, int count, KeyRefs out) {
        int first = keys.index();
        int last = keys.a() >= 0 ? first + keys.a() : count + keys.a();
        if (last >= count || last < first) {
            return -1;
        }
        for (int i = first; i <= last; i += keys.b()) {
            out.add(i, keys.flags());
        }
        return out.count();
    }

    private static boolean hasVariableFlags(KeySpec[] specs) {
        for (KeySpec spec : specs) {
            if (spec.has(KeyFlag.VARIABLE_FLAGS)) {
                return true;
            }
        }
        return false;
    }

    /** Whether every specification could be followed to its end. */
    private static boolean followAll(KeySpec[] specs, Args args, KeyRefs out) {
        for (KeySpec spec : specs) {
            if (!spec.has(KeyFlag.NOT_KEY) && !follow(spec, args, out)) {
                return false;
            }
        }
        return true;
    }

    private static boolean follow(KeySpec spec, Args args, KeyRefs out) {
        int first =
                switch (spec.begin()) {
                    case INDEX -> spec.index();
                    case KEYWORD -> afterKeyword(spec, args);
                    case UNKNOWN -> -1;
                };
        if (first == 0) {
            return true; // the keyword, which is optional, is not there
        }
        if (first < 0) {
            return false;
        }
        boolean followed =
                switch (spec.find()) {
                    case RANGE -> {
                        int last = lastOfRange(spec, first, args.count());
                        yield add(spec, first, last, spec.b(), args, out);
                    }
                    case KEYNUM -> followNumber(spec, first, args, out);
                    case UNKNOWN -> false;
                };
        return followed && !spec.has(KeyFlag.INCOMPLETE);
    }

    private static boolean followNumber(KeySpec spec, int begin, Args args, KeyRefs out) {
        int number = begin + spec.a();
        long keys = number < args.count() ? Text.number(args, number) : -1;
        if (keys < 0) {
            return false;
        }
        int first = begin + spec.b();
        long last = first + (keys - 1) * spec.c();
        return add(spec, first, last, spec.c(), args, out);
    }

    private static boolean add(
            KeySpec spec, int first, long last, int step, Args args, KeyRefs out) {
        if (last >= args.count() || last < first) {
            return false;
        }
        for (int i = first; i <= last; i += step) {
            out.add(i, spec.flags());
        }
        return true;
    }

    private static int lastOfRange(KeySpec spec, int first, int count) {
        if (spec.a() >= 0) {
            return first + spec.a();
        }
        if (spec.c() == 0) {
            return count + spec.a();
        }
        return first + (count - first) / spec.c() + spec.a();
    }

    /** The position after the keyword, or 0. */
    private static int afterKeyword(KeySpec spec, Args args) {
        int count = args.count();
        boolean forward = spec.index() > 0;
        int i = forward ? spec.index() : count + spec.index();
        int end = forward ? count - 1 : 1;
        String keyword = Objects.requireNonNull(spec.keyword());
        while (i != end && i < count && i >= 1) {
            if (Text.is(args, i, keyword)) {
                return i + 1;
            }
            i += forward ? 1 : -1;
        }
        return 0;
    }
}
