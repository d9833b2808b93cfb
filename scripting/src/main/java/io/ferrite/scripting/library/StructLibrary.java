package io.ferrite.scripting.library;

import io.ferrite.memory.Memory;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import io.ferrite.scripting.lua.LuaFunction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * {@code struct}: values packed as a C structure has them, by a format.
 *
 * <pre>
 *   &gt; &lt; !n    byte order, alignment     b B h H l L T i(n) I(n)   integers of 1, 2, 8, 8, n bytes
 *   x          a zero                    f d                       numbers
 *   s          text and a zero           c(n)                      n characters
 * </pre>
 */
public final class StructLibrary implements Library {

    private static final int INTEGER_MAX = 32;
    private static final int ALIGN_MAX = 8;

    private final NativeBytes out;

    private String function;

    /** The format, and where it is read. */
    private long format;

    private boolean big;
    private int align;

    /**
     * @param allows whether so many bytes more are within the script's limit
     */
    public StructLibrary(LongPredicate allows) {
        out = new NativeBytes(allows);
    }

    @Override
    public String name() {
        return "struct";
    }

    @Override
    public Map<String, LuaFunction> functions() {
        Map<String, LuaFunction> functions = new LinkedHashMap<>();
        functions.put("pack", this::pack);
        functions.put("unpack", this::unpack);
        functions.put("size", this::size);
        return functions;
    }

    // --- formats --------------------------------------------------------------------------------

    private void begin(long state, String name) {
        function = name;
        format = Arguments.string(state, 1, name);
        big = false;
        align = 1;
    }

