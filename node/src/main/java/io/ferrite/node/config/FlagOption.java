package io.ferrite.node.config;

import java.util.List;

/** A parameter that is {@code yes} or {@code no}. */
public final class FlagOption extends Option<Boolean> {
    private final boolean byDefault;
    private final String refusesYes;

    FlagOption(Row row, boolean byDefault) {
        super(row);
        this.byDefault = byDefault;
        this.refusesYes = row.refusesYes;
    }

    @Override
    public Boolean defaultValue() {
        return byDefault;
    }

    @Override
    Boolean parse(List<String> words, Boolean current, Origin origin) {
        String word = words.getFirst();
        if (Words.equalIgnoringCase(word, "yes")) {
            if (!refusesYes.isEmpty()) {
                throw new ConfigRefusal(refusesYes);
            }
            return true;
        }
        if (Words.equalIgnoringCase(word, "no")) {
            return false;
        }
        throw new ConfigRefusal("argument must be 'yes' or 'no'");
    }

    @Override
    public String render(Boolean value) {
        return value ? "yes" : "no";
    }

    @Override
    long asNumber(Boolean value) {
        return value ? 1 : 0;
    }
}
