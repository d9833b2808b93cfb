package io.ferrite.module;

/**
 * Something happened to a key.
 *
 * @param name as keyspace messages call it: {@code set}, {@code expired}
 * @param key its bytes, a copy
 */
public record KeyEvent(EventKind kind, String name, int database, byte[] key) {}
