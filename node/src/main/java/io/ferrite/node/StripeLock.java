package io.ferrite.node;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The lock of one stripe: one compare-and-set to take when free, one plain store to let go. Not
 * re-entrant; a thread takes stripes in ascending order only.
 *
 * <p>Who finds it taken spins for about as long as a brief command takes, then lets others run,
 * then naps and looks again. Nobody is woken: letting go would have to ask whether somebody sleeps,
 * which costs every command a full fence, and a wake-up costs more than most commands hold a stripe
 * for. Where a stripe is held for long, a look every {@link #NAP_NANOS} costs next to nothing.
 */
final class StripeLock {

    private static final int SPINS = 256;
    private static final int YIELDS = 4;
    private static final long NAP_NANOS = 20_000;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(StripeLock.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** 0 when free, 1 when taken. */
    @SuppressWarnings("unused")
    private int state;

    /** Keeps two stripes' words on cache lines of their own. */
    @SuppressWarnings("unused")
    private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14;

    void lock(ExecutionGate gate, int stripe) {
        if (!STATE.compareAndSet(this, 0, 1)) {
            await(gate, stripe, false);
        }
    }

    /** As {@link #lock}, but false when a script has held the stripe for too long. */
    boolean lockUnlessOvertime(ExecutionGate gate, int stripe) {
        return STATE.compareAndSet(this, 0, 1) || await(gate, stripe, true);
    }

    private boolean await(ExecutionGate gate, int stripe, boolean givesUp) {
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
            if (tryLockIfFree()) {
                return true;
            }
        }
        for (int i = 0; i < YIELDS; i++) {
            Thread.yield();
            if (tryLockIfFree()) {
                return true;
            }
        }
        while (!tryLockIfFree()) {
            if (gate.isOvertime(stripe)) {
                if (givesUp) {
                    return false;
                }
                gate.waitsLong();
            }
            LockSupport.parkNanos(this, NAP_NANOS);
        }
        return true;
    }

    /** Looks before it tries, so that those who wait don't pull the word from each other. */
    private boolean tryLockIfFree() {
        return (int) STATE.getOpaque(this) == 0 && STATE.compareAndSet(this, 0, 1);
    }

    boolean tryLock() {
        return STATE.compareAndSet(this, 0, 1);
    }

    /** Lets go; what was written before is seen by the next who takes it. */
    void unlock() {
        STATE.setRelease(this, 0);
    }

    boolean isLocked() {
        return (int) STATE.getOpaque(this) != 0;
    }
}
