package io.ferrite.node.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A parameter with several named values at once. One constant stands for the empty set and may be
 * mixed with the others, where it means nothing.
 */
public final class ChoiceSetOption<E extends Enum<E>> extends Option<Set<E>> {
    private final Class<E> type;
    private final E none;
    private final ChoiceOption.Labels<E> labels;

    ChoiceSetOption(Row row, Class<E> type, E none) {
        super(row);
        this.type = type;
        this.none = none;
        this.labels = ChoiceOption.Labels.of(type);
    }

    @Override
    public Set<E> defaultValue() {
        return Set.of();
    }

    @Override
    Set<E> parse(List<String> words, Set<E> current, Origin origin) {
        EnumSet<E> values = EnumSet.noneOf(type);
        for (String word : words) {
            E value = labels.find(word);
            if (value == null) {
                throw labels.refusal();
            }
            if (value != none) {
                values.add(value);
            }
        }
        if (words.isEmpty()) {
            throw labels.refusal();
        }
        Validity.checkShutdownChoices(values);
        return Set.copyOf(values);
    }

    @Override
    public String render(Set<E> value) {
        if (value.isEmpty()) {
            return labels.of(none);
        }
        StringBuilder out = new StringBuilder();
        for (E constant : type.getEnumConstants()) {
            if (value.contains(constant)) {
                out.append(out.isEmpty() ? "" : " ").append(labels.of(constant));
            }
        }
        return out.toString();
    }
}
