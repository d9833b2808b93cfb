package io.ferrite.module;

/**
 * Writes a reply, in the client's version of the protocol. Exactly one has to be written; {@link
 * #array}, {@link #map} and {@link #set} are followed by their elements. Anything else is answered
 * with an error instead.
 */
public interface Reply {

    /** A short text without line ends, such as {@code OK}. */
    void status(String text);

    /** An error line; see {@link Refusal}. */
    void error(String line);

    void integer(long value);

    void bulk(byte[] bytes);

    /** A text as UTF-8. */
    void bulk(String text);

    void real(double value);

    void bool(boolean value);

    void nil();

    /** So many elements follow. */
    void array(int elements);

    /** So many keys, each with its value, follow. */
    void map(int pairs);

    /** So many elements follow. */
    void set(int elements);
}
