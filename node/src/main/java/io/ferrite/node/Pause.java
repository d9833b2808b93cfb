package io.ferrite.node;

import io.ferrite.engine.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * CLIENT PAUSE and the pauses of failovers: clients are held, not refused, until a moment or until
 * somebody ends it. Thread-safe.
 */
public final class Pause {

    private final ServerState state;
    private Consumer<Boolean> listener = paused -> {};

    private long endMs;
    private boolean all;
    private final List<Session> held = new ArrayList<>();

    Pause(ServerState state) {
        this.state = state;
    }

    /** Is told when a pause begins or ends. Before the first client only. */
    void onChange(Consumer<Boolean> listener) {
        this.listener = listener;
    }

    /** Pauses until {@code endMs}; a pause in force is never shortened or weakened. */
    public synchronized void begin(long nowMs, long endMs, boolean all) {
        boolean running = state.is(ServerState.PAUSED) && this.endMs > nowMs;
        this.endMs = running ? Math.max(this.endMs, endMs) : endMs;
        this.all = running ? this.all || all : all;
        state.set(ServerState.PAUSED, true);
        listener.accept(true);
    }

    /** Whether a command is held now; {@code write} tells whether it could change data. */
    public synchronized boolean holds(long nowMs, boolean write) {
        return nowMs < endMs && (all || write);
    }

    /** Writes may not even be caused by time: expiry and eviction wait as well. */
    public synchronized boolean holdsWrites(long nowMs) {
        return state.is(ServerState.PAUSED) && nowMs < endMs;
    }

    /** A session's request has been held; it is told when the pause is over. */
    public void hold(Session session) {
        synchronized (this) {
            if (state.is(ServerState.PAUSED)) {
                held.add(session);
                return;
            }
        }
        session.outbox().answer(null); // it ended between the judgement and this call
    }

    /** A session that is gone waits for nothing. */
    public synchronized void forget(Session session) {
        held.remove(session);
    }

    /** Ends the pause when its time has come. */
    public void tick(long nowMs) {
        synchronized (this) {
            if (!state.is(ServerState.PAUSED) || nowMs < endMs) {
                return;
            }
        }
        end();
    }

    /** Ends the pause now and lets everybody go on. */
    public void end() {
        List<Session> released;
        synchronized (this) {
            state.set(ServerState.PAUSED, false);
            listener.accept(false);
            endMs = 0;
            released = new ArrayList<>(held);
            held.clear();
        }
        for (Session session : released) {
            session.outbox().answer(null);
        }
    }

    public synchronized int heldCount() {
        return held.size();
    }

    /** INFO's words for the pause in force. */
    public synchronized String kind() {
        return !state.is(ServerState.PAUSED) ? "none" : all ? "all" : "write";
    }

    public synchronized long remainingMs(long nowMs) {
        return state.is(ServerState.PAUSED) ? Math.max(0, endMs - nowMs) : 0;
    }
}
