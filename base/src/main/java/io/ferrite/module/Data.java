package io.ferrite.module;

import org.jspecify.annotations.Nullable;

/** The data of the current database, within reach of the keys that the work named. */
public interface Data {

    /** The number of the database. */
    int database();

    /** Milliseconds since 1970, the same for the whole work. */
    long nowMs();

    /**
     * A value of one's own, to read; null if there is no such key.
     *
     * @throws Refusal WRONGTYPE if the key holds something else
     */
    @Nullable Value find(ValueType type, byte[] key);

    /**
     * A value of one's own, to change; an empty one is made if there is no such key. Counts as a
     * change.
     *
     * @throws Refusal WRONGTYPE if the key holds something else
     */
    Value change(ValueType type, byte[] key);

    /** Removes a key that holds a value of one's own; false if there was none. */
    boolean delete(ValueType type, byte[] key);

    /** Announces an event of the class d (modules) on a key. */
    void announce(String event, byte[] key);

    /**
     * Runs a command of the server, with the rights of the client for whom this work is.
     *
     * <p>Answers null for no value, a {@code String} for a status, {@code byte[]} for a string,
     * {@code Long}, {@code Double}, {@code Boolean}, or a {@code List} of these; a map is a list of
     * keys and values in turn.
     *
     * @param words the command and its arguments: {@code String}, {@code byte[]} or a number
     * @throws Refusal with the line, if the answer is an error
     */
    @Nullable Object call(Object... words);

    /**
     * What followers and files are told instead of the command itself; may be said several times.
     */
    void replicate(Object... words);
}