    /** The next option; 0 at the end, as after every string there is a zero. */
    private int option() {
        int c = Memory.getUnsignedByte(format);
        if (c != 0) {
            format++;
        }
        return c;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private int number(int otherwise) {
        int c = Memory.getUnsignedByte(format);
        if (!isDigit(c)) {
            return otherwise;
        }
        long value = 0;
        while (isDigit(c)) {
            value = value * 10 + (c - '0');
            if (value > Integer.MAX_VALUE) {
                throw LuaError.of("integral size overflow");
            }
            c = Memory.getUnsignedByte(++format);
        }
        return (int) value;
    }

    private long sizeOf(int option) {
        return switch (option) {
            case 'B', 'b', 'x' -> 1;
            case 'H', 'h' -> 2;
            case 'f' -> 4;
            case 'L', 'l', 'T', 'd' -> 8;
            case 'c' -> number(1);
            case 'i', 'I' -> {
                int size = number(4);
                if (size > INTEGER_MAX) {
                    throw LuaError.of(
                            "integral size " + size + " is larger than limit of " + INTEGER_MAX);
                }
                yield size;
            }
            default -> 0;
        };
    }

    private long padding(long length, int option, long size) {
        if (size == 0 || option == 'c') {
            return 0;
        }
        long unit = Math.min(size, align);
        return unit - (length & unit - 1) & unit - 1;
    }

    private void control(int option) {
        switch (option) {
            case ' ' -> {}
            case '>' -> big = true;
            case '<' -> big = false;
            case '!' -> {
                int wanted = number(ALIGN_MAX);
                if (wanted <= 0 || (wanted & wanted - 1) != 0) {
                    throw LuaError.of("alignment " + wanted + " is not a power of 2");
                }
                align = wanted;
            }
            default ->
                    throw LuaError.argument(
                            1, function, "invalid format option '" + (char) option + "'");
        }
    }

    // --- packing --------------------------------------------------------------------------------

    private int pack(long state) {
        begin(state, "pack");
        out.clear();
        int argument = 2;
        // A mark behind the arguments: one that is missing is nil.
        Lua.pushNil(state);
        for (int option = option(); option != 0; option = option()) {
            long size = sizeOf(option);
            for (long pad = padding(out.length(), option, size); pad > 0; pad--) {
                out.put(0);
            }
            switch (option) {
                case 'b', 'B', 'h', 'H', 'l', 'L', 'T', 'i', 'I' ->
                        integer(Arguments.number(state, argument++, function), (int) size);
                case 'x' -> out.put(0);
                case 'f' -> {
                    int bits =
                            Float.floatToRawIntBits(
                                    (float) Arguments.number(state, argument++, function));
                    out.putInt(big ? bits : Integer.reverseBytes(bits));
                }
                case 'd' -> {
                    long bits =
                            Double.doubleToRawLongBits(
                                    Arguments.number(state, argument++, function));
                    out.putLong(big ? bits : Long.reverseBytes(bits));
                }
                case 'c', 's' -> {
                    text(state, argument++, size);
                    if (option == 's') {
                        out.put(0);
                    }
                }
                default -> control(option);
            }
        }
        out.push(state);
        return 1;
    }

    private void integer(double number, int size) {
        long value = Arguments.whole(number);
        if (number >= 0x1p63) {
            value = number >= 0x1p64 ? 0 : (long) (number - 0x1p63) ^ Long.MIN_VALUE;
        }
        for (int i = 0; i < size; i++) {
            int shift = 8 * (big ? size - 1 - i : i);
            out.put(shift < 64 ? (int) (value >>> shift) & 0xFF : 0);
        }
    }

    private void text(long state, int argument, long wanted) {
        long bytes = Arguments.string(state, argument, function);
        long length = Lua.lengthOf(bytes);
        if (wanted > length) {
            // The number of the next one, as the original says.
            throw LuaError.argument(argument + 1, function, "string too short");
        }
        out.put(bytes, wanted == 0 ? length : wanted);
    }

    // --- unpacking ------------------------------------------------------------------------------

    private int unpack(long state) {
        begin(state, "unpack");
        long data = Arguments.string(state, 2, function);
        long length = Lua.lengthOf(data);
        long start = Arguments.integer(state, 3, function, 1);
        if (start == 0) {
            throw LuaError.argument(3, function, "offset must be 1 or greater");
        }
        if (start < 0) {
            throw tooShort();
        }
        long at = start - 1;
        int count = 0;
        for (int option = option(); option != 0; option = option()) {
            long size = sizeOf(option);
            at += padding(at, option, size);
            require(size, at, length);
            Arguments.room(state, 2, "too many results");
            switch (option) {
                case 'b', 'B', 'h', 'H', 'l', 'L', 'T', 'i', 'I' -> {
                    Lua.pushNumber(state, integer(data + at, (int) size, option >= 'a'));
                    count++;
                }
                case 'x' -> {}
                case 'f' -> {
                    int bits = big ? Memory.getIntBigEndian(data + at) : Memory.getInt(data + at);
                    Lua.pushNumber(state, Float.intBitsToFloat(bits));
                    count++;
                }
                case 'd' -> {
                    long bits =
                            big ? Memory.getLongBigEndian(data + at) : Memory.getLong(data + at);
                    Lua.pushNumber(state, Double.longBitsToDouble(bits));
                    count++;
                }
                case 'c' -> {
                    if (size == 0) {
                        if (count == 0 || !Lua.isNumber(state, -1)) {
                            throw LuaError.of("format 'c0' needs a previous size");
                        }
                        size = Arguments.whole(Lua.toNumber(state, -1));
                        Lua.pop(state, 1);
                        count--;
                        require(size, at, length);
                    }
                    Lua.pushBytes(state, data + at, size);
                    count++;
                }
                case 's' -> {
                    size = zeroAt(data + at, length - at) + 1;
                    Lua.pushBytes(state, data + at, size - 1);
                    count++;
                }
                default -> control(option);
            }
            at += size;
        }
        Lua.pushNumber(state, at + 1);
        return count + 1;
    }

    private LuaError tooShort() {
        return LuaError.argument(2, function, "data string too short");
    }

    private void require(long size, long at, long length) {
        if (size < 0 || size > length || at > length - size) {
            throw tooShort();
        }
    }

    private static long zeroAt(long from, long length) {
        for (long i = 0; i < length; i++) {
            if (Memory.getByte(from + i) == 0) {
                return i;
            }
        }
        throw LuaError.of("unfinished string in data");
    }

    private double integer(long from, int size, boolean signed) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            int b = Memory.getUnsignedByte(from + (big ? i : size - 1 - i));
            value = value << 8 | b;
        }
        if (signed) {
            long mask = -1L << (size * 8 - 1);
            return (value & mask) == 0 ? value : value | mask;
        }
        return value >= 0 ? value : 2.0 * (value >>> 1 | value & 1);
    }

    // --- size -----------------------------------------------------------------------------------

    private int size(long state) {
        begin(state, "size");
        long length = 0;
        for (int option = option(); option != 0; option = option()) {
            long size = sizeOf(option);
            length += padding(length, option, size);
            if (option == 's') {
                throw LuaError.argument(1, function, "option 's' has no fixed size");
            }
            if (option == 'c' && size == 0) {
                throw LuaError.argument(1, function, "option 'c0' has no fixed size");
            }
            boolean letter = (option | 0x20) >= 'a' && (option | 0x20) <= 'z';
            if (!letter && !isDigit(option)) {
                control(option);
            }
            length += size;
        }
        Lua.pushNumber(state, length);
        return 1;
    }
}
