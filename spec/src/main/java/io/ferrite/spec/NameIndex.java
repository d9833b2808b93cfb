package io.ferrite.spec;

import io.ferrite.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands by their name in any case, found from raw bytes without allocation.
 *
 * <p>A name of up to 24 bytes is folded to lower case eight bytes at a time into three words, the
 * last one overlapping; these and the length identify it among the few names there are. Folding
 * sets bit 5 of every byte, which is exact for letters only, so names with other characters are
 * compared byte by byte once found. Longer names don't exist; a test of the catalog says so.
 */
final class NameIndex {

    static final int LONGEST = 24;

    static final NameIndex EMPTY = new NameIndex(List.of());

    private static final long FOLD = 0x2020_2020_2020_2020L;

    private final List<CommandSpec> specs;
    private final int mask;

    /** Four words for each place: the three of the name, then its length (0: no name is here). */
    private final long[] words;

    private final @Nullable CommandSpec[] found;
    private final byte[][] names;

    NameIndex(List<CommandSpec> specs) {
        this.specs = specs;
        int places = specs.isEmpty() ? 1 : Integer.highestOneBit(specs.size()) << 2;
        this.mask = places - 1;
        this.words = new long[places * 4];
        this.found = new CommandSpec[places];
        this.names = new byte[places][];
        for (CommandSpec spec : specs) {
            add(spec);
        }
    }

    private void add(CommandSpec spec) {
        String text = spec.lastName();
        byte[] name = text.getBytes(StandardCharsets.ISO_8859_1);
        long first = 0;
        long second = 0;
        long third = 0;
        int length = name.length;
        if (length >= 8) {
            first = word(name, 0);
            second = length > 16 ? word(name, 8) : 0;
            third = word(name, length - 8);
        } else if (length >= 4) {
            first = half(name, 0) | half(name, length - 4) << 32;
        } else {
            first = name[0] | name[length >> 1] << 8 | name[length - 1] << 16;
        }
        int at = place(first | FOLD, third, length);
        while (found[at] != null) {
            at = at + 1 & mask;
        }
        words[at * 4] = first | FOLD;
        words[at * 4 + 1] = second | FOLD;
        words[at * 4 + 2] = third | FOLD;
        words[at * 4 + 3] = length;
        found[at] = spec;
        names[at] = isLetters(name) ? NO_CHECK : name;
    }

    private static final byte[] NO_CHECK = {};

    private static boolean isLetters(byte[] name) {
        for (byte b : name) {
            if (b < 'a' || b > 'z') {
                return false;
            }
        }
        return true;
    }

    private static long half(byte[] name, int at) {
        return (name[at] | name[at + 1] << 8 | name[at + 2] << 16 | name[at + 3] << 24)
                & 0xFFFF_FFFFL;
    }

    private static long word(byte[] name, int at) {
        return half(name, at) | half(name, at + 4) << 32;
    }

    private int place(long first, long third, int length) {
        long mixed = (first + (third | FOLD) * 31 + length) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 40) & mask;
    }

    @Nullable CommandSpec find(long address, int length) {
        long first;
        long second = 0;
        long third = 0;
        if (length >= 8) {
            if (length > LONGEST) {
                return null;
            }
            first = Memory.getLong(address);
            if (length > 16) {
                second = Memory.getLong(address + 8);
            }
            third = Memory.getLong(address + length - 8);
        } else if (length >= 4) {
            first =
                    Memory.getInt(address) & 0xFFFF_FFFFL
                            | (long) Memory.getInt(address + length - 4) << 32;
        } else if (length > 0) {
            first =
                    Memory.getUnsignedByte(address)
                            | Memory.getUnsignedByte(address + (length >> 1)) << 8
                            | Memory.getUnsignedByte(address + length - 1) << 16;
        } else {
            return null;
        }
        first |= FOLD;
        second |= FOLD;
        third |= FOLD;
        int at = place(first, third, length);
        while (true) {
            CommandSpec spec = found[at];
            if (spec == null) {
                return null;
            }
            int w = at * 4;
            if (words[w] == first
                    && words[w + 2] == third
                    && words[w + 3] == length
                    && words[w + 1] == second
                    && (names[at] == NO_CHECK || equal(names[at], address))) {
                return spec;
            }
            at = at + 1 & mask;
        }
    }

    private static boolean equal(byte[] name, long address) {
        for (int i = 0; i < name.length; i++) {
            int b = Memory.getByte(address + i);
            if (b >= 'A' && b <= 'Z') {
                b += 32;
            }
            if (b != name[i]) {
                return false;
            }
        }
        return true;
    }

    boolean isEmpty() {
        return specs.isEmpty();
    }

    List<CommandSpec> all() {
        return specs;
    }
}
