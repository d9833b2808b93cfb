package io.ferrite.engine;

import io.ferrite.memory.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * The keys that sessions watch, by stripe. Every method is called under the stripe named, except
 * {@link #isEmpty}, which may be called under any lock that covers the stripe's keys.
 */
public final class Watches {

    /** One watched key of one session. */
    public static final class Watched {
        private final int database;
        private final ByteKey key;
        private final int stripe;
        private boolean stale;

        Watched(int database, ByteKey key, int stripe, boolean stale) {
            this.database = database;
            this.key = key;
            this.stripe = stripe;
            this.stale = stale;
        }

        public int database() {
            return database;
        }

        public ByteKey key() {
            return key;
        }

        public int stripe() {
            return stripe;
        }

        /** Equal to another watch of the same key, whatever was known of it then. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Watched watched
                    && watched.database == database
                    && watched.key.equals(key);
        }

        @Override
        public int hashCode() {
            return 31 * key.hashCode() + database;
        }

        /**
         * The key is past its expiry, but was so when it was watched: that it goes is no change.
         * Read and written under the key's stripe.
         */
        public boolean isStale() {
            return stale;
        }

        public void setStale(boolean stale) {
            this.stale = stale;
        }
    }

    private record Watcher(Session session, Watched watched) {}

    private record Place(int database, ByteKey key) {}

    private final Map<Place, List<Watcher>>[] byStripe;

    @SuppressWarnings("unchecked")
    Watches(int stripes) {
        byStripe = (Map<Place, List<Watcher>>[]) new Map<?, ?>[stripes];
        for (int i = 0; i < stripes; i++) {
            byStripe[i] = new HashMap<>();
        }
    }

    public boolean isEmpty(int stripe) {
        return byStripe[stripe].isEmpty();
    }

    /** Number of distinct keys watched in a stripe. */
    public int size(int stripe) {
        return byStripe[stripe].size();
    }

    /** Begins to watch; watching a key twice is watching it once. */
    public void watch(Session session, int database, ByteKey key, int stripe, boolean expired) {
        Watched watched = new Watched(database, key, stripe, expired);
        if (!session.watched().add(watched)) {
            return;
        }
        HeapBudget.take(HeapBudget.of(key));
        byStripe[stripe]
                .computeIfAbsent(new Place(database, key), place -> new ArrayList<>(1))
                .add(new Watcher(session, watched));
    }

    /** Ends all that a session watches. The caller holds the stripes of those keys. */
    public void unwatchAll(Session session) {
        for (Watched watched : session.watched()) {
            unwatch(session, watched);
        }
        session.watched().clear();
    }

    /** Ends the watch of one key. */
    public void unwatch(Session session, Watched watched) {
        HeapBudget.give(HeapBudget.of(watched.key));
        Map<Place, List<Watcher>> places = byStripe[watched.stripe];
        Place place = new Place(watched.database, watched.key);
        List<Watcher> watchers = places.get(place);
        if (watchers != null) {
            watchers.removeIf(watcher -> watcher.session == session);
            if (watchers.isEmpty()) {
                places.remove(place);
            }
        }
    }

    /**
     * A key changed: whoever watches it may not execute, except that the end of a stale key is no
     * change.
     *
     * @param gone whether there is no such key any more
     */
    public void touched(int stripe, int database, Slice key, BooleanSupplier gone) {
        Map<Place, List<Watcher>> places = byStripe[stripe];
        if (places.isEmpty()) {
            return;
        }
        List<Watcher> watchers = places.get(new Place(database, ByteKey.of(key)));
        if (watchers == null) {
            return;
        }
        for (Watcher watcher : watchers) {
            if (!watcher.watched.stale) {
                watcher.session.setWatchDirty(true);
            } else if (gone.getAsBoolean()) {
                watcher.watched.stale = false;
            }
        }
    }

    /** All watches of keys of a database, one after the other. */
    public void forEach(int stripe, int database, BiConsumer<Session, Watched> action) {
        byStripe[stripe].forEach((place, watchers) -> {
            if (place.database == database) {
                for (Watcher watcher : watchers) {
                    action.accept(watcher.session, watcher.watched);
                }
            }
        });
    }
}
