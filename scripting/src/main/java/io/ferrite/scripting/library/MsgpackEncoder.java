package io.ferrite.scripting.library;

import io.ferrite.scripting.lua.Lua;
import java.util.function.LongPredicate;

/** Lua values as MessagePack: each number in the shortest form that keeps it. Not thread-safe. */
final class MsgpackEncoder {

    /** A table deeper than this is written as nil. */
    private static final int NESTING_MAX = 16;

    private final NativeBytes out;

    MsgpackEncoder(LongPredicate allows) {
        out = new NativeBytes(allows);
    }

    void begin() {
        out.clear();
    }

    /** Writes the value on top and takes it away. */
    void add(long state) {
        add(state, 0);
    }

    /** Pushes what was written as a string. */
    void push(long state) {
        out.push(state);
    }

    private void add(long state, int level) {
        switch (Lua.type(state, -1)) {
            case Lua.STRING -> string(Lua.toBytes(state, -1));
            case Lua.BOOLEAN -> out.put(Lua.toBoolean(state, -1) ? 0xC3 : 0xC2);
            case Lua.NUMBER -> number(Lua.toNumber(state, -1));
            case Lua.TABLE -> {
                if (level == NESTING_MAX) {
                    out.put(0xC0);
                } else {
                    table(state, level);
                }
            }
            default -> out.put(0xC0);
        }
        Lua.pop(state, 1);
    }

    private void string(long bytes) {
        long length = Lua.lengthOf(bytes);
        if (length < 32) {
            out.put((int) (0xA0 | length));
        } else if (length <= 0xFF) {
            out.put(0xD9);
            out.put((int) length);
        } else {
            header(length, 0xDA);
        }
        out.put(bytes, length);
    }

    /** A length of 16 bits behind this byte, or of 32 behind the next one. */
    private void header(long length, int of16) {
        if (length <= 0xFFFF) {
            out.put(of16);
            out.putShort((int) length);
        } else {
            out.put(of16 + 1);
            out.putInt((int) length);
        }
    }

    private void number(double number) {
        long whole = (long) number;
        if (whole == number && number < 0x1p63) {
            integer(whole);
        } else if ((float) number == number) {
            out.put(0xCA);
            out.putInt(Float.floatToRawIntBits((float) number));
        } else {
            out.put(0xCB);
            out.putLong(Double.doubleToRawLongBits(number));
        }
    }

    private void integer(long n) {
        if (n >= -32 && n <= 127) {
            out.put((int) n & 0xFF);
        } else if (n >= 0) {
            if (n <= 0xFF) {
                out.put(0xCC);
                out.put((int) n);
            } else if (n <= 0xFFFF) {
                out.put(0xCD);
                out.putShort((int) n);
            } else if (n <= 0xFFFFFFFFL) {
                out.put(0xCE);
                out.putInt((int) n);
            } else {
                out.put(0xCF);
                out.putLong(n);
            }
        } else if (n >= Byte.MIN_VALUE) {
            out.put(0xD0);
            out.put((int) n & 0xFF);
        } else if (n >= Short.MIN_VALUE) {
            out.put(0xD1);
            out.putShort((int) n);
        } else if (n >= Integer.MIN_VALUE) {
            out.put(0xD2);
            out.putInt((int) n);
        } else {
            out.put(0xD3);
            out.putLong(n);
        }
    }

    private void table(long state, int level) {
        Arguments.room(state, 8, "in function mp_encode_lua_table");
        long count = 0;
        double max = 0;
        boolean array = true;
        Lua.pushNil(state);
        while (Lua.next(state, -2)) {
            Lua.pop(state, 1);
            double key = Lua.type(state, -1) == Lua.NUMBER ? Lua.toNumber(state, -1) : 0;
            array &= key > 0 && key == Math.rint(key) && key <= Integer.MAX_VALUE;
            max = Math.max(max, key);
            count++;
        }
        if (array && max == count) {
            array(state, count, level);
        } else {
            map(state, count, level);
        }
    }

    private void array(long state, long count, int level) {
        if (count <= 15) {
            out.put((int) (0x90 | count));
        } else {
            header(count, 0xDC);
        }
        for (int i = 1; i <= count; i++) {
            Lua.rawGet(state, -1, i);
            add(state, level + 1);
        }
    }

    private void map(long state, long count, int level) {
        if (count <= 15) {
            out.put((int) (0x80 | count));
        } else {
            header(count, 0xDE);
        }
        Lua.pushNil(state);
        while (Lua.next(state, -2)) {
            Lua.pushValue(state, -2);
            add(state, level + 1);
            add(state, level + 1);
        }
    }
}
