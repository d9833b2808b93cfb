package io.ferrite.coordination.log;

/**
 * A place in the stream that moves forward and shows the bytes behind it where they lie: from the
 * log's memory ({@link LogReader}), or from wherever else they are kept first.
 *
 * <p>One thread at a time; handing it to another thread needs a happens-before edge. {@link #lag}
 * may be called by any.
 */
public interface StreamSource extends AutoCloseable {

    /**
     * Looks for the next contiguous run.
     *
     * @param most the longest run wanted
     * @return its length, 0 if there is nothing to read now; the run is at {@link #address}
     */
    int peek(int most);

    /** Where the run lies that {@link #peek} found; valid until it is advanced past. */
    long address();

    /** The next {@code length} bytes have been dealt with. */
    void advance(int length);

    /** Whether nothing will come any more but what {@link #peek} still finds. */
    boolean isCut();

    /** Asks to be woken once when there is more; false if there is something to read already. */
    boolean arm();

    /** The same; it may wait until there are so many bytes. */
    default boolean arm(int least) {
        return arm();
    }

    /** How many bytes of memory are kept for this source, alone or among others. */
    long lag();

    @Override
    void close();
}
