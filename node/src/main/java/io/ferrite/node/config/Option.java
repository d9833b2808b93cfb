package io.ferrite.node.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One configuration parameter: a row from which the file parser, the command line, CONFIG GET, SET
 * and REWRITE, and the documentation are derived.
 *
 * <p>Rows are immutable and shared by every server in the process; the values live in a {@link
 * Settings}. Text travels as strings whose characters are bytes (ISO 8859-1), so that a password or
 * a path of any bytes survives a rewrite unchanged.
 *
 * @param <T> the type of a value; never null
 */
public abstract sealed class Option<T>
        permits FlagOption, NumberOption, ChoiceOption, ChoiceSetOption, TextOption, ListOption {

    /** What is special about a parameter. */
    public enum Mark {
        /** Only the file and the command line set it. */
        IMMUTABLE,
        /** Takes several words; a single one is split at blanks. */
        MANY_WORDS,
        /** Found by its exact name only, never by a pattern. */
        HIDDEN,
        /** The value is kept out of logs and of the slow log. */
        SENSITIVE,
        /** CONFIG SET needs {@code enable-protected-configs}. */
        PROTECTED,
        /** CONFIG SET is refused while a data set is being loaded. */
        DENY_LOADING,
        /** Listeners hear of it even when the new value equals the old one. */
        VOLATILE
    }

    /** Where a value comes from; only parameters that accumulate care. */
    public enum Origin {
        /** The first line of this parameter in the start-up configuration. */
        FIRST_LINE,
        /** A further line of the same parameter. */
        LATER_LINE,
        /** CONFIG SET. */
        COMMAND
    }

    private static final AtomicInteger NEXT_INDEX = new AtomicInteger();

    /** Position in the arrays of {@link Settings}. */
    final int index = NEXT_INDEX.getAndIncrement();

    private final String name;
    private final List<String> aliases;
    private final EnumSet<Mark> marks;
    private final String text;
    private final String inertReason;

    Option(Row row) {
        this.name = row.name;
        this.aliases = List.copyOf(row.aliases);
        this.marks = EnumSet.copyOf(row.marks);
        this.text = row.text;
        this.inertReason = row.inertReason;
    }

    public final String name() {
        return name;
    }

    /** Older names of the same parameter. */
    public final List<String> aliases() {
        return aliases;
    }

    public final boolean is(Mark mark) {
        return marks.contains(mark);
    }

    public final Set<Mark> marks() {
        return Set.copyOf(marks);
    }

    /** One line that says what the parameter does. */
    public final String text() {
        return text;
    }

    /** Why the parameter has no effect yet; empty when it has one. */
    public final String inertReason() {
        return inertReason;
    }

    public final boolean isInert() {
        return !inertReason.isEmpty();
    }

    /** The value of a server that was told nothing. */
    public abstract T defaultValue();

    /**
     * Reads a value.
     *
     * @param words at least one, unless the parameter is of many words
     * @param current the value so far, for parameters that add to it
     * @throws ConfigRefusal with the reason, in Redis' words
     */
    abstract T parse(List<String> words, T current, Origin origin);

    /** The value as CONFIG GET shows it. */
    public abstract String render(T value);

    /**
     * The value as the rest of lines in a configuration file, after the name; empty when the
     * parameter has to be absent from the file to have this value again.
     */
    List<String> renderForFile(T value) {
        return List.of(render(value));
    }

    /** Whether line {@code i} of {@link #renderForFile} has to be written if the file had none. */
    boolean mustBeWritten(T value, int i) {
        return !value.equals(defaultValue());
    }

    /** The value as a number for the fast path of {@link Settings}; 0 when it has none. */
    long asNumber(T value) {
        return 0;
    }

    /** How many parameters exist so far; all of them once {@link Options} is initialised. */
    static int count() {
        return NEXT_INDEX.get();
    }

    @Override
    public final String toString() {
        return name;
    }
}
