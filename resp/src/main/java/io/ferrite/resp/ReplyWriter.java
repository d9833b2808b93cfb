package io.ferrite.resp;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Real;

/**
 * Writes replies of RESP2 or RESP3 straight into native memory.
 *
 * <p>The owner of the memory extends this class and supplies room through {@link #more}:
 *
 * <pre>
 *   start                at                 end
 *   +--------------------+------------------+
 *   | written            | room             |
 *   +--------------------+------------------+
 * </pre>
 *
 * Every method asks once for the room that its longest form needs and then stores without looking
 * again; a short constant is one store of eight bytes, of which those after {@code at} are garbage.
 *
 * <p>Marks and deferred headers are distances from {@code start}: they survive a move, but the
 * owner may take written bytes away only while none is in use, that is, between commands.
 *
 * <p>Texts given as String are written byte for byte as ISO 8859-1, so that bytes which came from a
 * client as such a String go out as they came in. Not thread-safe.
 */
public abstract class ReplyWriter {

    /** The longest header: type, sign, 19 digits, CR LF, rounded up to stores of 8 bytes. */
    private static final int HEADER = 32;

    /** What {@link #deferred} reserves: a header of one digit, for which nothing has to move. */
    private static final int SHORT_HEADER = 4;

    private static final short CRLF = '\r' | '\n' << 8;

    private static final long OK = word("+OK\r\n");
    private static final long PONG = word("+PONG\r\n");
    private static final long QUEUED_0 = word("+QUEUED\r");
    private static final long NULL_BULK = word("$-1\r\n");
    private static final long NULL_ARRAY = word("*-1\r\n");
    private static final int NULL = (int) word("_\r\n");
    private static final int TRUE = (int) word("#t\r\n");
    private static final int FALSE = (int) word("#f\r\n");
    private static final int ZERO = (int) word(":0\r\n");
    private static final int ONE = (int) word(":1\r\n");

    /**
     * The header of each small number: a byte for the type left 0, the digits, CR LF; the whole
     * length in the highest byte.
     */
    private static final long[] HEADERS = new long[1024];

    /** Two digits for each number below 100, as they lie in memory. */
    private static final short[] PAIRS = new short[100];

    static {
        for (int i = 0; i < HEADERS.length; i++) {
            String header = "\0" + i + "\r\n";
            HEADERS[i] = word(header) | (long) header.length() << 56;
        }
        for (int i = 0; i < PAIRS.length; i++) {
            PAIRS[i] = (short) ('0' + i / 10 | '0' + i % 10 << 8);
        }
    }

    /** First byte written; see the class. */
    protected long start;

    /** Where the next byte goes. */
    protected long at;

    /** The end of the room. */
    protected long end;

    private int protocol = 2;

    /**
     * Called when {@code end - at < needed}: makes room for at least {@code needed} bytes at {@code
     * at} and keeps what lies in [start, at); all three may move.
     */
    protected abstract void more(int needed);

    /**
     * A command's reply is complete: what was written may be sent, and no mark or deferred header
     * refers to it any more.
     */
    public void boundary() {}

    /** Bytes written since the last {@link #boundary}, or since the memory's owner began anew. */
    public final long written() {
        return at - start;
    }

    /** 2 or 3. */
    public final int protocol() {
        return protocol;
    }

    public final void setProtocol(int version) {
        assert version == 2 || version == 3;
        protocol = version;
    }

    // --- simple replies ----------------------------------------------------------------------

    public final void ok() {
        constant(OK, 5);
    }

    public final void pong() {
        constant(PONG, 7);
    }

    public final void queued() {
        long a = room(16);
        Memory.putLong(a, QUEUED_0);
        Memory.putByte(a + 8, '\n');
        at = a + 9;
    }

    /** A status line; line breaks in it become spaces. */
    public final void status(String text) {
        line((byte) '+', text);
    }

    public final void status(byte[] text) {
        line((byte) '+', text);
    }

