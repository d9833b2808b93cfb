package io.ferrite.scripting;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.nio.charset.StandardCharsets;

/** What Lua calls a piece of code in its messages. */
enum ChunkName {
    PRELUDE("=prelude"),
    SCRIPT("@user_script"),
    FUNCTION("@user_function");

    /** Of the name as C wants it, for as long as the process lives. */
    final long address;

    final String text;

    ChunkName(String name) {
        text = name;
        byte[] bytes = (name + '\0').getBytes(StandardCharsets.ISO_8859_1);
        address = SharedSlab.take(bytes.length, MemoryTag.SCRIPT);
        Memory.copyIn(bytes, 0, address, bytes.length);
    }
}
