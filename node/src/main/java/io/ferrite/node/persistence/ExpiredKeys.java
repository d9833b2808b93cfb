package io.ferrite.node.persistence;

import io.ferrite.memory.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys that a load dropped because their time had passed: followers still have them and have to be
 * told. For one thread.
 */
public final class ExpiredKeys {

    /** Beyond this followers had better get everything anew. */
    private static final long MOST_BYTES = 16 << 20;

    /** One of them. */
    public record Key(int database, byte[] name) {}

    private final List<Key> keys = new ArrayList<>();
    private long bytes;
    private boolean tooMany;

    void add(int database, Slice key) {
        bytes += key.length() + 64L;
        tooMany |= bytes > MOST_BYTES;
        if (!tooMany) {
            keys.add(new Key(database, key.toBytes()));
        }
    }

    /** Whether there were more than are kept. */
    boolean areTooMany() {
        return tooMany;
    }

    public List<Key> keys() {
        return keys;
    }
}