    /**
     * An error line; the text begins with its code: {@code ERR no such key}. Line breaks at the end
     * are dropped, others become spaces.
     */
    public final void error(String text) {
        line((byte) '-', text);
    }

    public final void error(byte[] text) {
        line((byte) '-', text);
    }

    public final void integer(long value) {
        header(':', value);
    }

    /** RESP2 has no booleans: 1 and 0. */
    public final void bool(boolean value) {
        if (protocol == 2) {
            shortConstant(value ? ONE : ZERO, 4);
        } else {
            shortConstant(value ? TRUE : FALSE, 4);
        }
    }

    /** Nothing: RESP2's null bulk string. */
    public final void nil() {
        if (protocol == 2) {
            constant(NULL_BULK, 5);
        } else {
            shortConstant(NULL, 3);
        }
    }

    /** Nothing, where an array was asked for: RESP2's null array. */
    public final void nilArray() {
        if (protocol == 2) {
            constant(NULL_ARRAY, 5);
        } else {
            shortConstant(NULL, 3);
        }
    }

    // --- strings -----------------------------------------------------------------------------

    public final void bulk(long address, int length) {
        long a = bulkHeader(length);
        Memory.copy(address, a, length);
        Memory.putShort(a + length, CRLF);
        at = a + length + 2;
    }

    public final void bulk(Slice bytes) {
        bulk(bytes.address(), bytes.length());
    }

    public final void bulk(byte[] bytes) {
        bulk(bytes, 0, bytes.length);
    }

    public final void bulk(byte[] bytes, int offset, int length) {
        long a = bulkHeader(length);
        Memory.copyIn(bytes, offset, a, length);
        Memory.putShort(a + length, CRLF);
        at = a + length + 2;
    }

    public final void bulk(String text) {
        int length = text.length();
        long a = bulkHeader(length);
        putText(a, text, length);
        Memory.putShort(a + length, CRLF);
        at = a + length + 2;
    }

    public final void emptyBulk() {
        constant(EMPTY_BULK, 6);
    }

    private static final long EMPTY_BULK = word("$0\r\n\r\n");

    /** The number as a bulk string. */
    public final void bulkNumber(long value) {
        long a = room(2 * HEADER);
        int length = Digits.length(value);
        long header = HEADERS[length];
        Memory.putLong(a, header | '$');
        a += header >>> 56;
        Digits.put(a, value, length, PAIRS);
        Memory.putShort(a + length, CRLF);
        at = a + length + 2;
    }

    /** Text that is shown to people as it is; {@code format} has three letters. A bulk in RESP2. */
    public final void verbatim(String format, byte[] text) {
        if (protocol == 2) {
            bulk(text);
            return;
        }
        verbatimHeader(format, text.length);
        Memory.copyIn(text, 0, at, text.length);
        endOf(text.length);
    }

    public final void verbatim(String format, String text) {
        if (protocol == 2) {
            bulk(text);
            return;
        }
        verbatimHeader(format, text.length());
        putText(at, text, text.length());
        endOf(text.length());
    }

    public final void verbatim(String format, long address, int length) {
        if (protocol == 2) {
            bulk(address, length);
            return;
        }
        verbatimHeader(format, length);
        Memory.copy(address, at, length);
        endOf(length);
    }

    private void verbatimHeader(String format, int length) {
        assert format.length() == 3;
        roomFor(length);
        header('=', length + 4L);
        putText(at, format, 3);
        Memory.putByte(at + 3, ':');
        at += 4;
    }

    private void endOf(int length) {
        Memory.putShort(at + length, CRLF);
        at += length + 2;
    }

    // --- numbers -----------------------------------------------------------------------------

