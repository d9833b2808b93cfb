package io.ferrite.node.persistence;

import java.io.IOException;
import java.util.List;

/** The function libraries as files know them: each one's code, from its first line on. */
public interface FunctionLibraries {

    /** The code of every library. Called under all stripes. */
    List<byte[]> codes();

    /**
     * A library that a file holds.
     *
     * @param replace whether one of the same name gives way
     * @throws IOException if there is one already, or the code is not that of a library
     */
    void load(byte[] code, boolean replace) throws IOException;

    /** All data is replaced by what comes. */
    void clear();
}
