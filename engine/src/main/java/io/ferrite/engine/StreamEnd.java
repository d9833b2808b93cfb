package io.ferrite.engine;

/**
 * What a session becomes that is served a stream rather than replies: a follower. Attached to the
 * session ({@link Session#attach}); all methods run on the session's thread.
 */
public interface StreamEnd {

    /** The connection took what it had and can take more. */
    void writable();

    /** The client sent an empty line: it lives. */
    void blankLine();

    /** The connection is gone; comes once, last. */
    void closed();
}