    /** A double in Redis' shortest form; a bulk string in RESP2. */
    public final void real(double value) {
        long a = room(2 * HEADER);
        long text = a + 4;
        int length = Real.write(value, text);
        if (protocol == 3) {
            Memory.putByte(a, ',');
            Memory.copy(text, a + 1, length);
            a += 1 + length;
        } else {
            // At most 24 bytes: the header has one digit or two.
            long header = HEADERS[length] | '$';
            int headerLength = (int) (header >>> 56);
            Memory.copy(text, a + headerLength, length);
            Memory.putInt(a, (int) header);
            if (headerLength == 5) {
                Memory.putByte(a + 4, '\n');
            }
            a += headerLength + length;
        }
        Memory.putShort(a, CRLF);
        at = a + 2;
    }

    /** A whole number of any size, given as its digits; a bulk string in RESP2. */
    public final void bigNumber(String digits) {
        if (protocol == 2) {
            bulk(digits);
            return;
        }
        int length = digits.length();
        roomFor(length);
        Memory.putByte(at, '(');
        putText(at + 1, digits, length);
        at++;
        endOf(length);
    }

    // --- aggregates: the header of what is written next --------------------------------------

    public final void array(long elements) {
        header('*', elements);
    }

    public final void emptyArray() {
        shortConstant(EMPTY_ARRAY, 4);
    }

    private static final int EMPTY_ARRAY = (int) word("*0\r\n");

    /** {@code pairs} keys, each followed by its value; a flat array in RESP2. */
    public final void map(long pairs) {
        if (protocol == 2) {
            header('*', pairs * 2);
        } else {
            header('%', pairs);
        }
    }

    public final void set(long elements) {
        header(protocol == 2 ? '*' : '~', elements);
    }

    /** A message that answers no request; RESP2 clients take an array in its place. */
    public final void push(long elements) {
        header(protocol == 2 ? '*' : '>', elements);
    }

    /** RESP3 only: {@code pairs} keys and values about the reply that follows them. */
    public final void attribute(long pairs) {
        assert protocol == 3;
        header('|', pairs);
    }

    // --- aggregates whose length is known afterwards ------------------------------------------

    /**
     * Leaves room for the header of an aggregate whose elements are written next; one of the {@code
     * finish} methods ends it. They may nest. The header is made to fit by moving the elements,
     * once, unless it has a single digit.
     */
    public final long deferred() {
        long a = room(SHORT_HEADER);
        at = a + SHORT_HEADER;
        return a - start;
    }

    /** As {@link #deferred}, to be ended by {@link #finishArray}. */
    public final long deferredArray() {
        return deferred();
    }

    public final void finishArray(long token, long elements) {
        finish(token, '*', elements);
    }

    public final void finishMap(long token, long pairs) {
        if (protocol == 2) {
            finish(token, '*', pairs * 2);
        } else {
            finish(token, '%', pairs);
        }
    }

    public final void finishSet(long token, long elements) {
        finish(token, protocol == 2 ? '*' : '~', elements);
    }

    public final void finishPush(long token, long elements) {
        finish(token, protocol == 2 ? '*' : '>', elements);
    }

    private void finish(long token, char type, long count) {
        assert count >= 0;
        int length = 3 + Digits.length(count);
        int excess = length - SHORT_HEADER;
        if (excess > 0) {
            room(excess);
            long body = start + token + SHORT_HEADER;
            Memory.copy(body, body + excess, at - body);
            at += excess;
        }
        long a = start + token;
        Memory.putByte(a, type);
        Digits.put(a + 1, count, length - 3, PAIRS);
        Memory.putShort(a + length - 2, CRLF);
    }

    // --- bytes that are encoded already -------------------------------------------------------

    public final void raw(long address, int length) {
        long a = room(length);
        Memory.copy(address, a, length);
        at = a + length;
    }

    public final void raw(byte[] bytes) {
        raw(bytes, 0, bytes.length);
    }

    public final void raw(byte[] bytes, int offset, int length) {
        long a = room(length);
        Memory.copyIn(bytes, offset, a, length);
        at = a + length;
    }

