package io.ferrite.benchmarks;

import io.ferrite.memory.Hash;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Access by address against arrays: whole passes over 4096 longs, and short runs as keys are. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class MemoryBenchmark {

    private static final int LONGS = 4096;

    @Param({"5", "16", "32", "200"})
    public int length;

    private final Slab slab = new Slab();
    private final long[] array = new long[LONGS];
    private final int[] order = new int[LONGS];
    private byte[] oneArray;
    private byte[] otherArray;
    private long block;
    private long one;
    private long other;

    @Setup
    public void fill() {
        block = slab.take(LONGS * 8L, MemoryTag.OTHER);
        one = slab.take(256, MemoryTag.OTHER);
        other = slab.take(256, MemoryTag.OTHER);
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < LONGS; i++) {
            array[i] = random.nextLong();
            order[i] = random.nextInt(LONGS);
            Memory.putLong(block + i * 8L, array[i]);
        }
        oneArray = new byte[256];
        random.nextBytes(oneArray);
        otherArray = oneArray.clone();
        Memory.copyIn(oneArray, 0, one, 256);
        Memory.copyIn(oneArray, 0, other, 256);
    }

    @TearDown
    public void release() {
        slab.close();
    }

    @Benchmark
    @OperationsPerInvocation(LONGS)
    public long readMemory() {
        long sum = 0;
        for (int i = 0; i < LONGS; i++) {
            sum += Memory.getLong(block + ((long) order[i] << 3));
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(LONGS)
    public long readArray() {
        long sum = 0;
        for (int i = 0; i < LONGS; i++) {
            sum += array[order[i]];
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(LONGS)
    public void writeMemory() {
        for (int i = 0; i < LONGS; i++) {
            Memory.putLong(block + ((long) order[i] << 3), i);
        }
    }

    @Benchmark
    @OperationsPerInvocation(LONGS)
    public void writeArray() {
        for (int i = 0; i < LONGS; i++) {
            array[order[i]] = i;
        }
    }

    @Benchmark
    public long copyMemory() {
        Memory.copy(one, other, length);
        return other;
    }

    @Benchmark
    public byte[] copyArray() {
        System.arraycopy(oneArray, 0, otherArray, 0, length);
        return otherArray;
    }

    @Benchmark
    public boolean equalMemory() {
        return Memory.equal(one, other, length);
    }

    @Benchmark
    public boolean equalArray() {
        return Arrays.equals(oneArray, 0, length, otherArray, 0, length);
    }

    @Benchmark
    public int compareMemory() {
        return Memory.compare(one, length, other, length);
    }

    @Benchmark
    public int compareArray() {
        return Arrays.compareUnsigned(oneArray, 0, length, otherArray, 0, length);
    }

    @Benchmark
    public long hashMemory() {
        return Hash.of(one, length);
    }
}
