package io.ferrite.scripting.library;

import io.ferrite.memory.Memory;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * MessagePack to Lua values. What is open is kept in a stack of our own, so that input that nests
 * deeply meets the limit of Lua's stack and none of Java's. Not thread-safe.
 */
final class MsgpackDecoder {

    private static final int LOOK_EVERY = 256;

    private final LongPredicate allows;

    /** Of each open table: values that are still to come. */
    private long[] left = new long[16];

    /** Of each open array: elements so far; of a map, {@link #MAP}. */
    private long[] done = new long[16];

    private int open;
    private long at;
    private long end;
    private int values;

    private static final long MAP = -1;

    MsgpackDecoder(LongPredicate allows) {
        this.allows = allows;
    }

    void begin(long address, long length) {
        at = address;
        end = address + length;
        values = 0;
    }

    /** Bytes that were not read yet. */
    long left() {
        return end - at;
    }

    /** Pushes the next value. */
    void decode(long state) {
        open = 0;
        value(state);
        while (open > 0) {
            int i = open - 1;
            if (left[i] == 0) {
                open--;
                if (open > 0) {
                    taken(state);
                }
                continue;
            }
            int before = open;
            left[i]--;
            value(state);
            if (open == before) {
                taken(state);
            }
        }
    }

    /** A value of the innermost table lies on top, complete: an element, a key or a key's value. */
    private void taken(long state) {
        int i = open - 1;
        if (done[i] != MAP) {
            Lua.rawSet(state, -2, (int) ++done[i]);
        } else if ((left[i] & 1) == 0) {
            put(state);
        }
    }

    private static void put(long state) {
        int key = Lua.type(state, -2);
        if (key == Lua.NIL) {
            throw LuaError.bare("table index is nil");
        }
        if (key == Lua.NUMBER && Double.isNaN(Lua.toNumber(state, -2))) {
            throw LuaError.bare("table index is NaN");
        }
        Lua.rawSet(state, -3);
    }

    private void need(long bytes) {
        if (end - at < bytes) {
            throw LuaError.of("Missing bytes in input.");
        }
    }

    private void value(long state) {
        need(1);
        if (++values % LOOK_EVERY == 0 && !allows.test(0)) {
            throw LuaError.bare("not enough memory");
        }
        int c = Memory.getUnsignedByte(at);
        if (c < 0x80 || c >= 0xE0) {
            at++;
            Lua.pushNumber(state, (byte) c);
        } else if (c >= 0xC0) {
            marked(state, c);
        } else {
            at++;
            if (c >= 0xA0) {
                string(state, c & 0x1F);
            } else if (c >= 0x90) {
                table(state, c & 0x0F, 0);
            } else {
                table(state, 2L * (c & 0x0F), MAP);
            }
        }
    }

    private void marked(long state, int c) {
        switch (c) {
            case 0xC0 -> {
                at++;
                Lua.pushNil(state);
            }
            case 0xC2, 0xC3 -> {
                at++;
                Lua.pushBoolean(state, c == 0xC3);
            }
            case 0xD9 -> string(state, unsigned(1));
            case 0xDA -> string(state, unsigned(2));
            case 0xDB -> string(state, unsigned(4));
            case 0xCA -> Lua.pushNumber(state, Float.intBitsToFloat((int) unsigned(4)));
            case 0xCB -> Lua.pushNumber(state, Double.longBitsToDouble(unsigned(8)));
            case 0xCC -> Lua.pushNumber(state, unsigned(1));
            case 0xCD -> Lua.pushNumber(state, unsigned(2));
            case 0xCE -> Lua.pushNumber(state, unsigned(4));
            case 0xCF -> {
                long bits = unsigned(8);
                // As an unsigned number: halved first where the highest bit is set.
                Lua.pushNumber(state, bits >= 0 ? bits : 2.0 * (bits >>> 1 | bits & 1));
            }
            case 0xD0 -> Lua.pushNumber(state, (byte) unsigned(1));
            case 0xD1 -> Lua.pushNumber(state, (short) unsigned(2));
            case 0xD2 -> Lua.pushNumber(state, (int) unsigned(4));
            case 0xD3 -> Lua.pushNumber(state, unsigned(8));
            case 0xDC -> table(state, unsigned(2), 0);
            case 0xDD -> table(state, unsigned(4), 0);
            case 0xDE -> table(state, 2 * unsigned(2), MAP);
            case 0xDF -> table(state, 2 * unsigned(4), MAP);
            default -> throw LuaError.of("Bad data format in input.");
        }
    }

    /** The number of so many bytes behind the first one. */
    private long unsigned(int bytes) {
        need(1L + bytes);
        long from = at + 1;
        at = from + bytes;
        return switch (bytes) {
            case 1 -> Memory.getUnsignedByte(from);
            case 2 -> Memory.getShortBigEndian(from) & 0xFFFFL;
            case 4 -> Memory.getIntBigEndian(from) & 0xFFFFFFFFL;
            default -> Memory.getLongBigEndian(from);
        };
    }

    private void string(long state, long length) {
        need(length);
        Lua.pushBytes(state, at, length);
        at += length;
    }

    private void table(long state, long count, long kind) {
        Arguments.room(
                state, 8, "in function mp_decode_to_lua_" + (kind == MAP ? "hash" : "array"));
        if (open == left.length) {
            left = Arrays.copyOf(left, 2 * open);
            done = Arrays.copyOf(done, 2 * open);
        }
        Lua.pushTable(state, 0, 0);
        left[open] = count;
        done[open++] = kind;
    }
}
