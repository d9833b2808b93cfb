package io.ferrite.engine.hyperloglog;

import io.ferrite.memory.Memory;

/**
 * A HyperLogLog in a working area, where registers are raised before the whole goes back into the
 * key: it may grow, shrink and turn from sparse to dense on the way.
 *
 * <p>The area has {@value #AREA_BYTES} bytes: the value, then room for its dense form.
 *
 * <p>A sparse one changes run by run exactly as in Redis, so that the bytes are the same after the
 * same commands: the run that holds the register is split in up to three, then neighbours of one
 * value among the five runs from the one before are joined.
 */
final class Draft {

    static final int VALUE_BYTES = HyperLogLog.MAX_SPARSE_BYTES + 16;
    static final int AREA_BYTES = VALUE_BYTES + HyperLogLog.DENSE_BYTES;

    /** Runs that are looked at for neighbours to join. */
    private static final int JOINED = 5;

    private static final int LONGEST_VALUE_RUN = 4;

    private final long spare;
    private final long maxSparseBytes;
    private long address;
    private int length;

    /** Where to look for the next register, if they come in order: a run and its first register. */
    private long resumeAt;

    private int resumeFirst;

    /**
     * @param area the working area; its front holds the value
     * @param maxSparseBytes {@code hll-sparse-max-bytes}
     */
    Draft(long area, int length, long maxSparseBytes) {
        this.address = area;
        this.spare = area + VALUE_BYTES;
        this.length = length;
        this.maxSparseBytes = maxSparseBytes;
        rewind();
    }

    long address() {
        return address;
    }

    int length() {
        return length;
    }

    /** The next register may be any one. Without this it must not be below the last one. */
    void rewind() {
        resumeAt = address + HyperLogLog.HEADER;
        resumeFirst = 0;
    }

    /** Raises a register to a value; says whether it was lower. */
    boolean raise(int register, int value) {
        if (!HyperLogLog.isSparse(address)) {
            return HyperLogLog.raiseDense(address, register, value);
        }
        return value > HyperLogLog.MAX_SPARSE_VALUE
                ? promote(register, value)
                : raiseSparse(register, value);
    }

    void makeDense() {
        if (HyperLogLog.isSparse(address)) {
            HyperLogLog.toDense(address, length, spare);
            address = spare;
            length = HyperLogLog.DENSE_BYTES;
        }
    }

    private boolean promote(int register, int value) {
        makeDense();
        return HyperLogLog.raiseDense(address, register, value);
    }

    private boolean raiseSparse(int register, int value) {
        long beforeLast = 0;
        int beforeLastFirst = 0;
        long last = 0;
        int lastFirst = 0;
        long at = resumeAt;
        int first = resumeFirst;
        int run = HyperLogLog.run(at);
        while (register >= first + run) {
            beforeLast = last;
            beforeLastFirst = lastFirst;
            last = at;
            lastFirst = first;
            at += HyperLogLog.runBytes(at);
            first += run;
            run = HyperLogLog.run(at);
        }
        // Joining may begin at the last run: what comes next can lie in there, and has to see the
        // one before it. If that has not been met on this walk, the next one begins at the front.
        rewind();
        if (beforeLast != 0) {
            resumeAt = beforeLast;
            resumeFirst = beforeLastFirst;
        }
        int old = HyperLogLog.runValue(at);
        if (old >= value) {
            return false;
        }
        if (run == 1 && HyperLogLog.runBytes(at) == 1) {
            HyperLogLog.writeValue(at, value, 1);
        } else if (!split(at, first, run, register, value)) {
            return promote(register, value);
        }
        join(last != 0 ? last : address + HyperLogLog.HEADER);
        HyperLogLog.dropEstimate(address);
        return true;
    }

    /** Puts a register's own run into a longer one; false when that took too many bytes. */
    private boolean split(long at, int first, int run, int register, int value) {
        int old = HyperLogLog.runValue(at);
        int before = register - first;
        int after = first + run - 1 - register;
        int oldBytes = HyperLogLog.runBytes(at);
        int more = partBytes(old, before) + 1 + partBytes(old, after) - oldBytes;
        if (more > 0 && length + more > maxSparseBytes) {
            return false;
        }
        long next = at + oldBytes;
        Memory.copy(next, next + more, address + length - next);
        length += more;
        long to = HyperLogLog.writeValue(part(at, old, before), value, 1);
        part(to, old, after);
        return true;
    }

    private static int partBytes(int value, int run) {
        if (run == 0) {
            return 0;
        }
        return value == 0 && run > 64 ? 2 : 1;
    }

    private static long part(long at, int value, int run) {
        if (run == 0) {
            return at;
        }
        return value == 0
                ? HyperLogLog.writeZeros(at, run)
                : HyperLogLog.writeValue(at, value, run);
    }

    private void join(long from) {
        long at = from;
        for (int left = JOINED; left > 0 && at < address + length; left--) {
            if (!HyperLogLog.isValue(at)) {
                at += HyperLogLog.runBytes(at);
                continue;
            }
            long next = at + 1;
            int value = HyperLogLog.runValue(at);
            if (next < address + length && HyperLogLog.runValue(next) == value) {
                int run = HyperLogLog.run(at) + HyperLogLog.run(next);
                if (run <= LONGEST_VALUE_RUN) {
                    HyperLogLog.writeValue(at, value, run);
                    Memory.copy(next + 1, next, address + length - next - 1);
                    length--;
                    continue; // the joined run may go with the one behind it
                }
            }
            at++;
        }
    }
}
