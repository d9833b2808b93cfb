package io.ferrite.memory.codec;

import io.ferrite.memory.Memory;

/**
 * The raw LZF block format of RDB strings and of the compressed inner nodes of lists.
 *
 * <p>A block is a sequence of two kinds of items, told apart by the top three bits of their first
 * byte:
 *
 * <pre>
 *   000LLLLL                    + L+1 bytes     L+1 literal bytes follow, 1 to 32
 *   LLLooooo oooooooo                           L+2 bytes (3 to 8) from o+1 bytes back, o+1 up to 8192
 *   111ooooo LLLLLLLL oooooooo                  L+9 bytes (9 to 264) from o+1 bytes back
 * </pre>
 *
 * <p>Neither the length before nor the length after compression is part of it. The compressor finds
 * repetitions by one hash table of three-byte runs, and makes the same choices as liblzf in its
 * "very fast" setting, so that a payload compressed here equals one compressed by Redis.
 *
 * <p>Both directions stay within the lengths they are given, whatever the input. The compressor's
 * table (256 KiB of heap) is kept per thread.
 */
public final class Lzf {

    /** Longer inputs are not taken: nobody compresses them, and positions stay plain ints. */
    public static final int MAX_INPUT = 1 << 30;

    private static final int HASH_BITS = 16;
    private static final int MAX_LITERALS = 1 << 5;
    private static final int MAX_DISTANCE = 1 << 13;
    private static final int MAX_MATCH = (1 << 8) + (1 << 3);
    private static final int UNROLLED = 18;

    private static final ThreadLocal<Table> TABLES = ThreadLocal.withInitial(Table::new);

    /**
     * Where each three-byte run was last seen. Positions are stored above a base which grows with
     * every block, so that what earlier blocks left behind reads as "not seen" and is never
     * cleared.
     */
    private static final class Table {
        private final int[] slots = new int[1 << HASH_BITS];
        private int base = 1;
        private int next = 1;

        void begin(int length) {
            if (next > Integer.MAX_VALUE - length - 1) {
                java.util.Arrays.fill(slots, 0);
                next = 1;
            }
            base = next;
            next += length + 1;
        }
    }

    private Lzf() {}

    /**
     * Compresses {@code length} bytes into at most {@code capacity} bytes at {@code target}.
     *
     * @return the compressed length, or 0 when it does not fit (the target's contents are then
     *     undefined)
     */
    public static int compress(long source, int length, long target, int capacity) {
        if (length == 0 || capacity == 0 || length > MAX_INPUT) {
            return 0;
        }
        Table table = TABLES.get();
        table.begin(length);
        int[] slots = table.slots;
        int base = table.base;
        int in = 0;
        int out = 1;
        int literals = 0;
        int last = length - 2;
        int run =
                length < 2
                        ? 0
                        : Memory.getUnsignedByte(source) << 8 | Memory.getUnsignedByte(source + 1);
        while (in < last) {
            run = run << 8 | Memory.getUnsignedByte(source + in + 2);
            int slot = slot(run);
            int match = slots[slot] - base;
            slots[slot] = base + in;
            int back = in - match - 1;
            if (match > 0 && back < MAX_DISTANCE && sameThree(source, match, in)) {
                if (out + 4 >= capacity && out - (literals == 0 ? 1 : 0) + 4 >= capacity) {
                    return 0;
                }
                if (literals == 0) {
                    out--;
                } else {
                    Memory.putByte(target + out - literals - 1, literals - 1);
                }
                int matched = matchLength(source, match, in, length);
                out = putReference(target, out, back, matched);
                literals = 0;
                out++;
                in += matched;
                if (in >= last) {
                    break;
                }
                run =
                        Memory.getUnsignedByte(source + in - 2) << 8
                                | Memory.getUnsignedByte(source + in - 1);
                run = run << 8 | Memory.getUnsignedByte(source + in);
                slots[slot(run)] = base + in - 2;
                run = run << 8 | Memory.getUnsignedByte(source + in + 1);
                slots[slot(run)] = base + in - 1;
            } else {
                if (out >= capacity) {
                    return 0;
                }
                Memory.putByte(target + out++, Memory.getByte(source + in++));
                if (++literals == MAX_LITERALS) {
                    Memory.putByte(target + out - literals - 1, literals - 1);
                    literals = 0;
                    out++;
                }
            }
        }
        return finish(source, in, length, target, out, capacity, literals);
    }

