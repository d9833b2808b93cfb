package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.ferrite.memory.Memory;
import io.ferrite.memory.codec.Decimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the replies of a server, RESP2 and RESP3 mixed: the other end of {@link ReplyWriter}.
 *
 * <p>Bytes are used up as they come: after every call, whatever it answers, the bytes before {@link
 * #consumed()} are done with, so a reply of many elements never has to lie in the buffer as a
 * whole, and nothing is read twice. A string is taken once all of it is there.
 *
 * <p>Bounds, each a {@link Bounds} component: how deep aggregates nest, how long a string or a line
 * is, how many elements a reply has in all. Lists grow with the elements that arrive, never by what
 * is announced. RESP3's strings and aggregates of unknown length, which no server sends, are
 * refused.
 *
 * <p>Not thread-safe. After {@link #ERROR} only {@link #reset()} helps.
 */
public final class ReplyDecoder {

    /** {@link #value()} is a reply. */
    public static final int COMPLETE = RequestDecoder.COMPLETE;

    public static final int INCOMPLETE = RequestDecoder.INCOMPLETE;

    /** The bytes are no reply; {@link #error()} says why. */
    public static final int ERROR = RequestDecoder.ERROR;

    /** What a reply may need at most. */
    public record Bounds(int depth, int bulkBytes, int lineBytes, int elements) {

        public static final Bounds DEFAULT = new Bounds(128, 512 << 20, 1 << 20, 1 << 27);
    }

    /** An aggregate that is still open. */
    private static final class Level {
        final char type;
        final List<RespValue> items = new ArrayList<>();
        long left;

        Level(char type, long left) {
            this.type = type;
            this.left = left;
        }
    }

    private final Bounds bounds;
    private final ArrayList<Level> open = new ArrayList<>();

    private int elements;

    /** The type of the string whose bytes are awaited, 0 if none. */
    private char stringType;

    private int stringLength;

    /** Bytes after what is consumed that were searched for the end of the line in vain. */
    private int searched;

    private int consumed;
    private int needed;
    private RespValue value;
    private String error;

    public ReplyDecoder() {
        this(Bounds.DEFAULT);
    }

    public ReplyDecoder(Bounds bounds) {
        this.bounds = bounds;
    }

    /** After COMPLETE: the reply. */
    public RespValue value() {
        return value;
    }

    /** The offset from the buffer's base up to which the bytes are done with. */
    public int consumed() {
        return consumed;
    }

    /** After INCOMPLETE: how many bytes are missing at least. */
    public int needed() {
        return needed;
    }

    /** After ERROR: what is wrong, for a log. */
    public String error() {
        return error;
    }

    /** Whether part of a reply has been read. */
    public boolean isMidway() {
        return !open.isEmpty() || stringType != 0 || searched > 0;
    }

    public void reset() {
        open.clear();
        elements = 0;
        stringType = 0;
        searched = 0;
        value = null;
        error = null;
    }

    /**
     * Reads up to the end of one reply or of the bytes at {@code [base + from, base + to)}. The
     * next call goes on at {@link #consumed()}; the buffer may have moved.
     *
     * @return {@link #COMPLETE}, {@link #INCOMPLETE} or {@link #ERROR}
     */
    public int decode(long base, int from, int to) {
        consumed = from;
        value = null;
        if (error != null) {
            return ERROR;
        }
        while (true) {
            RespValue read = stringType != 0 ? string(base, to) : line(base, to);
            if (error != null) {
                return ERROR;
            }
            if (read == null) {
                if (needed > 0) {
                    return INCOMPLETE;
                }
                continue; // the header of something was read
            }
            if (close(read)) {
                elements = 0;
                return COMPLETE;
            }
        }
    }

    /** Adds a value to the aggregates it completes; true if it is, or ends, the reply. */
    private boolean close(RespValue read) {
        value = read;
        while (!open.isEmpty()) {
            Level level = open.getLast();
            level.items.add(value);
            if (--level.left > 0) {
                return false;
            }
            open.removeLast();
            value = made(level);
        }
        return true;
    }

    private static RespValue made(Level level) {
        List<RespValue> items = level.items;
        return switch (level.type) {
            case '*' -> new RespValue.ArrayOf(items);
            case '~' -> new RespValue.SetOf(items);
            case '%' -> new RespValue.MapOf(items);
            case '>' -> new RespValue.PushOf(items);
            case '|' ->
                    new RespValue.Attributed(
                            List.copyOf(items.subList(0, items.size() - 1)), items.getLast());
            default -> throw new IllegalStateException("type " + level.type);
        };
    }

    /** The bytes of a string and the line end after them. */
    private RespValue string(long base, int to) {
        long missing = stringLength + 2L - (to - consumed);
        if (missing > 0) {
            needed = (int) Math.min(missing, Integer.MAX_VALUE);
            return null;
        }
        long address = base + consumed;
        if (Memory.getByte(address + stringLength) != '\r'
                || Memory.getByte(address + stringLength + 1) != '\n') {
            return fail("no line end after a string");
        }
        byte[] bytes = Memory.toBytes(address, stringLength);
        consumed += stringLength + 2;
        char type = stringType;
        stringType = 0;
        return switch (type) {
            case '$' -> new RespValue.Bulk(bytes);
            case '!' -> new RespValue.Failure(new String(bytes, ISO_8859_1));
            default -> verbatim(bytes);
        };
    }

    private RespValue verbatim(byte[] bytes) {
        if (bytes.length < 4 || bytes[3] != ':') {
            return fail("a verbatim string without a format");
        }
        String format = new String(bytes, 0, 3, ISO_8859_1);
        return new RespValue.Verbatim(format, java.util.Arrays.copyOfRange(bytes, 4, bytes.length));
    }

    /**
     * One line: a whole value, or the header of a string or an aggregate (null, nothing needed).
     */
    private RespValue line(long base, int to) {
        long start = base + consumed;
        int available = to - consumed;
        int end = searched;
        while (end < available && Memory.getByte(start + end) != '\n') {
            end++;
        }
        if (end > bounds.lineBytes()) {
            return fail("a line of more than " + bounds.lineBytes() + " bytes");
        }
        if (end == available) {
            searched = end;
            needed = 1;
            return null;
        }
        if (end < 2 || Memory.getByte(start + end - 1) != '\r') {
            return fail("a line that does not end in CR LF");
        }
        searched = 0;
        needed = 0;
        consumed += end + 1;
        char type = (char) Memory.getUnsignedByte(start);
        long text = start + 1;
        int length = end - 2;
        return switch (type) {
            case '+' -> new RespValue.Status(text(text, length));
            case '-' -> new RespValue.Failure(text(text, length));
            case ':' -> integer(text, length);
            case ',' -> real(text(text, length));
            case '(' -> bigNumber(text(text, length));
            case '#' -> bool(text, length);
            case '_' -> length == 0 ? RespValue.Nil.NULL : fail("a null with a value");
            case '$', '!', '=' -> stringHeader(type, text, length);
            case '*', '~', '%', '>', '|' -> aggregateHeader(type, text, length);
            default -> fail("a reply of unknown type, byte " + (int) type);
        };
    }

    private RespValue integer(long text, int length) {
        long number = Decimal.parse(text, length);
        return Decimal.isNumber(text, length, number)
                ? new RespValue.Int(number)
                : fail("a number that is none");
    }

    private RespValue bool(long text, int length) {
        byte c = length == 1 ? Memory.getByte(text) : 0;
        return c == 't' || c == 'f' ? new RespValue.Bool(c == 't') : fail("a boolean that is none");
    }

    private RespValue real(String text) {
        return switch (text) {
            case "inf" -> new RespValue.Real(Double.POSITIVE_INFINITY, text);
            case "-inf" -> new RespValue.Real(Double.NEGATIVE_INFINITY, text);
            case "nan", "-nan" -> new RespValue.Real(Double.NaN, text);
            default ->
                    isDecimal(text)
                            ? new RespValue.Real(Double.parseDouble(text), text)
                            : fail("a double that is none");
        };
    }

    /** Digits with an optional sign, fraction and exponent: less than what Java would parse. */
    private static boolean isDecimal(String text) {
        int at = skipSign(text, 0);
        int whole = skipDigits(text, at);
        int digits = whole - at;
        at = whole;
        if (at < text.length() && text.charAt(at) == '.') {
            int fraction = skipDigits(text, at + 1);
            digits += fraction - at - 1;
            at = fraction;
        }
        if (digits == 0) {
            return false;
        }
        if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
            int first = skipSign(text, at + 1);
            at = skipDigits(text, first);
            if (at == first) {
                return false;
            }
        }
        return at == text.length();
    }

    private static int skipSign(String text, int at) {
        return at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')
                ? at + 1
                : at;
    }

    private static int skipDigits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private RespValue bigNumber(String text) {
        int first = skipSign(text, 0);
        return first < text.length() && skipDigits(text, first) == text.length()
                ? new RespValue.BigNumber(text)
                : fail("a big number that is none");
    }

    private RespValue stringHeader(char type, long text, int length) {
        long bytes = Decimal.parse(text, length);
        if (bytes == -1 && type == '$') {
            return RespValue.Nil.BULK;
        }
        if (bytes < 0 || bytes > bounds.bulkBytes()) {
            return fail("a string of a bad length");
        }
        stringType = type;
        stringLength = (int) bytes;
        return null;
    }

    private RespValue aggregateHeader(char type, long text, int length) {
        long count = Decimal.parse(text, length);
        if (count == -1 && type == '*') {
            return RespValue.Nil.ARRAY;
        }
        if (count < 0 || count > bounds.elements() - elements) {
            return fail("an aggregate of a bad length");
        }
        elements += (int) count;
        long values = type == '%' || type == '|' ? count * 2 : count;
        if (type == '|') {
            values++; // and what it is about
        } else if (values == 0) {
            return made(new Level(type, 0));
        }
        if (open.size() == bounds.depth()) {
            return fail("aggregates nested deeper than " + bounds.depth());
        }
        open.add(new Level(type, values));
        return null;
    }

    private static String text(long address, int length) {
        return new String(Memory.toBytes(address, length), ISO_8859_1);
    }

    private RespValue fail(String what) {
        error = what;
        needed = 0;
        return null;
    }
}
