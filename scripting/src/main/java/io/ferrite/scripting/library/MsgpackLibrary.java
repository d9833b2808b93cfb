package io.ferrite.scripting.library;

import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import io.ferrite.scripting.lua.LuaFunction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/** {@code cmsgpack}: MessagePack, as lua-cmsgpack 0.4. */
public final class MsgpackLibrary implements Library {

    private final MsgpackEncoder encoder;
    private final MsgpackDecoder decoder;

    /**
     * @param allows whether so many bytes more are within the script's limit
     */
    public MsgpackLibrary(LongPredicate allows) {
        encoder = new MsgpackEncoder(allows);
        decoder = new MsgpackDecoder(allows);
    }

    @Override
    public String name() {
        return "cmsgpack";
    }

    @Override
    public Map<String, LuaFunction> functions() {
        Map<String, LuaFunction> functions = new LinkedHashMap<>();
        functions.put("pack", this::pack);
        functions.put("unpack", state -> unpack(state, Integer.MAX_VALUE, 0, true));
        functions.put(
                "unpack_one",
                state -> {
                    int offset = Arguments.integer(state, 2, "unpack_one", 0);
                    Lua.setTop(state, 1);
                    return unpack(state, 1, offset, false);
                });
        functions.put(
                "unpack_limit",
                state -> {
                    int limit = Arguments.integer(state, 2, "unpack_limit");
                    int offset = Arguments.integer(state, 3, "unpack_limit", 0);
                    Lua.setTop(state, 1);
                    // As the original: no limit and no offset is all, and without the position.
                    boolean all = limit == 0 && offset == 0;
                    return unpack(state, all ? Integer.MAX_VALUE : limit, offset, all);
                });
        return functions;
    }

    @Override
    public void addValues(long state) {
        Lua.pushText(state, "cmsgpack");
        Lua.setField(state, -2, "_NAME");
        Lua.pushText(state, "lua-cmsgpack 0.4.0");
        Lua.setField(state, -2, "_VERSION");
        Lua.pushText(state, "Copyright (C) 2012, Redis Ltd.");
        Lua.setField(state, -2, "_COPYRIGHT");
        Lua.pushText(state, "MessagePack C implementation for Lua");
        Lua.setField(state, -2, "_DESCRIPTION");
    }

    private int pack(long state) {
        int count = Lua.top(state);
        if (count == 0) {
            throw LuaError.argument(0, "pack", "MessagePack pack needs input.");
        }
        encoder.begin();
        for (int i = 1; i <= count; i++) {
            Lua.pushValue(state, i);
            encoder.add(state);
        }
        encoder.push(state);
        return 1;
    }

    private int unpack(long state, int limit, int offset, boolean all) {
        long bytes = Arguments.string(state, 1, "unpack");
        long length = Lua.lengthOf(bytes);
        if (offset < 0 || limit < 0) {
            throw LuaError.of(
                    "Invalid request to unpack with offset of "
                            + offset
                            + " and limit of "
                            + length
                            + ".");
        }
        if (offset > length) {
            throw LuaError.of(
                    "Start offset " + offset + " greater than input length " + length + ".");
        }
        // Unless it was all, where the next one begins is said first.
        if (!all) {
            Lua.pushNil(state);
        }
        decoder.begin(bytes + offset, length - offset);
        int count = 0;
        while (decoder.left() > 0 && count < limit) {
            Arguments.room(
                    state,
                    8,
                    "too many return values at once; use unpack_one or unpack_limit instead.");
            decoder.decode(state);
            count++;
        }
        if (!all) {
            long left = decoder.left();
            Lua.pushNumber(state, left == 0 ? -1 : length - left);
            Lua.replace(state, 2);
            count++;
        }
        return count;
    }
}
