package io.ferrite.engine.hyperloglog;

import io.ferrite.memory.Memory;

/**
 * The bytes of a HyperLogLog: a string value that Redis reads as well. It has {@value #REGISTERS}
 * registers of six bits, each the longest run of zeros (plus one) among the hashes that chose it.
 *
 * <pre>
 *   0        4          5          8                 16                     bytes
 *   +--------+----------+----------+-----------------+-- registers --
 *   | "HYLL" | encoding | unused   | cached estimate |
 *   |        | 0 or 1   |          | u64             |
 *   +--------+----------+----------+-----------------+-- - -
 *
 *   cached estimate   its highest bit says that it is out of date
 *
 *   dense (0)         12288 bytes, 6 bits a register, from the lowest bit of the first byte up
 *   sparse (1)        runs in the order of the registers, together {@value #REGISTERS} of them:
 *                       00nnnnnn            n + 1 registers are 0
 *                       01nnnnnn nnnnnnnn   n + 1 registers are 0, high byte first
 *                       1vvvvvnn            n + 1 registers are v + 1
 * </pre>
 *
 * <p>Static methods on an address. What is sparse has to be held against {@link #isSound} first: it
 * may come from anywhere.
 */
final class HyperLogLog {

    static final int INDEX_BITS = 14;
    static final int REGISTERS = 1 << INDEX_BITS;
    static final int HEADER = 16;
    static final int DENSE_BYTES = HEADER + REGISTERS * 6 / 8;

    /** The longest sound sparse form: every register a run of its own, in two bytes. */
    static final int MAX_SPARSE_BYTES = HEADER + 2 * REGISTERS;

    static final int DENSE = 0;
    static final int SPARSE = 1;

    /** The largest value that the sparse form has bits for. */
    static final int MAX_SPARSE_VALUE = 32;

    private static final int MAGIC = 'H' | 'Y' << 8 | 'L' << 16 | 'L' << 24;
    private static final int ENCODING = 4;
    private static final int CACHE = 8;
    private static final int STALE = HEADER - 1;

    private HyperLogLog() {}

    /** Whether bytes begin as a HyperLogLog does and, if dense, have its length. */
    static boolean isOne(long address, int length) {
        if (length < HEADER || Memory.getInt(address) != MAGIC) {
            return false;
        }
        int encoding = Memory.getUnsignedByte(address + ENCODING);
        return encoding == SPARSE || encoding == DENSE && length == DENSE_BYTES;
    }

    static boolean isSparse(long address) {
        return Memory.getByte(address + ENCODING) == SPARSE;
    }

    /** Whether the runs of a sparse one cover every register exactly once; true of a dense one. */
    static boolean isSound(long address, int length) {
        if (!isSparse(address)) {
            return true;
        }
        long at = address + HEADER;
        long end = address + length;
        int covered = 0;
        while (at < end && covered < REGISTERS) {
            int size = runBytes(at);
            if (at + size > end) {
                return false;
            }
            covered += run(at);
            at += size;
        }
        return at == end && covered == REGISTERS;
    }

    /** Writes an empty sparse one; answers its length. */
    static int writeEmpty(long address) {
        Memory.putInt(address, MAGIC);
        Memory.putInt(address + ENCODING, SPARSE);
        Memory.putLong(address + CACHE, 0);
        writeZeros(address + HEADER, REGISTERS);
        return HEADER + 2;
    }

    static boolean hasEstimate(long address) {
        return Memory.getByte(address + STALE) >= 0;
    }

    static long estimate(long address) {
        return Memory.getLong(address + CACHE);
    }

    static void setEstimate(long address, long estimate) {
        Memory.putLong(address + CACHE, estimate);
    }

    static void dropEstimate(long address) {
        Memory.putByte(address + STALE, Memory.getByte(address + STALE) | 0x80);
    }

    // ---------------------------------------------------------------- hashes

    static int register(long hash) {
        return (int) hash & REGISTERS - 1;
    }

    /** The run of zeros in what is left of a hash, plus one: 1 to 51. */
    static int value(long hash) {
        return Long.numberOfTrailingZeros(hash >>> INDEX_BITS | 1L << (64 - INDEX_BITS)) + 1;
    }

    // ---------------------------------------------------------------- dense

