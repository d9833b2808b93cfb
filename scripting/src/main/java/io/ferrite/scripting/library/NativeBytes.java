package io.ferrite.scripting.library;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import java.nio.charset.StandardCharsets;
import java.util.function.LongPredicate;

/**
 * Bytes that grow at the end, off the heap: what a library makes may be as large as a script's
 * memory. Not thread-safe.
 */
final class NativeBytes {

    private static final int FIRST = 1 << 10;

    /** More than this is given back after each use. */
    private static final long KEPT = 1 << 20;

    private final LongPredicate allows;
    private long address;
    private long capacity;
    private long length;

    /**
     * @param allows whether so many bytes more are within the script's limit
     */
    NativeBytes(LongPredicate allows) {
        this.allows = allows;
    }

    void clear() {
        length = 0;
    }

    long length() {
        return length;
    }

    /** Where the bytes are until more are added. */
    long address() {
        return address;
    }

    /** Makes room for {@code more} bytes; where they go. */
    private long room(long more) {
        if (capacity - length < more) {
            long wanted = Math.max(Math.max(FIRST, 2 * capacity), length + more);
            if (!allows.test(wanted) || wanted > Integer.MAX_VALUE) {
                free();
                throw LuaError.bare("not enough memory");
            }
            address =
                    address == 0
                            ? SharedSlab.take(wanted, MemoryTag.SCRIPT)
                            : SharedSlab.resize(address, capacity, wanted, MemoryTag.SCRIPT);
            capacity = wanted;
        }
        return address + length;
    }

    void put(int b) {
        Memory.putByte(room(1), b);
        length++;
    }

    void putShort(int value) {
        Memory.putShortBigEndian(room(2), value);
        length += 2;
    }

    void putInt(int value) {
        Memory.putIntBigEndian(room(4), value);
        length += 4;
    }

    void putLong(long value) {
        Memory.putLongBigEndian(room(8), value);
        length += 8;
    }

    void put(long from, long count) {
        if (count == 0) {
            return;
        }
        Memory.copy(from, room(count), count);
        length += count;
    }

    void put(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Memory.copyIn(bytes, 0, room(bytes.length), bytes.length);
        length += bytes.length;
    }

    /** Pushes them as a string, and forgets them. */
    void push(long state) {
        Lua.pushBytes(state, address == 0 ? room(1) : address, length);
        reset();
    }

    /** Forgets them; large room is given back. */
    void reset() {
        length = 0;
        if (capacity > KEPT) {
            free();
        }
    }

    void free() {
        if (address != 0) {
            SharedSlab.give(address, capacity, MemoryTag.SCRIPT);
        }
        address = 0;
        capacity = 0;
        length = 0;
    }
}
