package io.ferrite.node.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * What the row of a parameter says, gathered until the type and default close it: {@code
 * row("port", "TCP port").number(0, 65535, 6379)}.
 */
final class Row {
    final String name;
    final String text;
    final List<String> aliases = new ArrayList<>();
    final EnumSet<Option.Mark> marks = EnumSet.noneOf(Option.Mark.class);
    String inertReason = "";
    String refusesYes = "";
    TextOption.Check check = value -> {};

    private Row(String name, String text) {
        this.name = name;
        this.text = text;
    }

    static Row row(String name, String text) {
        return new Row(name, text);
    }

    Row alias(String alias) {
        aliases.add(alias);
        return this;
    }

    Row mark(Option.Mark mark) {
        marks.add(mark);
        return this;
    }

    Row immutable() {
        return mark(Option.Mark.IMMUTABLE);
    }

    Row hidden() {
        return mark(Option.Mark.HIDDEN);
    }

    /** Known, kept and shown, but without an effect so far. */
    Row inert(String reason) {
        inertReason = reason;
        return this;
    }

    /** A flag that cannot be switched on, and why. */
    Row refusesYes(String reason) {
        refusesYes = reason;
        return this;
    }

    Row check(TextOption.Check check) {
        this.check = check;
        return this;
    }

    FlagOption flag(boolean byDefault) {
        return new FlagOption(this, byDefault);
    }

    NumberOption number(long min, long max, long byDefault) {
        return new NumberOption(this, NumberOption.Form.INTEGER, false, min, max, byDefault);
    }

    /** A number of bytes, with a unit if wanted. */
    NumberOption memory(long min, long max, long byDefault) {
        return new NumberOption(this, NumberOption.Form.MEMORY, false, min, max, byDefault);
    }

    /** A number of bytes up to 2^64 - 1. */
    NumberOption hugeMemory(long byDefault) {
        return new NumberOption(this, NumberOption.Form.MEMORY, true, 0, -1, byDefault);
    }

    /** Bytes, or a percentage, which is kept as a negative number. */
    NumberOption memoryOrPercent(long byDefault) {
        return new NumberOption(
                this, NumberOption.Form.MEMORY_OR_PERCENT, false, -100, Long.MAX_VALUE, byDefault);
    }

    NumberOption octal(long min, long max, long byDefault) {
        return new NumberOption(this, NumberOption.Form.OCTAL, true, min, max, byDefault);
    }

    <E extends Enum<E>> ChoiceOption<E> choice(E byDefault) {
        return new ChoiceOption<>(this, byDefault);
    }

    <E extends Enum<E>> ChoiceSetOption<E> choices(Class<E> type, E none) {
        return new ChoiceSetOption<>(mark(Option.Mark.MANY_WORDS), type, none);
    }

    /** Text that may be empty. */
    TextOption text(String byDefault) {
        return new TextOption(this, byDefault, false);
    }

    /** Text for which empty means that none is set. */
    TextOption optionalText() {
        return new TextOption(this, "", true);
    }

    <T> ListOption<T> list(ListOption.Form<T> form) {
        return new ListOption<>(this, form);
    }
}
