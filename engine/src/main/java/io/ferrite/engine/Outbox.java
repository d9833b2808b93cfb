package io.ferrite.engine;

import io.ferrite.resp.ReplyWriter;
import java.util.function.Consumer;

/** The way back to a session's client, whatever carries it. Callable from any thread. */
public interface Outbox {

    /** Sends a complete, encoded message; messages from one thread arrive in order. */
    void push(byte[] message);

    /**
     * Ends a wait: on the session's thread, writes the reply that was owed and goes on with what
     * the client sent meanwhile.
     */
    void answer(Consumer<ReplyWriter> reply);

    /** Runs an action on the thread that serves this session. */
    void run(Runnable action);

    /** Closes the connection; what was pushed before is sent first when {@code flush} is set. */
    void close(boolean flush);

    /** Bytes waiting to be sent, for CLIENT LIST and the output buffer limits. */
    long pendingBytes();

    /**
     * Direct output for a session that is served a stream; only where a connection is behind it.
     */
    default Stream stream() {
        throw new UnsupportedOperationException("no stream to this client");
    }

    /** Bytes as they are, on the session's thread only. */
    interface Stream {

        void send(byte[] bytes);

        /** Copies the bytes before it returns. */
        void send(long address, int length);

        /**
         * Whether more can be sent without piling up; else {@link StreamEnd#writable} tells when.
         */
        boolean isWritable();

        void flush();

        /** Whether small packets leave at once, as long as this is a stream. */
        default void noDelay(boolean on) {}
    }
}
