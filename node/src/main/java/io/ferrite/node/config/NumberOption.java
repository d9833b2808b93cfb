package io.ferrite.node.config;

import java.util.List;

/** A whole number within bounds, written as Redis writes that kind of number. */
public final class NumberOption extends Option<Long> {

    /** How the number is written. */
    enum Form {
        INTEGER,
        MEMORY,
        MEMORY_OR_PERCENT,
        OCTAL
    }

    private final Form form;
    private final boolean unsigned;
    private final long min;
    private final long max;
    private final long byDefault;

    NumberOption(Row row, Form form, boolean unsigned, long min, long max, long byDefault) {
        super(row);
        this.form = form;
        this.unsigned = unsigned;
        this.min = min;
        this.max = max;
        this.byDefault = byDefault;
    }

    public long min() {
        return min;
    }

    /** The largest value allowed; unsigned if {@link #isUnsigned()}. */
    public long max() {
        return max;
    }

    public boolean isUnsigned() {
        return unsigned;
    }

    @Override
    public Long defaultValue() {
        return byDefault;
    }

    @Override
    Long parse(List<String> words, Long current, Origin origin) {
        long value = read(words.getFirst());
        checkBounds(value);
        return value;
    }

    private long read(String word) {
        return switch (form) {
            case INTEGER -> {
                if (!Numbers.isLong(word)) {
                    throw new ConfigRefusal("argument couldn't be parsed into an integer");
                }
                yield Long.parseLong(word);
            }
            case MEMORY -> {
                if (!Numbers.isMemory(word)) {
                    throw new ConfigRefusal("argument must be a memory value");
                }
                yield Numbers.parseMemory(word);
            }
            case MEMORY_OR_PERCENT -> readMemoryOrPercent(word);
            case OCTAL -> {
                if (!Numbers.isOctal(word)) {
                    throw new ConfigRefusal("argument couldn't be parsed as an octal number");
                }
                yield Numbers.parseOctal(word);
            }
        };
    }

    private static long readMemoryOrPercent(String word) {
        if (Numbers.isMemory(word)) {
            return Numbers.parseMemory(word);
        }
        if (word.length() > 1 && word.endsWith("%")) {
            String digits = word.substring(0, word.length() - 1);
            if (Numbers.isLong(digits) && Long.parseLong(digits) >= 0) {
                return -Long.parseLong(digits);
            }
        }
        throw new ConfigRefusal("argument must be a memory or percent value");
    }

    private void checkBounds(long value) {
        if (form == Form.MEMORY_OR_PERCENT && value < 0) {
            if (value < min) {
                throw new ConfigRefusal("percentage argument must be less or equal to " + -min);
            }
            return;
        }
        boolean tooLarge = unsigned ? Long.compareUnsigned(value, max) > 0 : value > max;
        boolean tooSmall = unsigned ? Long.compareUnsigned(value, min) < 0 : value < min;
        if (tooLarge || tooSmall) {
            throw new ConfigRefusal(
                    "argument must be between " + bound(min) + " and " + bound(max) + " inclusive");
        }
    }

    private String bound(long value) {
        if (form == Form.OCTAL) {
            return Long.toOctalString(value);
        }
        return unsigned ? Long.toUnsignedString(value) : Long.toString(value);
    }

    @Override
    public String render(Long value) {
        return switch (form) {
            case INTEGER -> Long.toString(value);
            case MEMORY -> Long.toUnsignedString(value);
            case MEMORY_OR_PERCENT -> value < 0 ? -value + "%" : Long.toString(value);
            case OCTAL -> Long.toOctalString(value);
        };
    }

    @Override
    List<String> renderForFile(Long value) {
        boolean bytes = form == Form.MEMORY || form == Form.MEMORY_OR_PERCENT && value >= 0;
        return List.of(bytes ? Numbers.renderMemory(value) : render(value));
    }

    @Override
    long asNumber(Long value) {
        return value;
    }
}
