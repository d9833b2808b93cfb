package io.ferrite.engine.hyperloglog;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;

/**
 * PFSELFTEST: registers keep what is written next to others, and a sparse and a dense one that see
 * the same elements agree on a good estimate. It sees a hundredth of the elements that Redis takes,
 * so that the event loop is held up for a few milliseconds only.
 */
final class SelfTest {

    private static final int ELEMENTS = 100_000;

    /** How many standard errors an estimate may be off. */
    private static final int TOLERANCE = 6;

    private SelfTest() {}

    static void pfselftest(ExecutionUnit unit) {
        long area = unit.clientSlab().take(2L * Draft.AREA_BYTES, MemoryTag.CLIENT);
        try {
            registers(area, unit.random().nextInt());
            estimates(unit, area, unit.random().nextLong());
        } finally {
            unit.clientSlab().give(area, 2L * Draft.AREA_BYTES, MemoryTag.CLIENT);
        }
        unit.reply().ok();
    }

    private static void registers(long area, int seed) {
        Draft dense = empty(area, 0);
        dense.makeDense();
        for (int i = 0; i < HyperLogLog.REGISTERS; i++) {
            dense.raise(i, wanted(i, seed));
        }
        for (int i = 0; i < HyperLogLog.REGISTERS; i++) {
            int value = HyperLogLog.dense(dense.address(), i);
            if (value != wanted(i, seed)) {
                throw CommandError.of(
                        "ERR TESTFAILED Register "
                                + i
                                + " should be "
                                + wanted(i, seed)
                                + " but is "
                                + value);
            }
        }
    }

    private static int wanted(int register, int seed) {
        return (register + seed) * 0x9E3779B1 >>> 26;
    }

    private static void estimates(ExecutionUnit unit, long area, long seed) {
        long limit = unit.engine().limits().hllSparseBytes();
        Draft any = empty(area, limit);
        Draft dense = empty(area + Draft.AREA_BYTES, limit);
        dense.makeDense();
        long element = unit.scratch();
        int checkpoint = 1;
        for (int j = 1; j <= ELEMENTS; j++) {
            Memory.putLong(element, j ^ seed);
            long hash = Murmur.hash(element, 8);
            any.rewind();
            any.raise(HyperLogLog.register(hash), HyperLogLog.value(hash));
            dense.raise(HyperLogLog.register(hash), HyperLogLog.value(hash));
            if (j == checkpoint) {
                check(any, dense, j, limit);
                checkpoint *= 10;
            }
        }
    }

    private static void check(Draft any, Draft dense, int elements, long limit) {
        if (elements < limit / 2 && !HyperLogLog.isSparse(any.address())) {
            throw CommandError.of("ERR TESTFAILED sparse encoding not used");
        }
        long count = count(dense);
        if (count(any) != count) {
            throw CommandError.of("ERR TESTFAILED dense/sparse disagree");
        }
        double standardError = 1.04 / Math.sqrt(HyperLogLog.REGISTERS);
        long off = Math.abs(elements - count);
        if (off > Math.ceil(standardError * TOLERANCE * elements)) {
            throw CommandError.of(
                    "ERR TESTFAILED Too big error. card:" + elements + " abserr:" + off);
        }
    }

    private static long count(Draft draft) {
        return Estimator.count(HyperLogLog.histogram(draft.address(), draft.length()));
    }

    private static Draft empty(long area, long limit) {
        return new Draft(area, HyperLogLog.writeEmpty(area), limit);
    }
}
