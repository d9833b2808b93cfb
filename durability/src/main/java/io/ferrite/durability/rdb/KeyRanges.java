package io.ferrite.durability.rdb;

import java.io.IOException;

/**
 * Lets others read keys while an {@link RdbReader} goes on: it is given stretches of the data that
 * hold whole keys and nothing else, for {@link RdbReader#readKeys}. Called on the reader's thread.
 */
public interface KeyRanges {

    /** Takes nothing. */
    KeyRanges NONE =
            new KeyRanges() {
                @Override
                public boolean wanted() {
                    return false;
                }

                @Override
                public void take(long address, int length, long position, boolean valkey) {}

                @Override
                public void settle() {}
            };

    /** Whether stretches are taken now; otherwise the reader reads all keys itself. */
    boolean wanted();

    /**
     * Takes a stretch, whose bytes are only there until this returns.
     *
     * @param position how many bytes of the whole lie before it
     * @param valkey whether types are numbered as Valkey does
     */
    void take(long address, int length, long position, boolean valkey) throws IOException;

    /** Returns when all that was taken is read; fails as the first of it that failed. */
    void settle() throws IOException;
}
