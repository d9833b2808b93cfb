package io.ferrite.scripting.library;

import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import io.ferrite.scripting.lua.LuaFunction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/** {@code bit}: operations on the low 32 bits of numbers, as LuaBitOp has them. */
public final class BitLibrary implements Library {

    /** Added to a double, leaves its value modulo 2^32 in the low bits (2^52 + 2^51). */
    private static final double SHIFT = 6755399441055744.0;

    private static final int DIGITS = 8;

    @Override
    public String name() {
        return "bit";
    }

    @Override
    public Map<String, LuaFunction> functions() {
        Map<String, LuaFunction> functions = new LinkedHashMap<>();
        unary(functions, "tobit", a -> a);
        unary(functions, "bnot", a -> ~a);
        unary(functions, "bswap", Integer::reverseBytes);
        folding(functions, "band", (a, b) -> a & b);
        folding(functions, "bor", (a, b) -> a | b);
        folding(functions, "bxor", (a, b) -> a ^ b);
        // Java takes the distance modulo 32 itself.
        shifting(functions, "lshift", (a, n) -> a << n);
        shifting(functions, "rshift", (a, n) -> a >>> n);
        shifting(functions, "arshift", (a, n) -> a >> n);
        shifting(functions, "rol", Integer::rotateLeft);
        shifting(functions, "ror", Integer::rotateRight);
        functions.put("tohex", BitLibrary::toHex);
        return functions;
    }

    private static void unary(
            Map<String, LuaFunction> functions, String name, IntUnaryOperator operator) {
        functions.put(name, state -> answer(state, operator.applyAsInt(bits(state, 1, name))));
    }

    private static void folding(
            Map<String, LuaFunction> functions, String name, IntBinaryOperator operator) {
        functions.put(
                name,
                state -> {
                    int bits = bits(state, 1, name);
                    for (int i = Lua.top(state); i > 1; i--) {
                        bits = operator.applyAsInt(bits, bits(state, i, name));
                    }
                    return answer(state, bits);
                });
    }

    private static void shifting(
            Map<String, LuaFunction> functions, String name, IntBinaryOperator operator) {
        functions.put(
                name,
                state ->
                        answer(
                                state,
                                operator.applyAsInt(bits(state, 1, name), bits(state, 2, name))));
    }

    private static int answer(long state, int bits) {
        Lua.pushNumber(state, bits);
        return 1;
    }

    private static int bits(long state, int position, String function) {
        double number = Lua.toNumber(state, position);
        int bits = (int) Double.doubleToRawLongBits(number + SHIFT);
        if (bits == 0 && !Lua.isNumber(state, position)) {
            throw LuaError.type(state, position, function, "number");
        }
        return bits;
    }

    private static int toHex(long state) {
        int bits = bits(state, 1, "tohex");
        int digits = Lua.type(state, 2) == Lua.NONE ? DIGITS : bits(state, 2, "tohex");
        boolean upper = digits < 0;
        // The lowest number has no positive counterpart; it means all digits like any other.
        int shown = (int) Math.min(DIGITS, Math.abs((long) digits));
        StringBuilder text = new StringBuilder(DIGITS);
        for (int i = shown - 1; i >= 0; i--) {
            int digit = bits >>> 4 * i & 15;
            char c = Character.forDigit(digit, 16);
            text.append(upper ? Character.toUpperCase(c) : c);
        }
        Lua.pushText(state, text.toString());
        return 1;
    }
}
