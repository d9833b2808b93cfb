package io.ferrite.resp;

import io.ferrite.memory.Memory;

/**
 * Finds the arguments of requests in a read buffer, without copying or moving them.
 *
 * <p>One decoder serves one connection. It can be stopped anywhere and goes on where it stopped: no
 * byte is looked at twice, so a request that arrives in n pieces costs as much as one that arrives
 * whole. What a request is and which mistakes are told apart follows Redis: an array of bulk
 * strings, or else a line of words (see {@link InlineRequest}).
 *
 * <p>Between two calls for the same request the caller may move the buffer and drop what lies
 * before the request, but passes the same {@link Request} again and {@code from} at the request's
 * first byte. Offsets are kept from there.
 *
 * <p>After {@link #ERROR} the connection is to be closed once {@link #error()} was sent; the
 * decoder answers the same again until {@link #reset()}. Not thread-safe.
 */
public final class RequestDecoder {

    /** A request is there; {@link #consumed()} is where the next one starts. */
    public static final int COMPLETE = 0;

    /** More bytes are needed, at least {@link #needed()} of them. */
    public static final int INCOMPLETE = 1;

    /** Nothing to execute (an empty array, a blank line); {@link #consumed()} as for COMPLETE. */
    public static final int EMPTY = 2;

    /** The bytes are no request. */
    public static final int ERROR = 3;

    static final String INVALID_MULTIBULK_LENGTH = "Protocol error: invalid multibulk length";
    static final String INVALID_BULK_LENGTH = "Protocol error: invalid bulk length";
    static final String UNAUTHENTICATED_MULTIBULK =
            "Protocol error: unauthenticated multibulk length";
    static final String UNAUTHENTICATED_BULK = "Protocol error: unauthenticated bulk length";
    static final String TOO_BIG_MULTIBULK_COUNT = "Protocol error: too big mbulk count string";
    static final String TOO_BIG_BULK_COUNT = "Protocol error: too big bulk count string";
    static final String TOO_BIG_INLINE = "Protocol error: too big inline request";
    static final String UNBALANCED_QUOTES = "Protocol error: unbalanced quotes in request";

    /** "*d\r\n" and "$d\r\n" as little-endian integers, the digit left out, and what to compare. */
    private static final int SHORT_ARRAY = 0x0A0D002A;

    private static final int SHORT_BULK = 0x0A0D0024;
    private static final int SHORT_MASK = 0xFFFF00FF;

    /** "$dd\r\n" likewise. */
    private static final long BULK_OF_TENS = 0x0A0D000024L;

    private static final long BULK_OF_TENS_MASK = 0xFFFF0000FFL;

    /** What {@link #line} answers besides a length. */
    private static final int NO_END_YET = -1;

    private static final int NEVER_ENDS = -2;
    private static final int HOLDS_NUL = -3;

    private final Limits limits;
    private boolean authenticated = true;

    /** Bytes of the request that are done with; where parsing goes on. */
    private int position;

    /** Bytes from {@link #position} that were searched for the end of the line in vain. */
    private int searched;

    /** Arguments still to come; 0: a request has not begun. */
    private int remaining;

    /** The length of the bulk at {@link #position}, or -1 while its header has not been read. */
    private int bulkLength = -1;

    /** The number that {@link #readLength} found. */
    private long number;

    private int consumed;
    private long needed;
    private String error;

    public RequestDecoder(Limits limits) {
        this.limits = limits;
    }

    /**
     * Whether the client may send requests of any size: it authenticated, or it does not have to.
     */
    public void authenticated(boolean yes) {
        authenticated = yes;
    }

    /** The offset from the buffer's base at which the next request starts. */
    public int consumed() {
        return consumed;
    }

    /**
     * After INCOMPLETE: a lower bound of the bytes still missing, at least 1; otherwise 0. It is
     * exact as to the bulk that was cut, and promises nothing about those after it, so that
     * reserving it is bounded by proto-max-bulk-len.
     */
    public long needed() {
        return needed;
    }

    /** After ERROR: Redis' text, without the code ERR before it. */
    public String error() {
        return error;
    }

    /** Whether a request was begun and not ended. */
    public boolean isMidway() {
        return remaining > 0 || searched > 0;
    }

