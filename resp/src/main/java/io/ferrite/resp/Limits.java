package io.ferrite.resp;

/**
 * What a decoder accepts. One instance is shared by the connections of a server, so that CONFIG SET
 * reaches all of them; it may be changed from any thread.
 */
public final class Limits {

    /** Redis' {@code proto-max-bulk-len}. */
    public static final long DEFAULT_MAX_BULK_BYTES = 512L << 20;

    /** A read buffer is addressed by {@code int}: a longer bulk could never be complete. */
    public static final long LARGEST_BULK_BYTES = Integer.MAX_VALUE - (1 << 20);

    public static final int DEFAULT_MAX_ARGUMENTS = Integer.MAX_VALUE;

    /** The longest inline request, and the longest line that may hold a length. */
    public static final int MAX_LINE_BYTES = 64 << 10;

    /** What a client that has not authenticated may send when it has to. */
    public static final int UNAUTHENTICATED_ARGUMENTS = 10;

    public static final int UNAUTHENTICATED_BULK_BYTES = 16 << 10;

    private volatile long maxBulkBytes = DEFAULT_MAX_BULK_BYTES;
    private volatile int maxArguments = DEFAULT_MAX_ARGUMENTS;

    public long maxBulkBytes() {
        return maxBulkBytes;
    }

    public Limits maxBulkBytes(long bytes) {
        maxBulkBytes = Math.min(bytes, LARGEST_BULK_BYTES);
        return this;
    }

    public int maxArguments() {
        return maxArguments;
    }

    public Limits maxArguments(int arguments) {
        maxArguments = arguments;
        return this;
    }
}
