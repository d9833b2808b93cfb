package io.ferrite.node.acl;

import io.ferrite.engine.acl.Denial;
import io.ferrite.engine.acl.Gatekeeper;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What was refused to whom, newest first. The same thing again within a minute counts up its entry
 * and brings it to the front. Thread-safe.
 */
final class AclLog {

    private static final long SAME_MS = 60_000;

    /** How many of the newest entries are compared with a new one. */
    private static final int COMPARED = 10;

    /** One refusal, or several of the same kind. Immutable. */
    record Entry(
            long count,
            Denial reason,
            Gatekeeper.Context context,
            String object,
            String user,
            String client,
            long id,
            long createdMs,
            long updatedMs) {

        private boolean isLike(Entry other) {
            return reason == other.reason
                    && context == other.context
                    && Math.abs(updatedMs - other.updatedMs) <= SAME_MS
                    && object.equals(other.object)
                    && user.equals(other.user);
        }

        private Entry again(Entry now) {
            return new Entry(
                    count + 1,
                    reason,
                    context,
                    object,
                    user,
                    now.client,
                    id,
                    createdMs,
                    now.updatedMs);
        }
    }

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long nextId;

    /**
     * Notes a refusal.
     *
     * @param most entries to keep
     */
    synchronized void add(
            Denial reason,
            Gatekeeper.Context context,
            String object,
            String user,
            String client,
            long nowMs,
            long most) {
        Entry entry = new Entry(1, reason, context, object, user, client, nextId, nowMs, nowMs);
        Entry same = takeSame(entry);
        if (same != null) {
            entries.addFirst(same.again(entry));
        } else if (most > 0) {
            nextId++;
            entries.addFirst(entry);
        }
        while (entries.size() > most) {
            entries.removeLast();
        }
    }

    private Entry takeSame(Entry entry) {
        Iterator<Entry> newest = entries.iterator();
        for (int i = 0; i < COMPARED && newest.hasNext(); i++) {
            Entry old = newest.next();
            if (old.isLike(entry)) {
                newest.remove();
                return old;
            }
        }
        return null;
    }

    /** The newest entries, at most so many. */
    synchronized List<Entry> newest(long count) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries) {
            if (found.size() >= count) {
                break;
            }
            found.add(entry);
        }
        return found;
    }

    synchronized void reset() {
        entries.clear();
    }
}
