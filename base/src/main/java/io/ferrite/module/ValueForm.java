package io.ferrite.module;

/**
 * How values of a type stand in RDB files, in DUMP and in copies for followers: as numbers and
 * strings, one after the other. What is not overridden writes the bytes as one string, which is
 * right for values that mean the same on every machine and in every version.
 *
 * <p>Runs on any thread, several at the same time for different values.
 */
public interface ValueForm {

    /** Writes a value; it does not change meanwhile. */
    default void save(Value value, Parts.Writer out) {
        out.bytes(value.bytes(0, value.length()));
    }

    /**
     * Reads what {@link #save} of this or an older version wrote into an empty value.
     *
     * @throws Refusal if it is damaged
     */
    default void load(Parts.Reader in, int version, Value into) {
        byte[] bytes = in.bytes();
        into.resize(bytes.length);
        into.put(0, bytes);
    }
}