    /**
     * Forgets a request begun and an error, as for a new connection. A request that was complete
     * can be decoded again: its bytes have not been changed.
     */
    public void reset() {
        needed = 0;
        position = 0;
        searched = 0;
        remaining = 0;
        bulkLength = -1;
        error = null;
    }

    /**
     * Decodes the request whose bytes start at {@code base + from}, as far as the bytes up to
     * {@code base + to} reach.
     *
     * @return {@link #COMPLETE}, {@link #INCOMPLETE}, {@link #EMPTY} or {@link #ERROR}
     */
    public int decode(long base, int from, int to, Request into) {
        long start = base + from;
        int end = to - from;
        if (remaining == 0) {
            int begun = begin(start, end, into);
            if (begun != COMPLETE) {
                return begun == EMPTY || begun == FINISHED ? finish(from, begun) : begun;
            }
        } else {
            into.rebase(start);
        }
        return arguments(start, end, from, into);
    }

    /** Of {@link #begin}: the whole request was read. */
    private static final int FINISHED = 4;

    private int finish(int from, int how) {
        consumed = from + position;
        needed = 0;
        position = 0;
        searched = 0;
        remaining = 0;
        bulkLength = -1;
        return how == EMPTY ? EMPTY : COMPLETE;
    }

    /** The count of the array. COMPLETE: it is known and positive, the arguments can be read. */
    private int begin(long start, int end, Request into) {
        if (error != null) {
            return ERROR;
        }
        if (end >= 4) {
            int word = Memory.getInt(start);
            int digit = (word >>> 8 & 0xFF) - '1';
            if ((word & SHORT_MASK) == SHORT_ARRAY && digit >= 0 && digit < 9) {
                into.begin(start);
                remaining = digit + 1;
                position = 4;
                searched = 0;
                return COMPLETE;
            }
        } else if (end <= 0) {
            needed = 1;
            return INCOMPLETE;
        }
        into.begin(start);
        return Memory.getByte(start) == '*' ? longCount(start, end) : inline(start, end, into);
    }

    private int longCount(long start, int end) {
        int line = line(start, end, (byte) '\r');
        if (line < 0) {
            return line == NO_END_YET
                    ? INCOMPLETE
                    : fail(line == NEVER_ENDS ? TOO_BIG_MULTIBULK_COUNT : INVALID_MULTIBULK_LENGTH);
        }
        if (line + 2 > end) {
            needed = 1;
            return INCOMPLETE;
        }
        if (!readLength(start + 1, line - 1) || number > limits.maxArguments()) {
            return fail(INVALID_MULTIBULK_LENGTH);
        }
        if (number > Limits.UNAUTHENTICATED_ARGUMENTS && !authenticated) {
            return fail(UNAUTHENTICATED_MULTIBULK);
        }
        position = line + 2;
        searched = 0;
        if (number <= 0) {
            return EMPTY;
        }
        remaining = (int) number;
        return COMPLETE;
    }

    private int arguments(long start, int end, int from, Request into) {
        int at = position;
        int left = remaining;
        int length = bulkLength;
        boolean searching = searched != 0; // a header was cut: the general way goes on with it
        while (true) {
            if (length < 0) {
                if (end - at >= 8 && !searching) {
                    long word = Memory.getLong(start + at);
                    int tens = ((int) word >>> 8 & 0xFF) - '0';
                    int ones = ((int) word >>> 16 & 0xFF) - '0';
                    if (((int) word & SHORT_MASK) == SHORT_BULK && tens >= 0 && tens <= 9) {
                        length = tens;
                        at += 4;
                    } else if ((word & BULK_OF_TENS_MASK) == BULK_OF_TENS
                            && tens >= 1
                            && tens <= 9
                            && ones >= 0
                            && ones <= 9) {
                        length = tens * 10 + ones;
                        at += 5;
                    }
                }
                if (length < 0) {
                    position = at;
                    remaining = left;
                    bulkLength = length;
                    int header = longBulk(start, end);
                    if (header != COMPLETE) {
                        return header;
                    }
                    at = position;
                    length = bulkLength;
                    searching = false;
                }
            }
            // The two bytes after a bulk are skipped unseen, as Redis does.
            if (end - at - 2 < length) {
                position = at;
                remaining = left;
                bulkLength = length;
                needed = length + 2L - (end - at);
                return INCOMPLETE;
            }
            into.put(at, length);
            at += length + 2;
            length = -1;
            if (--left == 0) {
                consumed = from + at;
                needed = 0;
                position = 0;
                remaining = 0;
                bulkLength = -1;
                return COMPLETE;
            }
        }
    }

