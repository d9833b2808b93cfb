package io.ferrite.scripting.library;

import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import io.ferrite.scripting.lua.LuaFunction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.LongPredicate;

/** {@code cjson}: as lua-cjson 2.1, whose settings last until the script ends. */
public final class JsonLibrary implements Library {

    private static final String[] OFF_ON_NULL = {"off", "on", "null"};
    private static final int PRECISION_MAX = 14;

    private final JsonSettings settings = new JsonSettings();
    private final JsonEncoder encoder;
    private final JsonDecoder decoder;

    /**
     * @param allows whether so many bytes more are within the script's limit
     */
    public JsonLibrary(LongPredicate allows) {
        encoder = new JsonEncoder(settings, allows);
        decoder = new JsonDecoder(settings, allows);
    }

    @Override
    public String name() {
        return "cjson";
    }

    @Override
    public Map<String, LuaFunction> functions() {
        Map<String, LuaFunction> functions = new LinkedHashMap<>();
        functions.put("encode", this::encode);
        functions.put("decode", this::decode);
        functions.put("encode_sparse_array", this::sparseArray);
        functions.put(
                "encode_max_depth",
                state -> {
                    begin(state, 1, "encode_max_depth");
                    return integer(
                            state,
                            1,
                            "encode_max_depth",
                            settings.encodeMaxDepth,
                            1,
                            Integer.MAX_VALUE,
                            value -> settings.encodeMaxDepth = value);
                });
        functions.put(
                "decode_max_depth",
                state -> {
                    begin(state, 1, "decode_max_depth");
                    return integer(
                            state,
                            1,
                            "decode_max_depth",
                            settings.decodeMaxDepth,
                            1,
                            Integer.MAX_VALUE,
                            value -> settings.decodeMaxDepth = value);
                });
        functions.put(
                "encode_number_precision",
                state -> {
                    begin(state, 1, "encode_number_precision");
                    return integer(
                            state,
                            1,
                            "encode_number_precision",
                            settings.precision,
                            1,
                            PRECISION_MAX,
                            value -> settings.precision = value);
                });
        functions.put("encode_keep_buffer", this::keepBuffer);
        functions.put("encode_invalid_numbers", this::encodeInvalid);
        functions.put("decode_invalid_numbers", this::decodeInvalid);
        return functions;
    }

    @Override
    public void addValues(long state) {
        Lua.pushLightUserdata(state, 0);
        Lua.setField(state, -2, "null");
        Lua.pushText(state, "cjson");
        Lua.setField(state, -2, "_NAME");
        Lua.pushText(state, "2.1.0");
        Lua.setField(state, -2, "_VERSION");
    }

    @Override
    public void reset() {
        settings.reset();
    }

    private int encode(long state) {
        if (Lua.top(state) != 1) {
            throw LuaError.argument(1, "encode", "expected 1 argument");
        }
        encoder.encode(state);
        return 1;
    }

    private int decode(long state) {
        if (Lua.top(state) != 1) {
            throw LuaError.argument(1, "decode", "expected 1 argument");
        }
        long bytes = Arguments.string(state, 1, "decode");
        decoder.decode(state, bytes, Lua.lengthOf(bytes));
        return 1;
    }

    // --- settings -------------------------------------------------------------------------------

    private static void begin(long state, int most, String function) {
        if (Lua.top(state) > most) {
            throw LuaError.argument(most + 1, function, "found too many arguments");
        }
        Lua.setTop(state, most);
    }

    /** Sets a number if the argument is none of nil, and pushes what is in force. */
    private static int integer(
            long state,
            int position,
            String function,
            int present,
            int min,
            int max,
            IntConsumer setter) {
        int value = present;
        if (Lua.type(state, position) != Lua.NIL) {
            value = Arguments.integer(state, position, function);
            if (value < min || value > max) {
                throw LuaError.argument(
                        position, function, "expected integer between " + min + " and " + max);
            }
            setter.accept(value);
        }
        Lua.pushNumber(state, value);
        return 1;
    }

    /** One of a few words, or a boolean for the first two; the present one for nil. */
    private static int choice(
            long state, int position, String function, int present, String... words) {
        int type = Lua.type(state, position);
        if (type == Lua.NIL) {
            return present;
        }
        if (type == Lua.BOOLEAN) {
            return Lua.toBoolean(state, position) ? 1 : 0;
        }
        Arguments.string(state, position, function);
        String word = Lua.text(state, position);
        for (int i = 0; i < words.length; i++) {
            if (words[i].equals(word)) {
                return i;
            }
        }
        throw LuaError.argument(position, function, "invalid option '" + word + "'");
    }

    private static int pushChoice(long state, int choice, String... words) {
        if (choice < 2) {
            Lua.pushBoolean(state, choice == 1);
        } else {
            Lua.pushText(state, words[choice]);
        }
        return 1;
    }

    private int sparseArray(long state) {
        String name = "encode_sparse_array";
        begin(state, 3, name);
        settings.sparseConvert = choice(state, 1, name, settings.sparseConvert ? 1 : 0) == 1;
        Lua.pushBoolean(state, settings.sparseConvert);
        int max = Integer.MAX_VALUE;
        integer(state, 2, name, settings.sparseRatio, 0, max, v -> settings.sparseRatio = v);
        integer(state, 3, name, settings.sparseSafe, 0, max, v -> settings.sparseSafe = v);
        return 3;
    }

    private int keepBuffer(long state) {
        begin(state, 1, "encode_keep_buffer");
        settings.keepBuffer =
                choice(state, 1, "encode_keep_buffer", settings.keepBuffer ? 1 : 0, "off", "on")
                        == 1;
        return pushChoice(state, settings.keepBuffer ? 1 : 0);
    }

    private int encodeInvalid(long state) {
        begin(state, 1, "encode_invalid_numbers");
        settings.encodeInvalid =
                choice(state, 1, "encode_invalid_numbers", settings.encodeInvalid, OFF_ON_NULL);
        return pushChoice(state, settings.encodeInvalid, OFF_ON_NULL);
    }

    private int decodeInvalid(long state) {
        begin(state, 1, "decode_invalid_numbers");
        settings.decodeInvalid =
                choice(
                                state,
                                1,
                                "decode_invalid_numbers",
                                settings.decodeInvalid ? 1 : 0,
                                "off",
                                "on")
                        == 1;
        return pushChoice(state, settings.decodeInvalid ? 1 : 0);
    }
}
