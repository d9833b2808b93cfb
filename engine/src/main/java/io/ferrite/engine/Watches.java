package io.ferrite.engine;

import io.ferrite.memory.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys that sessions watch, by stripe. Every method is called under the stripe named, except {@link
 * #isEmpty}, which may be called under any lock that covers the stripe's keys.
 */
public final class Watches {

    /** One watched key of one session. */
    public static final class Watched {
        private final int database;
        private final ByteKey key;
        private final int stripe;
        private final boolean expiredAtWatch;

        Watched(int database, ByteKey key, int stripe, boolean expiredAtWatch) {
            this.database = database;
            this.key = key;
            this.stripe = stripe;
            this.expiredAtWatch = expiredAtWatch;
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

        /** The key was already past its expiry when it was watched, so its removal is no change. */
        public boolean expiredAtWatch() {
            return expiredAtWatch;
        }
    }

    private record Place(int database, ByteKey key) {}

    private final Map<Place, List<Session>>[] byStripe;

    @SuppressWarnings("unchecked")
    Watches(int stripes) {
        byStripe = (Map<Place, List<Session>>[]) new Map<?, ?>[stripes];
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
        if (!session.watched().add(new Watched(database, key, stripe, expired))) {
            return;
        }
        HeapBudget.take(HeapBudget.of(key));
        byStripe[stripe]
                .computeIfAbsent(new Place(database, key), place -> new ArrayList<>(1))
                .add(session);
    }

    /** Ends the watch of one key. */
    public void unwatch(Session session, Watched watched) {
        HeapBudget.give(HeapBudget.of(watched.key));
        Map<Place, List<Session>> places = byStripe[watched.stripe];
        Place place = new Place(watched.database, watched.key);
        List<Session> sessions = places.get(place);
        if (sessions != null) {
            sessions.remove(session);
            if (sessions.isEmpty()) {
                places.remove(place);
            }
        }
    }

    /** A key changed: whoever watches it may not execute. */
    public void touched(int stripe, int database, Slice key) {
        Map<Place, List<Session>> places = byStripe[stripe];
        if (places.isEmpty()) {
            return;
        }
        List<Session> sessions = places.get(new Place(database, ByteKey.of(key)));
        if (sessions != null) {
            for (Session session : sessions) {
                session.setWatchDirty(true);
            }
        }
    }

    /**
     * A whole database is emptied or exchanged: watchers of keys that exist in {@code before} or {@code
     * after} are touched.
     */
    public void touchedAll(int stripe, int database, java.util.function.Predicate<ByteKey> concerned) {
        byStripe[stripe].forEach(
                (place, sessions) -> {
                    if (place.database == database && concerned.test(place.key)) {
                        for (Session session : sessions) {
                            session.setWatchDirty(true);
                        }
                    }
                });
    }
}
