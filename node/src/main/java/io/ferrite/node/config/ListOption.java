package io.ferrite.node.config;

import java.util.List;

/** A parameter with a grammar of its own: addresses, save points, classes of limits, … */
public final class ListOption<T> extends Option<T> {

    /** The grammar of one such parameter. */
    interface Form<T> {
        T byDefault();

        T parse(List<String> words, T current, Origin origin);

        String render(T value);

        default List<String> renderForFile(T value) {
            return List.of(render(value));
        }

        default boolean mustBeWritten(T value, int line) {
            return !value.equals(byDefault());
        }

        default long asNumber(T value) {
            return 0;
        }
    }

    private final Form<T> form;

    ListOption(Row row, Form<T> form) {
        super(row);
        this.form = form;
    }

    @Override
    public T defaultValue() {
        return form.byDefault();
    }

    @Override
    T parse(List<String> words, T current, Origin origin) {
        return form.parse(words, current, origin);
    }

    @Override
    public String render(T value) {
        return form.render(value);
    }

    @Override
    List<String> renderForFile(T value) {
        return form.renderForFile(value);
    }

    @Override
    boolean mustBeWritten(T value, int line) {
        return form.mustBeWritten(value, line);
    }

    @Override
    long asNumber(T value) {
        return form.asNumber(value);
    }
}
