package io.ferrite.engine.zset;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.RealParser;
import io.ferrite.store.value.ZsetValue;
import java.nio.charset.StandardCharsets;

/**
 * Which members are asked for: between two ranks, two scores or two texts. Read from its words
 * first, then laid on a set, where it is always a range of ranks.
 */
final class ZsetRange {

    /** What the bounds are. */
    enum By {
        RANK,
        SCORE,
        LEX
    }

    private static final CommandError NOT_SCORES = CommandError.of("ERR min or max is not a float");
    private static final CommandError NOT_TEXTS =
            CommandError.of("ERR min or max not valid string range item");

    private final By by;
    private long start;
    private long stop;
    private double min;
    private double max;
    private boolean minOpen;
    private boolean maxOpen;

    /** The bounds of a lexicographic range with the character that says how they are meant. */
    private Slice minText;

    private Slice maxText;

    private long from;
    private long count;

    private ZsetRange(By by) {
        this.by = by;
    }

    static ZsetRange read(By by, Slice low, Slice high) {
        ZsetRange range = new ZsetRange(by);
        switch (by) {
            case RANK -> {
                range.start = Numbers.integer(low);
                range.stop = Numbers.integer(high);
            }
            case SCORE -> {
                range.minOpen = isOpen(low);
                range.min = score(low, range.minOpen);
                range.maxOpen = isOpen(high);
                range.max = score(high, range.maxOpen);
            }
            case LEX -> {
                checkText(low);
                checkText(high);
                range.minText = low;
                range.maxText = high;
            }
        }
        return range;
    }

    private static boolean isOpen(Slice text) {
        return text.length() > 0 && text.byteAt(0) == '(';
    }

    /** Bounds are read as C's {@code strtod} does, which is more than a score may be. */
    private static double score(Slice text, boolean open) {
        int skipped = open ? 1 : 0;
        if (text.length() == skipped) {
            return 0; // nothing reads as zero here
        }
        while (skipped < text.length() && isBlank(text.byteAt(skipped))) {
            skipped++;
        }
        long address = text.address() + skipped;
        int length = text.length() - skipped;
        double value = RealParser.parse(address, length);
        if (Double.isNaN(value)) {
            value = beyondDoubles(Memory.toBytes(address, length));
        }
        if (Double.isNaN(value)) {
            throw NOT_SCORES;
        }
        return value;
    }

    private static boolean isBlank(int c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    /** A decimal number of any magnitude, as infinity or nearly nothing; NaN if it is not one. */
    private static double beyondDoubles(byte[] text) {
        for (byte c : text) {
            if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
                return Double.NaN;
            }
        }
        try {
            return Double.parseDouble(new String(text, StandardCharsets.ISO_8859_1));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static void checkText(Slice text) {
        int first = text.length() == 0 ? 0 : text.byteAt(0);
        boolean alone = first == '+' || first == '-';
        if (alone ? text.length() != 1 : first != '(' && first != '[') {
            throw NOT_TEXTS;
        }
    }

    By by() {
        return by;
    }

    /** Lays the range on a set: {@link #from} and {@link #count} are known then. */
    ZsetRange on(long root, boolean reverse) {
        long size = ZsetValue.count(root);
        long end;
        switch (by) {
            case RANK -> {
                // Within the set, so that no difference of two of them can overflow.
                from = Math.clamp(start < 0 ? size + start : start, 0, size);
                end = Math.clamp(stop < 0 ? size + stop : stop, -1, size - 1) + 1;
                if (reverse && from < end) {
                    long ranks = end - from;
                    from = size - end;
                    end = from + ranks;
                }
            }
            case SCORE -> {
                from = ZsetValue.countBelow(root, min, minOpen);
                end = ZsetValue.countBelow(root, max, !maxOpen);
            }
            default -> {
                from = below(root, minText, false, size);
                end = below(root, maxText, true, size);
            }
        }
        count = Math.max(0, end - from);
        return this;
    }

    private static long below(long root, Slice text, boolean upper, long size) {
        int kind = text.byteAt(0);
        if (kind == '-') {
            return 0;
        }
        if (kind == '+') {
            return size;
        }
        boolean inclusive = (kind == '[') == upper;
        return ZsetValue.countBelow(root, text.address() + 1, text.length() - 1, inclusive);
    }

    /**
     * Leaves {@code offset} members out at the beginning of the range, then all but {@code limit}.
     */
    ZsetRange limit(long offset, long limit, boolean reverse) {
        if (offset < 0 || offset >= count) {
            count = 0;
            return this;
        }
        long left = count - offset;
        if (limit >= 0 && limit < left) {
            left = limit;
        }
        from = reverse ? from + count - offset - left : from + offset;
        count = left;
        return this;
    }

    /** The lowest rank of the range, whatever the direction. */
    long from() {
        return from;
    }

    long count() {
        return count;
    }

    /** The rank where a walk over the range begins. */
    long first(boolean reverse) {
        return reverse ? from + count - 1 : from;
    }
}
