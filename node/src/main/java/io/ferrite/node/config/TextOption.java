package io.ferrite.node.config;

import java.util.List;

/** Free text, one byte per character. */
public final class TextOption extends Option<String> {

    /** Judges a text before it is taken. */
    interface Check {
        /** Returns, or throws {@link ConfigRefusal}. */
        void accept(String value);
    }

    private final String byDefault;
    private final boolean optional;
    private final Check check;

    TextOption(Row row, String byDefault, boolean optional) {
        super(row);
        this.byDefault = byDefault;
        this.optional = optional;
        this.check = row.check;
    }

    @Override
    public String defaultValue() {
        return byDefault;
    }

    @Override
    String parse(List<String> words, String current, Origin origin) {
        String word = words.getFirst();
        check.accept(word);
        return word;
    }

    @Override
    public String render(String value) {
        return value;
    }

    @Override
    List<String> renderForFile(String value) {
        return optional && value.isEmpty() ? List.of() : List.of(Words.quote(value));
    }
}
