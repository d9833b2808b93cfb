package io.ferrite.memory;

/**
 * Off-heap memory was used wrongly: a stray or stale address, a block given back twice, with
 * another size or under another tag, a leak. Found in checked mode only (leaks: always), where it
 * replaces what would be silent corruption or a crash. A bug in the program, so it is an error that
 * nobody should handle.
 */
public final class MemoryViolation extends Error {

    private static final long serialVersionUID = 1;

    MemoryViolation(String message) {
        super(message);
    }

    MemoryViolation(String message, Throwable cause) {
        super(message, cause);
    }
}
