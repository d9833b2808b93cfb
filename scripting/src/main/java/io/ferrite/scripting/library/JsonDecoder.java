package io.ferrite.scripting.library;

import io.ferrite.memory.Memory;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * JSON to a Lua value, as lua-cjson reads it: with its leniency (control characters in strings,
 * numbers of C) and its words for errors. What is open is kept in a stack of our own. Not
 * thread-safe.
 */
final class JsonDecoder {

    private static final int ARRAY_BEGIN = 0;
    private static final int ARRAY_END = 1;
    private static final int OBJECT_BEGIN = 2;
    private static final int OBJECT_END = 3;
    private static final int STRING = 4;
    private static final int NUMBER = 5;
    private static final int BOOLEAN = 6;
    private static final int NULL = 7;
    private static final int COLON = 8;
    private static final int COMMA = 9;
    private static final int END = 10;
    private static final int ERROR = 11;

    private static final String[] NAMES = {
        "T_ARR_BEGIN", "T_ARR_END", "T_OBJ_BEGIN", "T_OBJ_END", "T_STRING", "T_NUMBER",
        "T_BOOLEAN", "T_NULL", "T_COLON", "T_COMMA", "T_END", "T_ERROR",
    };

    private static final int OBJECT = -1;

    /** Between two looks at the memory that the values take. */
    private static final int LOOK_EVERY = 256;

    private final JsonSettings settings;
    private final LongPredicate allows;
    private final NativeBytes text;

    /** Of each open table: elements so far, or {@link #OBJECT}. */
    private int[] counts = new int[16];

    private int open;

    private long base;
    private long at;
    private long end;
    private int values;

    /** The last token: its type, where it began, and its value. */
    private int token;

    private long tokenAt;
    private String failure;
    private double number;
    private boolean bool;
    private long stringFrom;
    private long stringLength;

    JsonDecoder(JsonSettings settings, LongPredicate allows) {
        this.settings = settings;
        this.allows = allows;
        text = new NativeBytes(allows);
    }

    /** Pushes the value of the JSON at {@code address}. */
    void decode(long state, long address, long length) {
        if (length >= 2 && (Memory.getByte(address) == 0 || Memory.getByte(address + 1) == 0)) {
            throw LuaError.of("JSON parser does not support UTF-16 or UTF-32");
        }
        base = address;
        at = address;
        end = address + length;
        open = 0;
        values = 0;
        try {
            next();
            value(state);
            while (open > 0) {
                step(state);
            }
            next();
            if (token != END) {
                throw unexpected("the end");
            }
        } finally {
            text.reset();
        }
    }

    private LuaError unexpected(String wanted) {
        return LuaError.of(
                "Expected "
                        + wanted
                        + " but found "
                        + (token == ERROR ? failure : NAMES[token])
                        + " at character "
                        + (tokenAt - base + 1));
    }

    /** A value of the innermost table was pushed, or the table was: goes on behind it. */
    private void step(long state) {
        int i = open - 1;
        if (counts[i] == OBJECT) {
            Lua.rawSet(state, -3);
            next();
            if (token == OBJECT_END) {
                open--;
                return;
            }
            if (token != COMMA) {
                throw unexpected("comma or object end");
            }
            next();
            member(state);
            return;
        }
        Lua.rawSet(state, -2, ++counts[i]);
        next();
        if (token == ARRAY_END) {
            open--;
            return;
        }
        if (token != COMMA) {
            throw unexpected("comma or array end");
        }
        next();
        value(state);
    }

    /** The last token is a member's name: reads it, and the value. */
    private void member(long state) {
        if (token != STRING) {
            throw unexpected("object key string");
        }
        Lua.pushBytes(state, stringFrom, stringLength);
        next();
        if (token != COLON) {
            throw unexpected("colon");
        }
        next();
        value(state);
    }

    /**
     * The last token begins a value: pushes it. Of a table that is not empty, only its first
     * element, and so on; {@link #step} goes on.
     */
    private void value(long state) {
        while (true) {
            if (++values % LOOK_EVERY == 0 && !allows.test(0)) {
                throw LuaError.bare("not enough memory");
            }
            switch (token) {
                case STRING -> Lua.pushBytes(state, stringFrom, stringLength);
                case NUMBER -> Lua.pushNumber(state, number);
                case BOOLEAN -> Lua.pushBoolean(state, bool);
                case NULL -> Lua.pushLightUserdata(state, 0);
                case OBJECT_BEGIN -> {
                    descend(state);
                    next();
                    if (token != OBJECT_END) {
                        counts[open++] = OBJECT;
                        if (token != STRING) {
                            throw unexpected("object key string");
                        }
                        Lua.pushBytes(state, stringFrom, stringLength);
                        next();
                        if (token != COLON) {
                            throw unexpected("colon");
                        }
                        next();
                        continue;
                    }
                }
                case ARRAY_BEGIN -> {
                    descend(state);
                    next();
                    if (token != ARRAY_END) {
                        counts[open++] = 0;
                        continue;
                    }
                }
                default -> throw unexpected("value");
            }
            return;
        }
    }

    private void descend(long state) {
        if (open >= settings.decodeMaxDepth || !Lua.checkStack(state, 4)) {
            throw LuaError.of(
                    "Found too many nested data structures ("
                            + (open + 1)
                            + ") at character "
                            + (at - base));
        }
        if (open == counts.length) {
            counts = Arrays.copyOf(counts, 2 * open);
        }
        Lua.pushTable(state, 0, 0);
    }

