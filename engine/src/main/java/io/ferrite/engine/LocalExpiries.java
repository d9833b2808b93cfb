package io.ferrite.engine;

import io.ferrite.memory.Slice;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keys with an expiry that clients wrote to a follower which lets them (replica-read-only no). The
 * leader, which decides about all others, knows nothing of them, so the follower removes them
 * itself when their time has come.
 *
 * <p>Noted under a key's stripe by any event loop; walked by one. At most {@value #KEYS_MAX} keys
 * are noted, what is written beyond is only hidden once it has expired.
 */
public final class LocalExpiries {

    static final int KEYS_MAX = 1 << 16;

    /** A key of a database. */
    public record Place(int database, ByteKey key) {}

    private final Set<Place> places = ConcurrentHashMap.newKeySet();
    private Iterator<Place> walk = places.iterator();

    LocalExpiries() {}

    /** A client wrote to this key, which may have an expiry now. */
    void note(int database, Slice key) {
        ByteKey name = ByteKey.of(key);
        if (places.size() < KEYS_MAX
                && HeapBudget.fits(HeapBudget.of(name))
                && places.add(new Place(database, name))) {
            HeapBudget.take(HeapBudget.of(name));
        }
    }

    /** How many keys are noted. */
    public int count() {
        return places.size();
    }

    /** The next key of an endless walk, or null if there is none; for one event loop. */
    public Place next() {
        if (!walk.hasNext()) {
            walk = places.iterator();
        }
        return walk.hasNext() ? walk.next() : null;
    }

    /** There is nothing to do for a key any more. */
    public void forget(Place place) {
        if (places.remove(place)) {
            HeapBudget.give(HeapBudget.of(place.key()));
        }
    }

    /** This server leads, or its data is another's: nothing is its own any more. */
    public void clear() {
        for (Place place : places) {
            forget(place);
        }
    }
}
