package io.ferrite.node.config;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A parameter that a module brings: it belongs to one server, unlike the rows of {@link Options},
 * and holds its value itself. Reading is for any thread; changes are made one after the other, by
 * {@link ConfigService}.
 *
 * @param <T> the type of a value; never null
 */
public final class AddedParameter<T> {

    private final Option<T> option;
    private final UnaryOperator<T> spelling;
    private final Consumer<T> hears;
    private volatile T value;

    private AddedParameter(Option<T> option, Consumer<T> hears) {
        this(option, UnaryOperator.identity(), hears);
    }

    private AddedParameter(Option<T> option, UnaryOperator<T> spelling, Consumer<T> hears) {
        this.option = option;
        this.spelling = spelling;
        this.hears = hears;
        this.value = option.defaultValue();
    }

    private static Row row(String name, Set<Option.Mark> marks) {
        Row row = Row.row(name, "");
        marks.forEach(row::mark);
        return row;
    }

    /**
     * A parameter that is {@code yes} or {@code no}.
     *
     * @param hears is told each value before it is in force, and may throw {@link ConfigRefusal}
     */
    public static AddedParameter<Boolean> yesNo(
            String name, Set<Option.Mark> marks, boolean standard, Consumer<Boolean> hears) {
        return new AddedParameter<>(row(name, marks).flag(standard), hears);
    }

    /** A whole number. */
    public static AddedParameter<Long> number(
            String name,
            Set<Option.Mark> marks,
            long standard,
            long least,
            long most,
            Consumer<Long> hears) {
        return new AddedParameter<>(row(name, marks).number(least, most, standard), hears);
    }

    /** A number of bytes. */
    public static AddedParameter<Long> memory(
            String name,
            Set<Option.Mark> marks,
            long standard,
            long least,
            long most,
            Consumer<Long> hears) {
        return new AddedParameter<>(row(name, marks).memory(least, most, standard), hears);
    }

    /** Any text. */
    public static AddedParameter<String> text(
            String name, Set<Option.Mark> marks, String standard, Consumer<String> hears) {
        return new AddedParameter<>(row(name, marks).text(standard), hears);
    }

    /** One of several words in any case of letters; the value is as it is written here. */
    public static AddedParameter<String> choice(
            String name,
            Set<Option.Mark> marks,
            String standard,
            List<String> words,
            Consumer<String> hears) {
        return new AddedParameter<>(
                row(name, marks).text(standard), word -> oneOf(words, word), hears);
    }

    private static String oneOf(List<String> words, String word) {
        for (String choice : words) {
            if (Words.equalIgnoringCase(choice, word)) {
                return choice;
            }
        }
        throw new ConfigRefusal(
                "argument(s) must be one of the following: " + String.join(", ", words));
    }

    /** The full name, with the module's. */
    public String name() {
        return option.name();
    }

    boolean is(Option.Mark mark) {
        return option.is(mark);
    }

    public T value() {
        return value;
    }

    String render() {
        return option.render(value);
    }

    /** Takes a value into force, unless it is refused. */
    public void set(String text) {
        take(spelling.apply(option.parse(List.of(text), value, Option.Origin.COMMAND)));
    }

    /** Takes the standard into force, unless it is refused. */
    public void setStandard() {
        take(option.defaultValue());
    }

    private void take(T now) {
        hears.accept(now);
        value = now;
    }

    /** Takes a former value into force again, whatever is said against it. */
    void takeBack(T former) {
        value = former;
        try {
            hears.accept(former);
        } catch (ConfigRefusal unheard) {
            // It was in force a moment ago, and nothing else could be.
        }
    }

    /** Its lines in a configuration file. */
    List<String> lines() {
        if (value.equals(option.defaultValue())) {
            return List.of();
        }
        return option.renderForFile(value).stream().map(rest -> name() + " " + rest).toList();
    }
}