    /**
     * The one or two bytes at the end that no run of three begins at, and the open literals' count.
     */
    private static int finish(
            long source, int in, int length, long target, int out, int capacity, int literals) {
        if (out + 3 > capacity) {
            return 0;
        }
        while (in < length) {
            Memory.putByte(target + out++, Memory.getByte(source + in++));
            if (++literals == MAX_LITERALS) {
                Memory.putByte(target + out - literals - 1, literals - 1);
                literals = 0;
                out++;
            }
        }
        if (literals == 0) {
            return out - 1;
        }
        Memory.putByte(target + out - literals - 1, literals - 1);
        return out;
    }

    private static int slot(int run) {
        return (run >>> 8) - run * 5 & (1 << HASH_BITS) - 1;
    }

    private static boolean sameThree(long source, int a, int b) {
        return Memory.getByte(source + a + 2) == Memory.getByte(source + b + 2)
                && Memory.getShort(source + a) == Memory.getShort(source + b);
    }

    /**
     * How many bytes repeat, 3 or more. The limit leaves the last two bytes to the literals except
     * where the first 18 bytes are compared in one go: liblzf's rule, needed for equal output.
     */
    private static int matchLength(long source, int match, int in, int length) {
        int limit = Math.min(length - in - 2, MAX_MATCH);
        int most = Math.max(limit, limit > 16 ? UNROLLED + 1 : 3);
        int matched = 3;
        while (matched + Long.BYTES <= most) {
            long differ =
                    Memory.getLong(source + match + matched)
                            ^ Memory.getLong(source + in + matched);
            if (differ != 0) {
                return matched + (Long.numberOfTrailingZeros(differ) >>> 3);
            }
            matched += Long.BYTES;
        }
        while (matched < most && same(source, match, in, matched)) {
            matched++;
        }
        return matched;
    }

    private static boolean same(long source, int a, int b, int offset) {
        return Memory.getByte(source + a + offset) == Memory.getByte(source + b + offset);
    }

    private static int putReference(long target, int out, int back, int matched) {
        int code = matched - 2;
        if (code < 7) {
            Memory.putByte(target + out++, back >>> 8 | code << 5);
        } else {
            Memory.putByte(target + out++, back >>> 8 | 7 << 5);
            Memory.putByte(target + out++, code - 7);
        }
        Memory.putByte(target + out++, back);
        return out;
    }

    /**
     * Restores a block into at most {@code capacity} bytes at {@code target}.
     *
     * @return the restored length, or -1 when the block is damaged or would not fit; nothing
     *     outside of the two ranges is read or written in any case
     */
    public static int decompress(long source, int length, long target, int capacity) {
        int in = 0;
        int out = 0;
        while (in < length) {
            int control = Memory.getUnsignedByte(source + in++);
            if (control < MAX_LITERALS) {
                int count = control + 1;
                if (count > capacity - out || count > length - in) {
                    return -1;
                }
                if (length - in >= MAX_LITERALS && capacity - out >= MAX_LITERALS) {
                    copyAll(source + in, target + out);
                } else {
                    Memory.copy(source + in, target + out, count);
                }
                in += count;
                out += count;
                continue;
            }
            int count = control >>> 5;
            if (in >= length || count == 7 && in + 1 >= length) {
                return -1;
            }
            if (count == 7) {
                count += Memory.getUnsignedByte(source + in++);
            }
            count += 2;
            int from = out - ((control & 0x1F) << 8) - 1 - Memory.getUnsignedByte(source + in++);
            if (from < 0 || count > capacity - out) {
                return -1;
            }
            if (out - from >= Long.BYTES && capacity - out >= count + Long.BYTES) {
                copyWords(target + from, target + out, count);
            } else {
                copyForward(target, from, out, count);
            }
            out += count;
        }
        return out;
    }

    /** Copies as many bytes as a run of literals can have: quicker than to look how many it has. */
    private static void copyAll(long from, long to) {
        for (int i = 0; i < MAX_LITERALS; i += Long.BYTES) {
            Memory.putLong(to + i, Memory.getLong(from + i));
        }
    }

    /**
     * Copies word by word, up to seven bytes more than asked for. The source is a word or more
     * behind, so that each word is whole when it is read.
     */
    private static void copyWords(long from, long to, int count) {
        for (int i = 0; i < count; i += Long.BYTES) {
            Memory.putLong(to + i, Memory.getLong(from + i));
        }
    }

    /** A copy whose source may run into its own target: such a reference repeats its bytes. */
    private static void copyForward(long target, int from, int to, int count) {
        if (to - from >= count) {
            Memory.copy(target + from, target + to, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            Memory.putByte(target + to + i, Memory.getByte(target + from + i));
        }
    }
}
