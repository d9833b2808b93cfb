package io.ferrite.engine.tracking;

import io.ferrite.engine.ByteKey;
import io.ferrite.engine.Session;
import io.ferrite.engine.acl.User;
import io.ferrite.memory.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys that one event loop changed and that clients in broadcast mode are still to be told of: in
 * one message, once for each turn of the loop. For that loop's thread.
 */
public final class Broadcasts {

    /** Then they are told at once, so that no transaction fills the heap. */
    private static final int MOST_KEYS = 4096;

    /** Each key with the client that changed it last. */
    private final TreeMap<ByteKey, Session> changed = new TreeMap<>();

    private final Tracking tracking;
    private final Runnable due;

    /**
     * @param due called when there is something to tell that was not there before; {@link #flush}
     *     follows soon
     */
    public Broadcasts(Tracking tracking, Runnable due) {
        this.tracking = tracking;
        this.due = due;
    }

    void add(Tracking.Prefix[] prefixes, Slice key, Session by) {
        if (!concerns(prefixes, key)) {
            return;
        }
        boolean first = changed.isEmpty();
        changed.put(ByteKey.of(key), by);
        if (first) {
            due.run();
        } else if (changed.size() >= MOST_KEYS) {
            flush();
        }
    }

    private static boolean concerns(Tracking.Prefix[] prefixes, Slice key) {
        for (Tracking.Prefix prefix : prefixes) {
            if (prefix.fits(key)) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is anything to tell. */
    public boolean isDue() {
        return !changed.isEmpty();
    }

    /** Tells everybody what there is to tell. */
    public void flush() {
        if (changed.isEmpty()) {
            return;
        }
        for (Tracking.Prefix prefix : tracking.prefixes()) {
            tell(prefix);
        }
        changed.clear();
    }

    private void tell(Tracking.Prefix prefix) {
        List<byte[]> keys = keysFor(prefix, null, null);
        if (keys.isEmpty()) {
            return;
        }
        Invalidation toMost = Invalidation.ofKeys(keys);
        for (Session client : prefix.clients()) {
            ClientTracking wish = client.tracking();
            if (wish == null) {
                continue;
            }
            boolean noLoop = wish.is(ClientTracking.NOLOOP);
            User user = client.user();
            if (!noLoop && !user.isRestricted()) {
                tracking.send(null, client, wish, toMost);
                continue;
            }
            List<byte[]> others =
                    keysFor(prefix, noLoop ? client : null, user.isRestricted() ? user : null);
            if (!others.isEmpty()) {
                tracking.send(null, client, wish, Invalidation.ofKeys(others));
            }
        }
    }

    /**
     * The keys with a prefix.
     *
     * @param not who is not told of those that it changed last, or null
     * @param reader whose rights to read them count, or null
     */
    private List<byte[]> keysFor(
            Tracking.Prefix prefix, @Nullable Session not, @Nullable User reader) {
        List<byte[]> keys = new ArrayList<>();
        for (Map.Entry<ByteKey, Session> entry : changed.entrySet()) {
            byte[] key = entry.getKey().bytes();
            if ((not == null || entry.getValue() != not)
                    && prefix.fits(key)
                    && (reader == null || reader.rules().mayRead(key))) {
                keys.add(key);
            }
        }
        return keys;
    }
}
