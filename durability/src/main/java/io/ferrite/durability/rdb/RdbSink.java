package io.ferrite.durability.rdb;

import java.io.IOException;

/** Takes the bytes of an RDB as they are produced. */
public interface RdbSink {

    /** Takes all of these bytes before it returns; they are gone afterwards. */
    void write(long address, int length) throws IOException;
}
