package io.ferrite.coordination.slots;

import java.util.ArrayList;
import java.util.List;

/**
 * The end that gives slots away.
 *
 * <pre>
 *   CONNECTING ─▶ ESTABLISHING ─▶ COPYING ─▶ STREAMING ◀─────┐ too slow: thawed, tried again
 *                                               │ little left│
 *                                               ▼            │
 *                                            DRAINING ───────┘   frozen from here on
 *                                               │ all confirmed
 *                                               ▼
 *                                             TAKING ──lost──▶ ASKING    frozen until it is known
 *                                               │                │       who has them
 *               the view says: they are the target's             │ not taken, never will be
 *                                               ▼                ▼
 *                                           SUCCEEDED          FAILED
 * </pre>
 *
 * <p>The promise: from the moment the target may have taken the slots until it is certain that it
 * did or never will, nobody touches them here; and before that moment everything acknowledged here
 * has been confirmed there. So no two nodes accept writes to a slot at a time, and none is lost.
 * The one exception is stated at {@link #targetFailed}.
 *
 * <p>Every method is one step; times are those of a clock that does not go back. One thread at a
 * time.
 */
public final class SlotExport {

    /** How far it is. */
    public enum Phase {
        CONNECTING,
        ESTABLISHING,
        COPYING,
        STREAMING,
        DRAINING,
        TAKING,
        ASKING,
        SUCCEEDED,
        FAILED,
        CANCELLED
    }

    /**
     * Limits.
     *
     * @param answerMs how long the target may take to answer while nothing is frozen
     * @param frozenMs how long the slots may be frozen before the target is told to take them
     * @param retryMs how long to wait after that took too long, or between questions
     * @param nearBytes how little has to be left for the slots to be frozen
     */
    public record Limits(long answerMs, long frozenMs, long retryMs, long nearBytes) {

        /** Half of the pause that is promised: the rest is for the taking itself. */
        public static final Limits DEFAULT = new Limits(15_000, 100, 500, 256 << 10);
    }

    /** How often the distance at which the slots are frozen may be halved. */
    private static final int LEAST_NEAR = 32;

    private final Limits limits;

    /** How little has to be left now: less after each time that the rest took too long. */
    private long nearBytes;

    private Phase phase = Phase.CONNECTING;
    private String message = "";
    private boolean frozen;

    /** When the phase began, and when it may be left again for DRAINING. */
    private long sinceMs;

    private long notBeforeMs;
    private boolean linked;
    private boolean connecting;

    public SlotExport(Limits limits) {
        this.limits = limits;
        this.nearBytes = limits.nearBytes;
    }

    public Phase phase() {
        return phase;
    }

    /** Why it ended as it did; empty where there is nothing to say. */
    public String message() {
        return message;
    }

    /** Whether nobody may touch the slots. */
    public boolean isFrozen() {
        return frozen;
    }

    public boolean isOver() {
        return phase.compareTo(Phase.SUCCEEDED) >= 0;
    }

    private boolean isUndecided() {
        return phase == Phase.TAKING || phase == Phase.ASKING;
    }

    private void enter(Phase next, long nowMs) {
        phase = next;
        sinceMs = nowMs;
    }

    // --- inputs ----------------------------------------------------------------------------------

    public List<ExportEffect> begin(long nowMs) {
        enter(Phase.CONNECTING, nowMs);
        connecting = true;
        return List.of(ExportEffect.CONNECT);
    }

    /** There is a connection. */
    public List<ExportEffect> opened(long nowMs) {
        connecting = false;
        linked = true;
        if (phase == Phase.CONNECTING) {
            enter(Phase.ESTABLISHING, nowMs);
            return List.of(ExportEffect.ESTABLISH);
        }
        if (phase == Phase.ASKING) {
            sinceMs = nowMs;
            return List.of(ExportEffect.ASK);
        }
        return List.of();
    }

    /** The target is ready. */
    public List<ExportEffect> established(long nowMs) {
        if (phase != Phase.ESTABLISHING) {
            return List.of();
        }
        enter(Phase.COPYING, nowMs);
        return List.of(ExportEffect.COPY);
    }

    /** All that was there at the instant of the copy has been sent. */
    public List<ExportEffect> copied(long nowMs) {
        if (phase == Phase.COPYING) {
            enter(Phase.STREAMING, nowMs);
        }
        return List.of();
    }