    /** The header of a bulk of any length, from {@link #position}. */
    private int longBulk(long start, int end) {
        long header = start + position;
        int available = end - position;
        int line = line(header, available, (byte) '\r');
        if (line == NO_END_YET) {
            return INCOMPLETE;
        }
        if (line == NEVER_ENDS) {
            return fail(TOO_BIG_BULK_COUNT);
        }
        if (line >= 0 && line + 2 > available) {
            needed = 1;
            return INCOMPLETE;
        }
        int first = Memory.getUnsignedByte(header);
        if (first != '$') {
            char shown = first == '\r' || first == '\n' ? ' ' : (char) first;
            return fail("Protocol error: expected '$', got '" + shown + "'");
        }
        if (line == HOLDS_NUL
                || !readLength(header + 1, line - 1)
                || number < 0
                || number > limits.maxBulkBytes()) {
            return fail(INVALID_BULK_LENGTH);
        }
        if (number > Limits.UNAUTHENTICATED_BULK_BYTES && !authenticated) {
            return fail(UNAUTHENTICATED_BULK);
        }
        position += line + 2;
        searched = 0;
        bulkLength = (int) number;
        return COMPLETE;
    }

    private int inline(long start, int end, Request into) {
        int line = line(start, end, (byte) '\n');
        if (line == NO_END_YET) {
            return INCOMPLETE;
        }
        if (line == NEVER_ENDS) {
            return fail(TOO_BIG_INLINE);
        }
        if (line == HOLDS_NUL) {
            // Redis' own search stops at a NUL, so that it would wait for ever: bytes of another
            // protocol (a TLS hello, the cluster bus) are better told at once.
            return fail(UNBALANCED_QUOTES);
        }
        position = line + 1;
        searched = 0;
        int length = line > 0 && Memory.getByte(start + line - 1) == '\r' ? line - 1 : line;
        long words = InlineRequest.hasQuotes(start, length) ? into.ownBytes(start, length) : start;
        if (!InlineRequest.split(words, length, into)) {
            return fail(UNBALANCED_QUOTES);
        }
        return into.count() == 0 ? EMPTY : FINISHED;
    }

    /**
     * Looks for the byte that ends a line, from where an earlier search ended.
     *
     * @return its distance from {@code start}, or why there is none
     */
    private int line(long start, int available, byte last) {
        int end = Math.min(available, Limits.MAX_LINE_BYTES + 1);
        for (int i = searched; i < end; i++) {
            byte c = Memory.getByte(start + i);
            if (c == last) {
                return i;
            }
            if (c == 0) {
                return HOLDS_NUL;
            }
        }
        searched = end;
        if (end > Limits.MAX_LINE_BYTES) {
            return NEVER_ENDS;
        }
        needed = 1;
        return NO_END_YET;
    }

    /**
     * Reads a whole number written as Redis writes it: no sign but '-', no leading zero, no space.
     */
    private boolean readLength(long address, int length) {
        boolean negative = length > 1 && Memory.getByte(address) == '-';
        int digits = negative ? length - 1 : length;
        long at = negative ? address + 1 : address;
        if (digits < 1 || digits > 19) {
            return false;
        }
        if (Memory.getByte(at) == '0' && (digits > 1 || negative)) {
            return false;
        }
        long value = 0; // kept negative: the smallest number has no positive counterpart
        for (int i = 0; i < digits; i++) {
            int digit = Memory.getByte(at + i) - '0';
            if (digit < 0 || digit > 9 || value < -922337203685477580L) {
                return false;
            }
            value = value * 10 - digit;
            if (value > 0) {
                return false;
            }
        }
        if (!negative && value == Long.MIN_VALUE) {
            return false;
        }
        number = negative ? value : -value;
        return true;
    }

    private int fail(String text) {
        error = text;
        remaining = 0;
        return ERROR;
    }
}
