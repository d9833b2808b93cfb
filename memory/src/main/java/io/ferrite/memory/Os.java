package io.ferrite.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Address space from the operating system (Linux): whole mappings, anonymous, private, and
 * committed page by page on first touch.
 *
 * <p>A method handle costs milliseconds to link, so each call has its own holder and only what a
 * process uses is linked: an idle server needs {@code mmap} alone.
 */
final class Os {

    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MREMAP_MAYMOVE = 1;
    private static final long FAILED = -1;

    private static final ValueLayout.OfLong J = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;

    private Os() {}

    private static final class Mmap {
        static final MethodHandle CALL = handle("mmap", FunctionDescriptor.of(J, J, J, I, I, I, J));
    }

    private static final class Munmap {
        static final MethodHandle CALL = handle("munmap", FunctionDescriptor.of(I, J, J));
    }

    private static final class Madvise {
        static final MethodHandle CALL = handle("madvise", FunctionDescriptor.of(I, J, J, I));
    }

    private static final class Mremap {
        static final MethodHandle CALL =
                handle(
                        "mremap",
                        FunctionDescriptor.of(J, J, J, J, I),
                        Linker.Option.firstVariadicArg(4));
    }

    private static final class Getentropy {
        static final MethodHandle CALL = handle("getentropy", FunctionDescriptor.of(I, J, J));
    }

    private static MethodHandle handle(
            String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    /** Maps {@code bytes} of zeros; not resident until touched. */
    static long map(long bytes) {
        int flags = MAP_PRIVATE_ANONYMOUS_NORESERVE;
        long address =
                call(() -> (long) Mmap.CALL.invokeExact(0L, bytes, PROT_READ_WRITE, flags, -1, 0L));
        if (address == FAILED) {
            throw new OutOfMemoryError("mmap of " + bytes + " bytes failed");
        }
        return address;
    }

    static void unmap(long address, long bytes) {
        if (call(() -> (int) Munmap.CALL.invokeExact(address, bytes)) != 0) {
            throw new AssertionError("munmap of " + bytes + " bytes failed");
        }
    }

    /** Grows or shrinks a mapping, moving it if need be; answers where it is now. */
    static long remap(long address, long oldBytes, long newBytes) {
        int flags = MREMAP_MAYMOVE;
        long moved = call(() -> (long) Mremap.CALL.invokeExact(address, oldBytes, newBytes, flags));
        if (moved == FAILED) {
            throw new OutOfMemoryError("mremap to " + newBytes + " bytes failed");
        }
        return moved;
    }

    /**
     * Gives the pages back and keeps the addresses: they read as zeros when touched again. A
     * refusal (a range that is no multiple of an unusual page size) only means that nothing is
     * given back.
     */
    static void discard(long address, long bytes) {
        call(() -> (int) Madvise.CALL.invokeExact(address, bytes, MADV_DONTNEED));
    }

    /** Asks for large pages where a range is touched; a refusal leaves the small ones. */
    static void preferHugePages(long address, long bytes) {
        call(() -> (int) Madvise.CALL.invokeExact(address, bytes, MADV_HUGEPAGE));
    }

    /** Fills {@code bytes} bytes, at most 256, with what nobody can guess. */
    static void random(long address, long bytes) {
        if (call(() -> (int) Getentropy.CALL.invokeExact(address, bytes)) != 0) {
            throw new AssertionError("getentropy of " + bytes + " bytes failed");
        }
    }

    private interface Call {
        long run() throws Throwable;
    }

    private static long call(Call call) {
        try {
            return call.run();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