    /**
     * The header of a bulk string whose {@code length} bytes follow by {@link #raw}; see endBulk.
     */
    public final void beginBulk(long length) {
        header('$', length);
    }

    /** The line end after the bytes of {@link #beginBulk}. */
    public final void endBulk() {
        long a = room(2);
        Memory.putShort(a, CRLF);
        at = a + 2;
    }

    // --- undoing -------------------------------------------------------------------------------

    /** Remembers how much is written; see {@link #rewind}. */
    public final long mark() {
        return at - start;
    }

    /** Forgets what was written since the mark. */
    public final void rewind(long mark) {
        assert mark <= at - start;
        at = start + mark;
    }

    /** Whether anything was written since the mark. */
    public final boolean wroteSince(long mark) {
        return at - start > mark;
    }

    /** Whether what was written since the mark begins with an error. */
    public final boolean isError(long mark) {
        return at - start > mark && Memory.getByte(start + mark) == '-';
    }

    // --- writing -------------------------------------------------------------------------------

    /** Makes sure of {@code needed} bytes; answers where they begin. */
    private long room(int needed) {
        if (end - at < needed) {
            more(needed);
        }
        return at;
    }

    /** Room for a text of this length, its header and its end. */
    private void roomFor(int length) {
        room(Math.addExact(length, HEADER + 8));
    }

    private void constant(long word, int length) {
        long a = room(8);
        Memory.putLong(a, word);
        at = a + length;
    }

    private void shortConstant(int word, int length) {
        long a = room(4);
        Memory.putInt(a, word);
        at = a + length;
    }

    private void header(char type, long value) {
        long a = room(HEADER);
        if ((value & -HEADERS.length) == 0) {
            long header = HEADERS[(int) value];
            Memory.putLong(a, header | type);
            at = a + (header >>> 56);
        } else {
            longHeader(a, type, value);
        }
    }

    private void longHeader(long a, char type, long value) {
        int length = Digits.length(value);
        Memory.putByte(a, type);
        Digits.put(a + 1, value, length, PAIRS);
        Memory.putShort(a + 1 + length, CRLF);
        at = a + length + 3;
    }

    /**
     * Room for a bulk and its header in place; answers where the bytes go, leaves at before them.
     */
    private long bulkHeader(int length) {
        roomFor(length);
        long a = at;
        if (length < HEADERS.length) {
            long header = HEADERS[length];
            Memory.putLong(a, header | '$');
            return a + (header >>> 56);
        }
        longHeader(a, '$', length);
        return at;
    }

    private void line(byte type, String text) {
        int length = text.length();
        while (length > 0 && isLineBreak(text.charAt(length - 1))) {
            length--;
        }
        roomFor(length);
        long a = at;
        Memory.putByte(a++, type);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            Memory.putByte(a + i, isLineBreak(c) ? ' ' : c);
        }
        Memory.putShort(a + length, CRLF);
        at = a + length + 2;
    }

    private void line(byte type, byte[] text) {
        int length = text.length;
        while (length > 0 && isLineBreak(text[length - 1])) {
            length--;
        }
        roomFor(length);
        long a = at;
        Memory.putByte(a++, type);
        for (int i = 0; i < length; i++) {
            byte c = text[i];
            Memory.putByte(a + i, isLineBreak(c) ? ' ' : c);
        }
        Memory.putShort(a + length, CRLF);
        at = a + length + 2;
    }

    private static boolean isLineBreak(int c) {
        return c == '\r' || c == '\n';
    }

    private static void putText(long a, String text, int length) {
        for (int i = 0; i < length; i++) {
            Memory.putByte(a + i, text.charAt(i));
        }
    }

    /** Up to eight characters as the number that stores them in order. */
    private static long word(String text) {
        long word = 0;
        for (int i = text.length() - 1; i >= 0; i--) {
            word = word << 8 | text.charAt(i);
        }
        return word;
    }
}