    // --- tokens ---------------------------------------------------------------------------------

    private int byteAt(long position) {
        return position < end ? Memory.getUnsignedByte(position) : 0;
    }

    private void fail(String why) {
        token = ERROR;
        tokenAt = at;
        failure = why;
    }

    private void next() {
        int c = byteAt(at);
        while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            c = byteAt(++at);
        }
        tokenAt = at;
        switch (c) {
            case '{' -> single(OBJECT_BEGIN);
            case '}' -> single(OBJECT_END);
            case '[' -> single(ARRAY_BEGIN);
            case ']' -> single(ARRAY_END);
            case ',' -> single(COMMA);
            case ':' -> single(COLON);
            case 0 -> token = END;
            case '"' -> string();
            default -> word(c);
        }
    }

    private void single(int type) {
        token = type;
        at++;
    }

    private void word(int c) {
        if (c == '-' || c >= '0' && c <= '9') {
            if (!settings.decodeInvalid && isInvalidNumber()) {
                fail("invalid number");
            } else {
                number();
            }
        } else if (isWord("true")) {
            token = BOOLEAN;
            bool = true;
            at += 4;
        } else if (isWord("false")) {
            token = BOOLEAN;
            bool = false;
            at += 5;
        } else if (isWord("null")) {
            token = NULL;
            at += 4;
        } else if (settings.decodeInvalid && "+iInN".indexOf(c) >= 0 && isInvalidNumber()) {
            number();
        } else {
            fail("invalid token");
        }
    }

    private boolean isWord(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (byteAt(at + i) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean isWordAnyCase(long from, String word) {
        for (int i = 0; i < word.length(); i++) {
            if ((byteAt(from + i) | 0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** What C takes for a number and JSON does not. */
    private boolean isInvalidNumber() {
        long p = at;
        if (byteAt(p) == '+') {
            return true;
        }
        if (byteAt(p) == '-') {
            p++;
        }
        int c = byteAt(p);
        if (c == '0') {
            int second = byteAt(p + 1);
            return (second | 0x20) == 'x' || second >= '0' && second <= '9';
        }
        if (c <= '9') {
            return false;
        }
        return isWordAnyCase(p, "inf") || isWordAnyCase(p, "nan");
    }

    private void number() {
        CNumber parsed = CNumber.at(at, end);
        if (parsed == null) {
            fail("invalid number");
            return;
        }
        token = NUMBER;
        number = parsed.value();
        at = parsed.end();
    }

    // --- strings --------------------------------------------------------------------------------

    private void string() {
        long from = at + 1;
        long p = from;
        while (p < end) {
            int c = Memory.getUnsignedByte(p);
            if (c == '"') {
                token = STRING;
                stringFrom = from;
                stringLength = p - from;
                at = p + 1;
                return;
            }
            if (c == '\\' || c == 0) {
                break;
            }
            p++;
        }
        escapedString(from, p);
    }

    /** As far as {@code p} there is nothing to be replaced. */
    private void escapedString(long from, long p) {
        text.clear();
        text.put(from, p - from);
        at = p;
        while (true) {
            int c = byteAt(at);
            if (c == '"') {
                break;
            }
            if (c == 0) {
                fail("unexpected end of string");
                return;
            }
            if (c != '\\') {
                text.put(c);
                at++;
                continue;
            }
            int escape = byteAt(at + 1);
            if (escape == 'u') {
                if (!unicode()) {
                    fail("invalid unicode escape code");
                    return;
                }
                continue;
            }
            int meant = "\"\\/bfnrt".indexOf(escape);
            if (escape == 0 || meant < 0) {
                fail("invalid escape code");
                return;
            }
            text.put("\"\\/\b\f\n\r\t".charAt(meant));
            at += 2;
        }
        token = STRING;
        stringFrom = text.address();
        stringLength = text.length();
        if (stringFrom == 0) {
            stringFrom = from; // nothing at all
        }
        at++;
    }

    private int hex(long position) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit((char) byteAt(position + i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private boolean unicode() {
        int point = hex(at + 2);
        int length = 6;
        if (point < 0) {
            return false;
        }
        if ((point & 0xF800) == 0xD800) {
            if ((point & 0x400) != 0 || byteAt(at + 6) != '\\' || byteAt(at + 7) != 'u') {
                return false;
            }
            int low = hex(at + 8);
            if (low < 0 || (low & 0xFC00) != 0xDC00) {
                return false;
            }
            point = ((point & 0x3FF) << 10 | low & 0x3FF) + 0x10000;
            length = 12;
        }
        utf8(point);
        at += length;
        return true;
    }

    private void utf8(int point) {
        if (point <= 0x7F) {
            text.put(point);
        } else if (point <= 0x7FF) {
            text.put(0xC0 | point >> 6);
            text.put(0x80 | point & 0x3F);
        } else if (point <= 0xFFFF) {
            text.put(0xE0 | point >> 12);
            text.put(0x80 | point >> 6 & 0x3F);
            text.put(0x80 | point & 0x3F);
        } else {
            text.put(0xF0 | point >> 18);
            text.put(0x80 | point >> 12 & 0x3F);
            text.put(0x80 | point >> 6 & 0x3F);
            text.put(0x80 | point & 0x3F);
        }
    }
}
