package io.ferrite.node.config;

import java.util.List;
import java.util.Map;

/** A parameter with one of several named values: the constants of an enum. */
public final class ChoiceOption<E extends Enum<E>> extends Option<E> {
    private final E byDefault;
    private final Labels<E> labels;

    ChoiceOption(Row row, E byDefault) {
        super(row);
        this.byDefault = byDefault;
        this.labels = Labels.of(byDefault.getDeclaringClass());
    }

    /** The words that are accepted, in the order in which an error names them. */
    public List<String> words() {
        return labels.words();
    }

    @Override
    public E defaultValue() {
        return byDefault;
    }

    @Override
    E parse(List<String> words, E current, Origin origin) {
        E value = words.size() == 1 ? labels.find(words.getFirst()) : null;
        if (value == null) {
            throw labels.refusal();
        }
        return value;
    }

    @Override
    public String render(E value) {
        return labels.of(value);
    }

    @Override
    long asNumber(E value) {
        return value.ordinal();
    }

    /**
     * The words of an enum: its constants in lower case with hyphens, or what {@link #spelled}
     * says.
     */
    static final class Labels<E extends Enum<E>> {
        private final Map<String, E> byWord;
        private final Map<E, String> byValue;

        private Labels(Map<String, E> byWord, Map<E, String> byValue) {
            this.byWord = byWord;
            this.byValue = byValue;
        }

        static <E extends Enum<E>> Labels<E> of(Class<E> type) {
            Map<String, E> byWord = new java.util.LinkedHashMap<>();
            Map<E, String> byValue = new java.util.EnumMap<>(type);
            for (E constant : type.getEnumConstants()) {
                for (String word : wordsOf(constant)) {
                    byWord.put(word, constant);
                    byValue.putIfAbsent(constant, word);
                }
            }
            return new Labels<>(byWord, byValue);
        }

        private static List<String> wordsOf(Enum<?> constant) {
            return constant instanceof Spelled spelled
                    ? spelled.words()
                    : List.of(Words.lowerCase(constant.name()).replace('_', '-'));
        }

        List<String> words() {
            return List.copyOf(byWord.keySet());
        }

        /** The constant with this word, or null. */
        E find(String word) {
            for (Map.Entry<String, E> entry : byWord.entrySet()) {
                if (Words.equalIgnoringCase(entry.getKey(), word)) {
                    return entry.getValue();
                }
            }
            return null;
        }

        String of(E value) {
            return byValue.get(value);
        }

        ConfigRefusal refusal() {
            return new ConfigRefusal(
                    "argument(s) must be one of the following: "
                            + String.join(", ", byWord.keySet()));
        }
    }

    /** An enum whose words differ from its constants' names; the first word is the one shown. */
    interface Spelled {
        List<String> words();
    }
}
