package io.ferrite.module;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a parameter of CONFIG is: its values and who may change it.
 *
 * @param name letters, digits, - and _, without the module's in front
 * @param standard the value where nobody says another
 * @param kind how a value is written
 * @param least of a number
 * @param most of a number
 * @param choices the words of {@link Kind#CHOICE}; else empty
 */
public record ParameterForm<T>(
        String name,
        T standard,
        Kind kind,
        long least,
        long most,
        List<String> choices,
        Set<Flag> flags) {

    /** How a value is written. */
    public enum Kind {
        /** {@code yes} or {@code no}. */
        YES_NO,
        /** A whole number. */
        NUMBER,
        /** A number of bytes, with a unit if wanted: {@code 64mb}. */
        MEMORY,
        /** One of several words, in any case of letters. */
        CHOICE,
        /** Any text. */
        TEXT
    }

    /** What is special about it. */
    public enum Flag {
        /** Set when the module is loaded, never by CONFIG SET. */
        IMMUTABLE,
        /** Kept out of logs and of the slow log. */
        SENSITIVE,
        /** Shown where its exact name is asked for only. */
        HIDDEN,
        /** CONFIG SET needs {@code enable-protected-configs}. */
        PROTECTED,
        /** CONFIG SET is refused while data is loaded. */
        DENY_LOADING
    }

    public ParameterForm {
        choices = List.copyOf(choices);
        flags = Set.copyOf(flags);
    }

    public static ParameterForm<Boolean> yesNo(String name, boolean standard) {
        return new ParameterForm<>(name, standard, Kind.YES_NO, 0, 0, List.of(), Set.of());
    }

    public static ParameterForm<Long> number(String name, long standard, long least, long most) {
        return new ParameterForm<>(name, standard, Kind.NUMBER, least, most, List.of(), Set.of());
    }

    /** A number of bytes. */
    public static ParameterForm<Long> memory(String name, long standard, long least, long most) {
        return new ParameterForm<>(name, standard, Kind.MEMORY, least, most, List.of(), Set.of());
    }

    /** The first of the words is the standard. */
    public static ParameterForm<String> choice(String name, String... words) {
        return new ParameterForm<>(name, words[0], Kind.CHOICE, 0, 0, List.of(words), Set.of());
    }

    public static ParameterForm<String> text(String name, String standard) {
        return new ParameterForm<>(name, standard, Kind.TEXT, 0, 0, List.of(), Set.of());
    }

    /** The same with these flags. */
    public ParameterForm<T> with(Flag... more) {
        Set<Flag> all = EnumSet.noneOf(Flag.class);
        all.addAll(flags);
        all.addAll(List.of(more));
        return new ParameterForm<>(name, standard, kind, least, most, choices, all);
    }
}
