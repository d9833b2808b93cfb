package io.ferrite.node;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** Every connected client by id. Thread-safe. */
public final class ClientRegistry {

    private final ConcurrentHashMap<Long, Session> byId = new ConcurrentHashMap<>();

    public void add(Session session) {
        byId.put(session.id(), session);
    }

    /** Adds a client unless there are {@code most} already; whether it did. */
    public synchronized boolean add(Session session, long most) {
        if (byId.size() >= most) {
            return false;
        }
        add(session);
        return true;
    }

    public void remove(Session session) {
        byId.remove(session.id());
    }

    public int size() {
        return byId.size();
    }

    /** The client with this id, or null. */
    public Session get(long id) {
        return byId.get(id);
    }

    /** All clients, oldest first. */
    public List<Session> all() {
        List<Session> sessions = new ArrayList<>(byId.values());
        sessions.sort((a, b) -> Long.compare(a.id(), b.id()));
        return sessions;
    }

    /** Ends a client: it is no longer listed when this returns, and its connection closes soon. */
    public void kill(Session session) {
        remove(session);
        ClientLink link = ClientLink.of(session);
        if (link == null) {
            session.outbox().close(false);
        } else {
            link.kill();
        }
    }

    /**
     * As {@link #kill(Session)}, from a unit that holds all stripes: who waits for a key gives up
     * its place before anybody can serve it.
     */
    public void kill(ExecutionUnit unit, Session session) {
        Blocking.Waiter waiter = session.waiter();
        if (waiter != null && !waiter.isDone()) {
            unit.engine().blocking().remove(waiter);
            waiter.request().close();
        }
        kill(session);
    }

    /** Memory of all clients of a type. */
    public long memoryBytes(ClientType type) {
        long bytes = 0;
        for (Session session : byId.values()) {
            if (ClientType.of(session) == type) {
                bytes += ClientMemory.total(session);
            }
        }
        return bytes;
    }
}
