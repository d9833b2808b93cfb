package io.ferrite.memory.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * System calls of Linux by way of the C library, linked when they are used: sessions and datagrams
 * over Unix sockets, which the JDK does not offer. None is on a fast path.
 *
 * <p>Every method may be called from any thread.
 */
public final class Posix {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int ENAMETOOLONG = 36;

    /** {@code struct sockaddr_un}: a family, then at most 108 bytes of path. */
    private static final int MAX_PATH = 108;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout ERROR_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            ERROR_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Posix() {}

    /** A call that failed, with the number that errno had. */
    public static final class PosixError extends Exception {
        private static final long serialVersionUID = 1L;

        private final int number;

        PosixError(String call, int number) {
            super(call + ": " + describe(number), null, false, false);
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /** Makes this process the leader of a session of its own, away from any terminal. */
    public static void newSession() throws PosixError {
        call("setsid", FunctionDescriptor.of(JAVA_INT));
    }

    /**
     * Lets the C library give back what it holds of memory that the Java runtime has freed, such as
     * its compiler's. Takes some milliseconds. Where the library knows no such call, nothing
     * happens.
     */
    public static void trimHeap() {
        if (LINKER.defaultLookup().find("malloc_trim").isEmpty()) {
            return;
        }
        try {
            call("malloc_trim", FunctionDescriptor.of(JAVA_INT, JAVA_LONG), 0L);
        } catch (PosixError e) {
            throw new IllegalStateException(e); // it answers 0 or 1
        }
    }

    /**
     * Sends one datagram to a Unix socket, without waiting for room.
     *
     * @param path of the socket; a leading {@code @} stands for the abstract namespace
     */
    public static void sendDatagram(String path, byte[] data) throws PosixError {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= MAX_PATH) {
            throw new PosixError("sendto", ENAMETOOLONG);
        }
        boolean inAbstract = name[0] == '@';
        if (inAbstract) {
            name[0] = 0;
        }
        int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
        var threeInts = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
        int socket = (int) call("socket", threeInts, AF_UNIX, type, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(Short.BYTES + MAX_PATH, Short.BYTES);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, JAVA_BYTE, Short.BYTES, name.length);
            int addressLength = Short.BYTES + name.length + (inAbstract ? 0 : 1);
            call(
                    "sendto",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
                    socket,
                    arena.allocateFrom(JAVA_BYTE, data),
                    (long) data.length,
                    MSG_NOSIGNAL,
                    address,
                    addressLength);
        } finally {
            call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), socket);
        }
    }

    /** Calls a function that returns a negative number when it fails and says why in errno. */
    @SuppressWarnings("restricted")
    private static long call(String name, FunctionDescriptor type, Object... arguments)
            throws PosixError {
        MemorySegment symbol = LINKER.defaultLookup().find(name).orElseThrow();
        MethodHandle handle =
                LINKER.downcallHandle(symbol, type, Linker.Option.captureCallState("errno"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment error = arena.allocate(ERROR_LAYOUT);
            List<Object> all = new ArrayList<>(List.of(error));
            all.addAll(List.of(arguments));
            Number result = (Number) handle.invokeWithArguments(all);
            if (result.longValue() < 0) {
                throw new PosixError(name, (int) ERRNO.get(error, 0L));
            }
            return result.longValue();
        } catch (PosixError e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("call of " + name, e); // a wrong description above
        }
    }

    private static String describe(int number) {
        return switch (number) {
            case 1 -> "Operation not permitted";
            case 2 -> "No such file or directory";
            case 11 -> "Resource temporarily unavailable";
            case 13 -> "Permission denied";
            case ENAMETOOLONG -> "File name too long";
            case 90 -> "Message too long";
            case 111 -> "Connection refused";
            default -> "error " + number;
        };
    }
}