    static int dense(long address, int register) {
        int bit = register * 6;
        long at = address + HEADER + (bit >> 3);
        int shift = bit & 7;
        int word = Memory.getUnsignedByte(at);
        if (shift > 2) {
            word |= Memory.getUnsignedByte(at + 1) << 8;
        }
        return word >> shift & 63;
    }

    /** Raises a register of a dense one; says whether it was lower. */
    static boolean raiseDense(long address, int register, int value) {
        if (value <= dense(address, register)) {
            return false;
        }
        int bit = register * 6;
        long at = address + HEADER + (bit >> 3);
        int shift = bit & 7;
        int low = Memory.getUnsignedByte(at);
        Memory.putByte(at, low & ~(63 << shift) | value << shift);
        if (shift > 2) {
            int high = Memory.getUnsignedByte(at + 1);
            Memory.putByte(at + 1, high & ~(63 >> 8 - shift) | value >> 8 - shift);
        }
        return true;
    }

    // ---------------------------------------------------------------- sparse

    static boolean isValue(long at) {
        return Memory.getByte(at) < 0;
    }

    /** Bytes of the run at an address. */
    static int runBytes(long at) {
        return (Memory.getByte(at) & 0xC0) == 0x40 ? 2 : 1;
    }

    /** Registers of the run at an address. */
    static int run(long at) {
        int head = Memory.getUnsignedByte(at);
        if (head >= 0x80) {
            return (head & 3) + 1;
        }
        return head < 0x40 ? head + 1 : ((head & 63) << 8 | Memory.getUnsignedByte(at + 1)) + 1;
    }

    /** The value of the registers of the run at an address. */
    static int runValue(long at) {
        int head = Memory.getUnsignedByte(at);
        return head < 0x80 ? 0 : (head >> 2 & 31) + 1;
    }

    /** Writes a run of zeros in its shortest form; answers where the next one goes. */
    static long writeZeros(long at, int run) {
        int less = run - 1;
        if (run <= 64) {
            Memory.putByte(at, less);
            return at + 1;
        }
        Memory.putByte(at, 0x40 | less >> 8);
        Memory.putByte(at + 1, less);
        return at + 2;
    }

    static long writeValue(long at, int value, int run) {
        Memory.putByte(at, 0x80 | value - 1 << 2 | run - 1);
        return at + 1;
    }

    /** Writes the dense form of a sound sparse one elsewhere. */
    static void toDense(long sparse, int length, long dense) {
        Memory.copy(sparse, dense, HEADER);
        Memory.putByte(dense + ENCODING, DENSE);
        Memory.fill(dense + HEADER, DENSE_BYTES - HEADER, (byte) 0);
        int register = 0;
        for (long at = sparse + HEADER; at < sparse + length; at += runBytes(at)) {
            int last = register + run(at);
            int value = runValue(at);
            for (; value != 0 && register < last; register++) {
                raiseDense(dense, register, value);
            }
            register = last;
        }
    }

    // ---------------------------------------------------------------- both

    /** Counts registers by their value. */
    static int[] histogram(long address, int length) {
        int[] histogram = new int[64];
        if (isSparse(address)) {
            for (long at = address + HEADER; at < address + length; at += runBytes(at)) {
                histogram[runValue(at)] += run(at);
            }
            return histogram;
        }
        for (long at = address + HEADER; at < address + DENSE_BYTES; at += 3) {
            int four = Memory.getUnsignedShort(at) | Memory.getUnsignedByte(at + 2) << 16;
            histogram[four & 63]++;
            histogram[four >> 6 & 63]++;
            histogram[four >> 12 & 63]++;
            histogram[four >> 18]++;
        }
        return histogram;
    }

    /** Raises {@code most}, one byte a register, to the registers of a sound one. */
    static void raiseAll(long address, int length, byte[] most) {
        if (!isSparse(address)) {
            for (int i = 0; i < REGISTERS; i++) {
                most[i] = (byte) Math.max(most[i], dense(address, i));
            }
            return;
        }
        int register = 0;
        for (long at = address + HEADER; at < address + length; at += runBytes(at)) {
            int last = register + run(at);
            int value = runValue(at);
            for (; value != 0 && register < last; register++) {
                most[register] = (byte) Math.max(most[register], value);
            }
            register = last;
        }
    }
}
