package io.ferrite.net;

import java.security.cert.X509Certificate;

/** What a connection's bytes mean to somebody. All methods run on the connection's event loop. */
public interface ConnectionHandler {

    /**
     * Bytes are there: {@code [base + from, base + to)}. What is not consumed is presented again,
     * with more behind it and possibly at another base, but at the same offsets while {@code from}
     * stays the same byte.
     *
     * @return the offset behind the last byte consumed
     */
    int received(long base, int from, int to);

    /**
     * A lower bound of how many more bytes are needed, so that room is taken once; 0 if unknown.
     */
    default long wanted() {
        return 0;
    }

    /**
     * The connection is encrypted now; comes before any byte, and never where nothing is encrypted.
     *
     * @param peer the certificate of the peer, null if it showed none
     */
    default void encrypted(X509Certificate peer) {}

    /** Whether bytes may be presented while something occupies the event loop for long. */
    default boolean isServedMeanwhile() {
        return false;
    }

    /** The bytes read in one go have all been presented: flush what was written. */
    void readComplete();

    /** Everything written has left for the kernel, or the amount fell below the low mark. */
    default void writable() {}

    /** The connection is gone; comes once, last. */
    void closed();
}
