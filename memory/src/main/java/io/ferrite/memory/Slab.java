package io.ferrite.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Takes and gives blocks of off-heap memory, counted by tag. */
public final class Slab implements AutoCloseable {

    private static final MethodHandle ALIGNED_ALLOC =
            handle("aligned_alloc", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE = handle("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));

    private final long[] bytes = new long[MemoryTag.values().length];
    private final long[] blocks = new long[MemoryTag.values().length];

    private static MethodHandle handle(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    public long take(long size, MemoryTag tag) {
        long held = roundUp(size);
        bytes[tag.ordinal()] += held;
        blocks[tag.ordinal()]++;
        try {
            return (long) ALIGNED_ALLOC.invokeExact(64L, (held + 63) & -64);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    public void give(long address, long size, MemoryTag tag) {
        bytes[tag.ordinal()] -= roundUp(size);
        blocks[tag.ordinal()]--;
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    public long resize(long address, long oldSize, long newSize, MemoryTag tag) {
        if (roundUp(oldSize) == roundUp(newSize)) {
            return address;
        }
        long moved = take(newSize, tag);
        Memory.copy(address, moved, Math.min(oldSize, newSize));
        give(address, oldSize, tag);
        return moved;
    }

    /** The bytes that a request of {@code size} really gets. */
    public static long roundUp(long size) {
        if (size <= 128) {
            return size <= 8 ? 8 : (size + 7) & -8;
        }
        long step = Long.highestOneBit(size - 1) >>> 3;
        return (size + step - 1) & -step;
    }

    public long usedBytes() {
        long sum = 0;
        for (long b : bytes) {
            sum += b;
        }
        return sum;
    }

    public long usedBytes(MemoryTag tag) {
        return bytes[tag.ordinal()];
    }

    public long blocks(MemoryTag tag) {
        return blocks[tag.ordinal()];
    }

    @Override
    public void close() {}
}
