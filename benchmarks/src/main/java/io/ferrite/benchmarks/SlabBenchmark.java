package io.ferrite.benchmarks;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.SlabGroup;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Take and give of a {@link Slab} against malloc and free of the C library, called as cheaply as
 * the JDK can. {@code pair}: one block at a time. {@code churn}: a random one of a million live
 * blocks is replaced, which is mostly cache misses, as in a server.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class SlabBenchmark {

    private static final MethodHandle MALLOC =
            handle("malloc", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE =
            handle("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));

    private static final int LIVE = 1 << 20;

    @Param({"56"})
    public int size;

    private final SlabGroup group = new SlabGroup();
    private final Slab slab = group.newSlab();
    private final long[] slabBlocks = new long[LIVE];
    private final long[] mallocBlocks = new long[LIVE];
    private int[] order;
    private int at;

    private static MethodHandle handle(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), type, Linker.Option.critical(false));
    }

    private static long malloc(long size) {
        try {
            return (long) MALLOC.invokeExact(size);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(1);
        order = random.ints(LIVE, 0, LIVE).toArray();
        for (int i = 0; i < LIVE; i++) {
            slabBlocks[i] = slab.take(size, MemoryTag.ENTRY);
            mallocBlocks[i] = malloc(size);
        }
    }

    @TearDown
    public void release() {
        group.close();
        for (long block : mallocBlocks) {
            free(block);
        }
    }

    @Benchmark
    public long pairSlab() {
        long block = slab.take(size, MemoryTag.ENTRY);
        slab.give(block, size, MemoryTag.ENTRY);
        return block;
    }

    @Benchmark
    public long pairMalloc() {
        long block = malloc(size);
        free(block);
        return block;
    }

    @Benchmark
    public long churnSlab() {
        int i = order[at++ & LIVE - 1];
        slab.give(slabBlocks[i], size, MemoryTag.ENTRY);
        return slabBlocks[i] = slab.take(size, MemoryTag.ENTRY);
    }

    @Benchmark
    public long churnMalloc() {
        int i = order[at++ & LIVE - 1];
        free(mallocBlocks[i]);
        return mallocBlocks[i] = malloc(size);
    }

    @Benchmark
    public boolean exceedsFarLimit() {
        return group.exceeds(1L << 40);
    }
}
