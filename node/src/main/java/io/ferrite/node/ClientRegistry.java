package io.ferrite.node;

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
}
