package io.ferrite.scripting.lua;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/**
 * Finds the shared library of Lua 5.1 and loads it, when the first script runs.
 *
 * <p>The library lies in an archive on the class path. It is copied into an anonymous file in
 * memory ({@code memfd_create}), which the loader opens by its name under {@code /proc/self/fd}:
 * nothing is left on a disk, and no folder has to be writable or allow execution. Where the archive
 * is absent or has none for this machine, the system's own {@code liblua5.1.so.0} is taken.
 */
final class LuaLibrary {

    private static final int MFD_CLOEXEC = 1;
    private static final int LC_NUMERIC = 1;

    /** What Debian and its kin call it. */
    private static final String SYSTEM_NAME = "liblua5.1.so.0";

    private static final Linker LINKER = Linker.nativeLinker();

    private LuaLibrary() {}

    /**
     * Loads the library for the life of the process.
     *
     * @throws IllegalStateException with the reason, if there is none
     */
    static SymbolLookup load() {
        forceDecimalPoint();
        String resource = resource();
        byte[] image = resource == null ? null : read(resource);
        if (image != null) {
            return SymbolLookup.libraryLookup(
                    "/proc/self/fd/" + anonymousFile(image), Arena.global());
        }
        try {
            return SymbolLookup.libraryLookup(SYSTEM_NAME, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "no shared library of Lua 5.1 for this machine: neither "
                            + resource
                            + " on the class path nor "
                            + SYSTEM_NAME,
                    e);
        }
    }

    /** Numbers are written with a point, whatever the locale of the process says. */
    private static void forceDecimalPoint() {
        try (Arena arena = Arena.ofConfined()) {
            FunctionDescriptor type = FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS);
            call("setlocale", type, LC_NUMERIC, arena.allocateFrom("C"));
        }
    }

    private static String resource() {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> "/liblua5164.so";
            case "aarch64" -> "/liblua51arm64.so";
            default -> null;
        };
    }

    private static byte[] read(String resource) {
        try (InputStream in = LuaLibrary.class.getResourceAsStream(resource)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("the shared library of Lua cannot be read", e);
        }
    }

    /** The descriptor of a new file in memory with these bytes; it stays open. */
    private static int anonymousFile(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            int file =
                    (int)
                            call(
                                    "memfd_create",
                                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                                    arena.allocateFrom("lua5.1"),
                                    MFD_CLOEXEC);
            MemorySegment copy = arena.allocateFrom(JAVA_BYTE, bytes);
            FunctionDescriptor write =
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
            long done = 0;
            while (file >= 0 && done < bytes.length) {
                long wrote =
                        (long) call("write", write, file, copy.asSlice(done), bytes.length - done);
                if (wrote <= 0) {
                    break;
                }
                done += wrote;
            }
            if (done < bytes.length) {
                throw new IllegalStateException("no file in memory for the library of Lua");
            }
            return file;
        }
    }

    private static Object call(String name, FunctionDescriptor type, Object... arguments) {
        try {
            return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type)
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(name, e);
        }
    }
}
