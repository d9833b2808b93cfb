package io.ferrite.engine;

/** Where committed effects go: the one ordered log that files and followers read. */
public interface EffectSink {

    /** Whether anybody reads the log; when not, effects need not be encoded. */
    boolean active();

    /**
     * Appends encoded commands as one contiguous run. Called under the stripes of every key
     * concerned.
     *
     * @param database the database that the first command runs in
     * @param databaseAfter the database selected once the run has been applied
     * @return the log's end offset after the append
     */
    long append(int database, long address, int length, int databaseAfter);

    /**
     * As {@link #append}, for a run of which files do not get every byte.
     *
     * @param notForFiles where such bytes begin and end, counted from the run's first byte, in
     *     order; what is left is whole commands too
     */
    default long append(
            int database, long address, int length, int databaseAfter, int[] notForFiles) {
        return append(database, address, length, databaseAfter);
    }
}
