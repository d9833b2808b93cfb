package io.ferrite.node;

/** A connection that this server made to another one. For the event loop's thread. */
public interface Link {

    /** Sends bytes at once. */
    void send(byte[] bytes);

    /** Ends the connection; {@link LinkEvents#closed} still comes. */
    void close();

    /** Presents no more bytes until {@link #resume}. */
    void pause();

    /** Presents what was held back or not consumed, and goes on. */
    void resume();

    /** Bytes sent that have not left yet. Any thread. */
    default long pendingBytes() {
        return 0;
    }

    String remoteText();

    String localText();
}
