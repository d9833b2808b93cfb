package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.store.stream.StreamId;

/**
 * Ids as commands spell them: {@code <ms>-<seq>}, {@code <ms>} alone, {@code -} and {@code +}, and
 * for XADD {@code <ms>-*}. Numbers are read as Redis does, the leniency of C's {@code strtoull}
 * included; a text ends at a NUL.
 */
final class StreamIds {

    static final CommandError INVALID =
            CommandError.of("ERR Invalid stream ID specified as stream command argument");

    private static final CommandError NO_START =
            CommandError.of("ERR invalid start ID for the interval");
    private static final CommandError NO_END =
            CommandError.of("ERR invalid end ID for the interval");

    private static final int LONGEST = 127;

    /** What {@link #number} answers through {@link #valid}. */
    private boolean valid;

    private boolean anySequence;

    StreamIds() {}

    /** Whether the id just read by {@link #readOrAnySequence} left its second number open. */
    boolean isAnySequence() {
        return anySequence;
    }

    /** An id that is no {@code -} or {@code +}; a missing second number is 0. */
    void readStrict(Slice text, StreamId id) {
        if (!tryStrict(text, id)) {
            throw INVALID;
        }
    }

    /** As {@link #readStrict}; false where that refuses. */
    boolean tryStrict(Slice text, StreamId id) {
        int length = length(text);
        if (length == 1 && isSpecial(text.byteAt(0))) {
            return false;
        }
        return parse(text.address(), length, 0, id, false);
    }

    /** As {@link #readStrict}, taking {@code <ms>-*} too. */
    void readOrAnySequence(Slice text, StreamId id) {
        int length = length(text);
        if (length == 1 && isSpecial(text.byteAt(0))
                || !parse(text.address(), length, 0, id, true)) {
            throw INVALID;
        }
    }

    /** An id, or {@code -} or {@code +}. */
    void read(Slice text, long missing, StreamId id) {
        int length = length(text);
        if (length == 1 && text.byteAt(0) == '-') {
            id.set(0, 0);
        } else if (length == 1 && text.byteAt(0) == '+') {
            id.setMax();
        } else if (!parse(text.address(), length, missing, id, false)) {
            throw INVALID;
        }
    }

    /** The lower end of an interval, which {@code (} excludes. */
    void readStart(Slice text, StreamId id) {
        if (isOpen(text)) {
            readRest(text, 0, id);
            if (!id.increment()) {
                throw NO_START;
            }
        } else {
            read(text, 0, id);
        }
    }

    /** The upper end of an interval, which {@code (} excludes. */
    void readEnd(Slice text, StreamId id) {
        if (isOpen(text)) {
            readRest(text, StreamId.MAX, id);
            if (!id.decrement()) {
                throw NO_END;
            }
        } else {
            read(text, StreamId.MAX, id);
        }
    }

    private static boolean isOpen(Slice text) {
        return text.length() > 1 && text.byteAt(0) == '(';
    }

    private void readRest(Slice text, long missing, StreamId id) {
        Slice rest = new Slice(text.address() + 1, text.length() - 1);
        int length = length(rest);
        if (length == 1 && isSpecial(rest.byteAt(0))
                || !parse(rest.address(), length, missing, id, false)) {
            throw INVALID;
        }
    }

    private static boolean isSpecial(int c) {
        return c == '-' || c == '+';
    }

    /** The bytes up to a NUL; -1 for a text that is too long. */
    private static int length(Slice text) {
        if (text.length() > LONGEST) {
            return -1;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.byteAt(i) == 0) {
                return i;
            }
        }
        return text.length();
    }

    private boolean parse(long text, int length, long missing, StreamId id, boolean mayBeOpen) {
        anySequence = false;
        if (length <= 0) {
            return false;
        }
        int hyphen = 0;
        while (hyphen < length && Memory.getByte(text + hyphen) != '-') {
            hyphen++;
        }
        long ms = number(text, hyphen);
        if (!valid) {
            return false;
        }
        long seq = missing;
        if (hyphen < length) {
            int rest = length - hyphen - 1;
            if (mayBeOpen && rest == 1 && Memory.getByte(text + hyphen + 1) == '*') {
                anySequence = true;
                seq = 0;
            } else {
                seq = number(text + hyphen + 1, rest);
            }
        }
        id.set(ms, seq);
        return valid;
    }

    /** A number of 64 bits without a sign; {@link #valid} says whether it is one. */
    private long number(long text, int length) {
        valid = length > 0;
        int at = 0;
        while (at < length && isBlank(Memory.getByte(text + at))) {
            at++;
        }
        boolean negative = false;
        if (at < length && isSpecial(Memory.getByte(text + at))) {
            negative = Memory.getByte(text + at) == '-';
            at++;
        }
        int first = at;
        long value = 0;
        for (; at < length; at++) {
            int digit = Memory.getByte(text + at) - '0';
            if (digit < 0 || digit > 9 || Long.compareUnsigned(value, MAX_TENTH) > 0) {
                valid = false;
                return 0;
            }
            value = value * 10 + digit;
            if (Long.compareUnsigned(value, digit) < 0) {
                valid = false; // the last addition went beyond 64 bits
                return 0;
            }
        }
        valid &= at > first;
        if (negative) {
            // A number that is spelt properly is refused for its sign; any other is turned round.
            boolean beyond = value < 0 && value != Long.MIN_VALUE;
            valid &= first != 1 || Memory.getByte(text + first) == '0' || beyond;
            value = -value;
        }
        return value;
    }

    private static final long MAX_TENTH = Long.divideUnsigned(-1L, 10);

    private static boolean isBlank(int c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }
}