    /** So much of what was written is not confirmed yet; told again and again while STREAMING. */
    public List<ExportEffect> behind(long bytes, long nowMs) {
        if (phase != Phase.STREAMING || bytes > nearBytes || nowMs < notBeforeMs) {
            return List.of();
        }
        enter(Phase.DRAINING, nowMs);
        frozen = true;
        return List.of(ExportEffect.FREEZE);
    }

    /** All that was written before the slots were frozen is confirmed. */
    public List<ExportEffect> drained(long nowMs) {
        if (phase != Phase.DRAINING) {
            return List.of();
        }
        enter(Phase.TAKING, nowMs);
        return List.of(ExportEffect.TAKE);
    }

    /** The target has the slots; the view will say so. */
    public List<ExportEffect> taken(long nowMs) {
        if (phase == Phase.ASKING) {
            sinceMs = nowMs;
        }
        return List.of();
    }

    /** The target, asked, has not taken the slots and never will. */
    public List<ExportEffect> notTaken() {
        return phase == Phase.ASKING ? end(Phase.FAILED, "the target lost track of it") : List.of();
    }

    /** The target answered with an error: also to TAKE, which then did nothing. */
    public List<ExportEffect> refused(String error) {
        return isOver() || phase == Phase.ASKING ? List.of() : end(Phase.FAILED, error);
    }

    /** There is no connection any more, or never was. */
    public List<ExportEffect> lost(String reason, long nowMs) {
        linked = false;
        connecting = false;
        if (isOver()) {
            return List.of();
        }
        if (isUndecided()) {
            enter(Phase.ASKING, nowMs);
            return List.of();
        }
        return end(Phase.FAILED, reason);
    }

    /** Something here went wrong, or makes it pointless: the data was flushed, say. */
    public List<ExportEffect> failed(String reason) {
        return isOver() || isUndecided() ? List.of() : end(Phase.FAILED, reason);
    }

    /** The view says that all of the slots are the target's. */
    public List<ExportEffect> given() {
        return isOver() ? List.of() : end(Phase.SUCCEEDED, "");
    }

    /** This node owns the slots no more, and neither does the target. */
    public List<ExportEffect> disowned() {
        return isOver() ? List.of() : end(Phase.FAILED, "the slots are somebody else's");
    }

    /**
     * The target has failed, as the majority sees it. Who waits for its answer waits no more: if it
     * took the slots in its last moment and comes back, or a replica of it does that knew, what was
     * written here since is lost.
     */
    public List<ExportEffect> targetFailed() {
        return isOver() ? List.of() : end(Phase.FAILED, "the target failed");
    }

    /** Somebody wants it to end; false when it is too late to say that it did not happen. */
    public boolean mayCancel() {
        return !isOver() && !isUndecided();
    }

    public List<ExportEffect> cancel() {
        return mayCancel() ? end(Phase.CANCELLED, "") : List.of();
    }

    /** Time passes; at least every 20 ms. */
    public List<ExportEffect> tick(long nowMs) {
        long passed = nowMs - sinceMs;
        switch (phase) {
            case CONNECTING, ESTABLISHING -> {
                if (passed > limits.answerMs) {
                    return end(Phase.FAILED, "the target does not answer");
                }
            }
            case DRAINING -> {
                if (passed > limits.frozenMs) {
                    enter(Phase.STREAMING, nowMs);
                    notBeforeMs = nowMs + limits.retryMs;
                    nearBytes = Math.max(nearBytes / 2, limits.nearBytes / LEAST_NEAR);
                    frozen = false;
                    return List.of(ExportEffect.THAW);
                }
            }
            case TAKING -> {
                if (passed > limits.answerMs) {
                    enter(Phase.ASKING, nowMs);
                    linked = false;
                    return List.of(ExportEffect.CLOSE);
                }
            }
            case ASKING -> {
                if (!linked && !connecting && passed >= limits.retryMs) {
                    sinceMs = nowMs;
                    connecting = true;
                    return List.of(ExportEffect.CONNECT);
                }
                if (linked && passed > limits.answerMs) {
                    sinceMs = nowMs;
                    linked = false;
                    return List.of(ExportEffect.CLOSE);
                }
            }
            default -> {}
        }
        return List.of();
    }

    private List<ExportEffect> end(Phase how, String why) {
        List<ExportEffect> effects = new ArrayList<>();
        phase = how;
        message = why;
        if (frozen) {
            frozen = false;
            effects.add(ExportEffect.THAW);
        }
        effects.add(ExportEffect.CLOSE);
        effects.add(ExportEffect.END);
        return effects;
    }
}
