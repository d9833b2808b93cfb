package io.ferrite.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what clients can make this process keep on the Java heap: subscriptions, watched keys,
 * commands that are queued or wait, and texts on their way. Data lives elsewhere, so the heap is
 * small, and a single request could fill it.
 *
 * <p>Sizes are estimates of what the objects take. Thread-safe; there is one heap, so all is
 * static.
 */
public final class HeapBudget {

    /**
     * A channel, pattern or watched key, besides its bytes: its place in the maps of both sides.
     */
    public static final int NAME_BYTES = 288;

    /** A queued command besides its arguments, which are not on the heap. */
    public static final int REQUEST_BYTES = 192;

    /** Half of the heap is for work, and for what is not counted. */
    private static final long LIMIT = Runtime.getRuntime().maxMemory() / 2;

    private static final AtomicLong USED = new AtomicLong();

    private static final CommandError FULL =
            CommandError.of(
                    "ERR not enough memory for so many or so long names, messages and queued"
                            + " commands; start the server with a larger heap");

    private HeapBudget() {}

    /** Refuses the command unless {@code bytes} more are to be had. Nothing is taken. */
    public static void require(long bytes) {
        if (!fits(bytes)) {
            throw FULL;
        }
    }

    /** Refuses the command unless there is room to work with a text of this length. */
    public static void requireText(long length) {
        require(4 * length);
    }

    public static boolean fits(long bytes) {
        return USED.get() + bytes <= LIMIT;
    }

    /** The refusal of a command that can't be queued, as an error line. */
    public static String refusal() {
        return FULL.getMessage();
    }

    /** Counts bytes as taken, whether or not there is room for them. */
    public static void take(long bytes) {
        USED.addAndGet(bytes);
    }

    /** Counts bytes as free again. */
    public static void give(long bytes) {
        USED.addAndGet(-bytes);
    }

    public static long of(ByteKey name) {
        return NAME_BYTES + name.bytes().length;
    }

    /** Bytes taken now. */
    public static long used() {
        return USED.get();
    }
}
