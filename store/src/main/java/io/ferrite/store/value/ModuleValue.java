package io.ferrite.store.value;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;

/**
 * A value of a module's type: bytes whose meaning the module alone knows. The root stays where it
 * is as long as the value lives.
 *
 * <pre>
 *   0          8           16        20         24
 *   +----------+-----------+---------+----------+
 *   | type i64 | bytes i64 | length  | capacity |   type: nine characters of six bits and a version
 *   |          | 0: none   | u32     | u32      |   of ten, as in an RDB file
 *   +----------+-----------+---------+----------+
 * </pre>
 */
public final class ModuleValue {

    private static final int BYTES = 24;
    private static final int BLOCK = 8;
    private static final int LENGTH = 16;
    private static final int CAPACITY = 20;

    private static final int NAME_LENGTH = 9;
    private static final int VERSION_BITS = 10;
    private static final MemoryTag TAG = MemoryTag.MODULE;

    private static final String ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private ModuleValue() {}

    /** The number of a type, or 0 if the name or version cannot be those of one. */
    public static long type(String name, int version) {
        if (name.length() != NAME_LENGTH || version < 0 || version >= 1 << VERSION_BITS) {
            return 0;
        }
        long type = 0;
        for (int i = 0; i < NAME_LENGTH; i++) {
            int character = ALPHABET.indexOf(name.charAt(i));
            if (character < 0) {
                return 0;
            }
            type = type << 6 | character;
        }
        return type << VERSION_BITS | version;
    }

    /** The name in the number of a type. */
    public static String name(long type) {
        char[] name = new char[NAME_LENGTH];
        long rest = type >>> VERSION_BITS;
        for (int i = name.length - 1; i >= 0; i--) {
            name[i] = ALPHABET.charAt((int) (rest & 63));
            rest >>>= 6;
        }
        return String.valueOf(name);
    }

    /** The version in the number of a type. */
    public static int version(long type) {
        return (int) type & (1 << VERSION_BITS) - 1;
    }

    /** Whether two numbers name the same type, whatever their versions. */
    public static boolean isSame(long type, long other) {
        return type >>> VERSION_BITS == other >>> VERSION_BITS;
    }

    /** An empty value. */
    public static long create(Slab slab, long type) {
        long root = slab.take(BYTES, TAG);
        Memory.putLong(root, type);
        Memory.putLong(root + BLOCK, 0);
        Memory.putInt(root + LENGTH, 0);
        Memory.putInt(root + CAPACITY, 0);
        return root;
    }

    public static long type(long root) {
        return Memory.getLong(root);
    }

    /** Where the bytes are; 0 while there are none. */
    public static long address(long root) {
        return Memory.getLong(root + BLOCK);
    }

    public static int length(long root) {
        return Memory.getInt(root + LENGTH);
    }

    private static int capacity(long root) {
        return Memory.getInt(root + CAPACITY);
    }

    /** Cuts the value or adds zeros. What is added bit by bit is copied a few times at most. */
    public static void resize(Slab slab, long root, int length) {
        int before = length(root);
        int capacity = capacity(root);
        if (length > capacity || length < capacity / 4) {
            long wanted =
                    Slab.roundUp(
                            Math.max(
                                    1,
                                    length > capacity && before > 0
                                            ? Math.max(
                                                    length,
                                                    Math.min(
                                                            Integer.MAX_VALUE - 64L,
                                                            before * 3L / 2))
                                            : length));
            int room = (int) Math.min(wanted, Integer.MAX_VALUE);
            long block = address(root);
            block = block == 0 ? slab.take(room, TAG) : slab.resize(block, capacity, room, TAG);
            Memory.putLong(root + BLOCK, block);
            Memory.putInt(root + CAPACITY, room);
        }
        if (length > before) {
            Memory.fill(address(root) + before, length - before, (byte) 0);
        }
        Memory.putInt(root + LENGTH, length);
    }

    public static void free(Slab slab, long root) {
        if (address(root) != 0) {
            slab.give(address(root), capacity(root), TAG);
        }
        slab.give(root, BYTES, TAG);
    }

    static long copyOf(Slab slab, long root) {
        long copy = create(slab, type(root));
        int length = length(root);
        if (length > 0) {
            resize(slab, copy, length);
            Memory.copy(address(root), address(copy), length);
        }
        return copy;
    }

    static long memoryBytes(long root) {
        return Slab.roundUp(BYTES) + (address(root) == 0 ? 0 : Slab.roundUp(capacity(root)));
    }
}
