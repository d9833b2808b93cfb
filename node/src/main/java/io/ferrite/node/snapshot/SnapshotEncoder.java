package io.ferrite.node.snapshot;

import io.ferrite.durability.rdb.RdbOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Makes bytes of a keyspace's entries, into the capture that it was made with. One caller at a
 * time.
 */
interface SnapshotEncoder extends AutoCloseable {

    /**
     * Begins.
     *
     * @param version the lowest version of the RDB format that carries what is there
     */
    void begin(int version, Map<String, String> fields, List<byte[]> libraries) throws IOException;

    /** How many keys a database has. */
    void database(int index, long keys, long volatileKeys) throws IOException;

    /** The entry that is not whole yet, or 0. */
    long open();

    /** Begins an entry; says whether it is whole already. */
    boolean entry(int database, long entry) throws IOException;

    /** The entry that is not whole is to be read elsewhere from now on. */
    void goOnWith(long entry);

    /** Goes on with the entry that is not whole; says whether it is now. */
    boolean step() throws IOException;

    /** Writes the rest of the entry that is not whole, if there is one. */
    void finish() throws IOException;

    /** Passes what is in a buffer on. */
    void flush() throws IOException;

    /** The next entry says in which database it is. */
    void forgetDatabase();

    /** Ends what all that was captured has been written to. */
    void end(RdbOutput whole) throws IOException;

    /** How many bytes were made. */
    long written();

    @Override
    void close();
}
