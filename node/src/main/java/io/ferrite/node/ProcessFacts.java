package io.ferrite.node;

import java.util.Map;

/** What the operating system and the runtime know of this process. */
public interface ProcessFacts {

    long pid();

    /** Path of the program that was started. */
    String executable();

    /** Name, release and machine of the system, as uname shows them. */
    String system();

    /** Ferrite's own version. */
    String version();

    /** Resident bytes now. */
    long residentBytes();

    /** Bytes of memory that the machine has. */
    long machineBytes();

    /** CPU time spent so far in user mode, in microseconds. */
    long userMicros();

    /** CPU time spent so far in the kernel, in microseconds. */
    long systemMicros();

    /** Bytes of the Java heap in use, about. */
    long heapBytes();

    /**
     * What a garbage collector did so far.
     *
     * @param millis how long it took altogether
     */
    record Collections(long count, long millis) {}

    /** What each garbage collector did so far, by name. */
    default Map<String, Collections> collections() {
        return Map.of();
    }

    /** What INFO tls tells of the certificates in use, in order; empty while there are none. */
    default Map<String, String> certificates(long nowMs) {
        return Map.of();
    }

    /** What drives the sockets: epoll, io_uring or nio. */
    String transport();
}
