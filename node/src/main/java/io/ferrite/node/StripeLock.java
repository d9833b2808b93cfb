package io.ferrite.node;

import java.util.concurrent.locks.AbstractQueuedSynchronizer;

/**
 * The lock of one stripe: one compare-and-set to take when free, a short spin and then a queue when
 * not. Not re-entrant; a thread takes stripes in ascending order only.
 */
final class StripeLock extends AbstractQueuedSynchronizer {

    private static final long serialVersionUID = 1L;
    private static final int SPINS = 64;

    /** Keeps two stripes' words on cache lines of their own. */
    @SuppressWarnings("unused")
    private long p0, p1, p2, p3, p4, p5, p6, p7;

    @Override
    protected boolean tryAcquire(int unused) {
        return compareAndSetState(0, 1);
    }

    @Override
    protected boolean tryRelease(int unused) {
        setState(0);
        return true;
    }

    void lock() {
        if (compareAndSetState(0, 1)) {
            return;
        }
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
            if (getState() == 0 && compareAndSetState(0, 1)) {
                return;
            }
        }
        acquire(1);
    }

    boolean tryLock() {
        return compareAndSetState(0, 1);
    }

    void unlock() {
        release(1);
    }

    boolean isLocked() {
        return getState() != 0;
    }
}
