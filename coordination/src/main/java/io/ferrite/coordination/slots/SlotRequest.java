package io.ferrite.coordination.slots;

import java.util.ArrayList;
import java.util.List;

/**
 * The wish of a node to be given slots of another one: asks for them, and asks again when a try
 * failed. The keys come by way of an import ({@link SlotImports}) that the other one begins.
 *
 * <pre>
 *   ASKING ──accepted──▶ WAITING ──established──▶ RECEIVING ──taken──▶ COMPLETED
 *      ▲                    │                        │
 *      │  after a rest      ▼ nothing comes          ▼ broken off
 *      └───────────────── RESTING ◀──────────────────┘        too often ──▶ FAILED
 * </pre>
 *
 * <p>It may be cancelled at any time before the slots were taken: then they never are. Every method
 * is one step; times are those of a clock that does not go back. One thread at a time.
 */
public final class SlotRequest {

    /** How far it is. */
    public enum Phase {
        ASKING,
        WAITING,
        RECEIVING,
        RESTING,
        COMPLETED,
        FAILED,
        CANCELED
    }

    /** How long an answer, or the first of what was promised, may take. */
    private static final long PATIENCE_MS = 15_000;

    private static final long FIRST_REST_MS = 500;
    private static final long LONGEST_REST_MS = 10_000;

    /** About a minute and a half: as long as an election of another owner takes, and some more. */
    static final int MOST_RETRIES = 12;

    private Phase phase = Phase.ASKING;
    private String lastError = "";
    private int retries;
    private long sinceMs;

    public Phase phase() {
        return phase;
    }

    /** Why the last try failed; empty if none has. */
    public String lastError() {
        return lastError;
    }

    /** Tries after the first one. */
    public int retries() {
        return retries;
    }

    public boolean isOver() {
        return phase.compareTo(Phase.COMPLETED) >= 0;
    }

    private List<RequestEffect> enter(Phase next, long nowMs, RequestEffect... effects) {
        phase = next;
        sinceMs = nowMs;
        return List.of(effects);
    }

    public List<RequestEffect> begin(long nowMs) {
        return enter(Phase.ASKING, nowMs, RequestEffect.ASK);
    }

    /** The owner gives the slots: it will begin to send them. */
    public List<RequestEffect> accepted(long nowMs) {
        return phase == Phase.ASKING
                ? enter(Phase.WAITING, nowMs, RequestEffect.HANG_UP)
                : List.of();
    }

    /** The owner refuses, or nobody was reached. */
    public List<RequestEffect> refused(String reason, long nowMs) {
        return phase == Phase.ASKING ? rest(reason, nowMs) : List.of();
    }

    /** The slots can't be asked for: they are several nodes', or this one's. */
    public List<RequestEffect> impossible(String reason) {
        return isOver() ? List.of() : end(Phase.FAILED, reason);
    }

    /** The import began. It may do so before the answer to the question is here. */
    public List<RequestEffect> established(long nowMs) {
        return phase == Phase.ASKING || phase == Phase.WAITING
                ? enter(Phase.RECEIVING, nowMs, RequestEffect.HANG_UP)
                : List.of();
    }

    /** The slots are this node's. */
    public List<RequestEffect> taken() {
        return isOver() ? List.of() : end(Phase.COMPLETED, lastError);
    }

    /** The import ended without success. */
    public List<RequestEffect> broken(String reason, long nowMs) {
        return phase == Phase.RECEIVING ? rest(reason, nowMs) : List.of();
    }

    private List<RequestEffect> rest(String reason, long nowMs) {
        lastError = reason;
        if (retries >= MOST_RETRIES) {
            return end(Phase.FAILED, reason);
        }
        return enter(Phase.RESTING, nowMs, RequestEffect.HANG_UP, RequestEffect.ABANDON);
    }

    /** Somebody wants it to end; nothing happens where it is too late. */
    public List<RequestEffect> cancel(String reason) {
        return isOver() ? List.of() : end(Phase.CANCELED, reason);
    }

    private List<RequestEffect> end(Phase how, String why) {
        List<RequestEffect> effects = new ArrayList<>(List.of(RequestEffect.HANG_UP));
        if (how != Phase.COMPLETED) {
            effects.add(RequestEffect.ABANDON);
        }
        effects.add(RequestEffect.END);
        phase = how;
        lastError = why;
        return effects;
    }

    /** Time passes. */
    public List<RequestEffect> tick(long nowMs) {
        long passed = nowMs - sinceMs;
        return switch (phase) {
            case ASKING ->
                    passed > PATIENCE_MS ? rest("the source does not answer", nowMs) : List.of();
            case WAITING ->
                    passed > PATIENCE_MS ? rest("the source sends nothing", nowMs) : List.of();
            case RESTING -> {
                long rest = Math.min(FIRST_REST_MS << Math.min(retries, 10), LONGEST_REST_MS);
                if (passed < rest) {
                    yield List.of();
                }
                retries++;
                yield enter(Phase.ASKING, nowMs, RequestEffect.ASK);
            }
            default -> List.of();
        };
    }
}
