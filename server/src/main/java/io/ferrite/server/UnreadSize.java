package io.ferrite.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How much of a client's input waits, for others to read: written with every read of the
 * connection, so only as strongly as others need to see it some time.
 */
final class UnreadSize {

    private static final VarHandle BYTES;
    private static final VarHandle ROOM;
    private static final VarHandle ANNOUNCED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            BYTES = lookup.findVarHandle(UnreadSize.class, "bytes", int.class);
            ROOM = lookup.findVarHandle(UnreadSize.class, "room", int.class);
            ANNOUNCED = lookup.findVarHandle(UnreadSize.class, "announced", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private int bytes;
    private int room;
    private int announced;

    /** On the client's thread only. */
    void publish(int bytes, int capacity, long needed) {
        int left = Math.max(0, capacity - bytes);
        BYTES.setOpaque(this, bytes);
        ROOM.setOpaque(this, left);
        ANNOUNCED.setOpaque(this, Math.clamp(needed - left, 0, Integer.MAX_VALUE));
    }

    /** Any thread. */
    int bytes() {
        return (int) BYTES.getOpaque(this);
    }

    /** Room behind the bytes that is taken already. Any thread. */
    int room() {
        return (int) ROOM.getOpaque(this);
    }

    /** What the request that has begun will take beyond that room. Any thread. */
    int announced() {
        return (int) ANNOUNCED.getOpaque(this);
    }
}
