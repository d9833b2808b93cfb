package io.ferrite.server;

import io.ferrite.net.Connection;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Messages for a client that other threads leave for its event loop, in order for each of those
 * threads. Costs nothing until the first one comes.
 */
final class Inbox {

    private static final VarHandle MESSAGES;
    private static final VarHandle DUE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MESSAGES = lookup.findVarHandle(Inbox.class, "messages", Queue.class);
            DUE = lookup.findVarHandle(Inbox.class, "due", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Connection connection;
    private final Consumer<byte[]> reader;
    private volatile Queue<byte[]> messages;

    /** There may be messages, and a task is under way that takes them. */
    private volatile boolean due;

    /**
     * @param reader is shown each message, on the connection's event loop
     */
    Inbox(Connection connection, Consumer<byte[]> reader) {
        this.connection = connection;
        this.reader = reader;
    }

    /** Leaves a message. Any thread. */
    void add(byte[] message) {
        messages().add(message);
        if (DUE.compareAndSet(this, false, true)) {
            connection.execute(this::take);
        }
    }

    private Queue<byte[]> messages() {
        Queue<byte[]> there = messages;
        if (there != null) {
            return there;
        }
        Queue<byte[]> made = new ConcurrentLinkedQueue<>();
        return MESSAGES.compareAndSet(this, null, made) ? made : messages;
    }

    /**
     * Takes what has been left. Whoever saw a command of another thread answered and then sends one
     * here is told of what that command did first: so this comes before anything that was read.
     */
    void take() {
        if (!due) {
            return;
        }
        due = false; // before it is looked at: what comes from now on is announced again
        byte[] message;
        while ((message = messages.poll()) != null) {
            reader.accept(message);
        }
    }
}
