package io.ferrite.node;

/** What happens to a {@link Link}; on its event loop. */
public interface LinkEvents {

    void opened(Link link);

    /** There is no connection: comes instead of {@link #opened}. */
    void failed(String reason);

    /**
     * Bytes are there; returns how many were consumed, the rest comes again with more behind it.
     */
    int received(long address, int length);

    /** What was sent has left, or most of it. */
    default void writable() {}

    /** The link is gone; comes once, last. */
    void closed();
}
