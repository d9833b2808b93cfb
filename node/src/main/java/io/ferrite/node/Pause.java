package io.ferrite.node;

import io.ferrite.engine.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * CLIENT PAUSE and the pauses of failovers and of the end: clients are held, not refused, until a
 * moment or until somebody ends it. Each purpose has a pause of its own, and what one holds the end
 * of another does not let go. Thread-safe.
 */
public final class Pause {

    /** Who pauses. */
    public enum Purpose {
        CLIENT("client_pause"),
        SHUTDOWN("shutdown_in_progress"),
        FAILOVER("failover_in_progress");

        private final String text;

        Purpose(String text) {
            this.text = text;
        }
    }

    private static final Purpose[] PURPOSES = Purpose.values();

    private final ServerState state;
    private Consumer<Boolean> listener = paused -> {};

    /** By purpose; 0 where there is none. */
    private final long[] endMs = new long[PURPOSES.length];

    private final boolean[] all = new boolean[PURPOSES.length];
    private final List<Session> held = new ArrayList<>();

    Pause(ServerState state) {
        this.state = state;
    }

    /** Is told when a pause begins or ends. Before the first client only. */
    void onChange(Consumer<Boolean> listener) {
        this.listener = listener;
    }

    /** As CLIENT PAUSE does. */
    public void begin(long nowMs, long endMs, boolean all) {
        begin(Purpose.CLIENT, nowMs, endMs, all);
    }

    /**
     * Pauses until {@code endMs}; a pause of the purpose in force is never shortened or weakened.
     */
    public synchronized void begin(Purpose purpose, long nowMs, long endMs, boolean all) {
        int i = purpose.ordinal();
        boolean running = this.endMs[i] > nowMs;
        this.endMs[i] = running ? Math.max(this.endMs[i], endMs) : endMs;
        this.all[i] = running ? this.all[i] || all : all;
        state.set(ServerState.PAUSED, true);
        listener.accept(true);
    }

    /** Whether a command is held now; {@code write} tells whether it could change data. */
    public synchronized boolean holds(long nowMs, boolean write) {
        for (int i = 0; i < PURPOSES.length; i++) {
            if (nowMs < endMs[i] && (all[i] || write)) {
                return true;
            }
        }
        return false;
    }

    /** Writes may not even be caused by time: expiry and eviction wait as well. */
    public synchronized boolean holdsWrites(long nowMs) {
        return state.is(ServerState.PAUSED) && nowMs < latestEnd();
    }

    private long latestEnd() {
        long latest = 0;
        for (long end : endMs) {
            latest = Math.max(latest, end);
        }
        return latest;
    }

    /** What held a session's request beside a pause may be over. */
    public void judgeAgain() {
        release();
    }

    /** A session's request has been held; it is told when the pause is over. */
    public void hold(Session session) {
        synchronized (this) {
            if (state.is(ServerState.PAUSED | ServerState.MOVING_KEYS)) {
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

    /** Ends the pauses whose time has come; who is held by none of the others goes on. */
    public void tick(long nowMs) {
        boolean ended = false;
        synchronized (this) {
            for (int i = 0; i < PURPOSES.length; i++) {
                if (endMs[i] != 0 && nowMs >= endMs[i]) {
                    endMs[i] = 0;
                    ended = true;
                }
            }
        }
        if (ended) {
            release();
        }
    }

    /** As CLIENT UNPAUSE does. */
    public void end() {
        end(Purpose.CLIENT);
    }

    /** Ends the pause of a purpose now; who is held by no other goes on. */
    public void end(Purpose purpose) {
        synchronized (this) {
            endMs[purpose.ordinal()] = 0;
        }
        release();
    }

    /** Those held are judged again: another pause may hold them still. */
    private void release() {
        List<Session> released;
        synchronized (this) {
            boolean still = latestEnd() != 0;
            state.set(ServerState.PAUSED, still);
            listener.accept(still);
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

    /** INFO's words for what is held. */
    public synchronized String kind() {
        if (!state.is(ServerState.PAUSED)) {
            return "none";
        }
        for (int i = 0; i < PURPOSES.length; i++) {
            if (endMs[i] != 0 && all[i]) {
                return "all";
            }
        }
        return "write";
    }

    /** INFO's words for who pauses, the one for longest where there are several. */
    public synchronized String reason() {
        Purpose longest = null;
        for (Purpose purpose : PURPOSES) {
            long end = endMs[purpose.ordinal()];
            if (end != 0 && (longest == null || end > endMs[longest.ordinal()])) {
                longest = purpose;
            }
        }
        return longest == null ? "none" : longest.text;
    }

    public synchronized long remainingMs(long nowMs) {
        return state.is(ServerState.PAUSED) ? Math.max(0, latestEnd() - nowMs) : 0;
    }
}
