package io.ferrite.node;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The only serialiser of data access in the process. A unit enters with the set of stripes that its
 * keys fall into, as a bit mask, and leaves with the same mask.
 *
 * <p>Stripes are taken in ascending order, so that no two units can wait for each other. With one
 * event loop a stripe is never contended.
 *
 * <p>A script that runs for too long says so ({@link #overtime}). From then on commands of clients
 * that need its stripes are not kept waiting ({@link #enterUnlessOvertime}), and an event loop that
 * has to wait for other reasons looks after its connections meanwhile.
 */
public final class ExecutionGate {

    /** More stripes than this do not fit a mask. */
    public static final int STRIPES_MAX = 64;

    private final StripeLock[] stripes;
    private final long all;

    /** The stripes held by scripts that have run for too long. */
    private final AtomicLong overtime = new AtomicLong();

    private volatile Runnable onLongWait = () -> {};

    public ExecutionGate(int count) {
        if (count < 1 || count > STRIPES_MAX) {
            throw new IllegalArgumentException("stripes: " + count);
        }
        stripes = new StripeLock[count];
        for (int i = 0; i < count; i++) {
            stripes[i] = new StripeLock();
        }
        all = count == STRIPES_MAX ? -1L : (1L << count) - 1;
    }

    /** The mask of every stripe. */
    public long all() {
        return all;
    }

    public int count() {
        return stripes.length;
    }

    /** Takes the stripes of {@code mask}; 0 takes none. */
    public void enter(long mask) {
        while (mask != 0) {
            int stripe = Long.numberOfTrailingZeros(mask);
            stripes[stripe].lock(this, stripe);
            mask &= mask - 1;
        }
    }

    /** As {@link #enter}, but takes none and answers false when a script holds one for too long. */
    public boolean enterUnlessOvertime(long mask) {
        long rest = mask;
        while (rest != 0) {
            int stripe = Long.numberOfTrailingZeros(rest);
            if (!stripes[stripe].lockUnlessOvertime(this, stripe)) {
                leave(mask & ~rest);
                return false;
            }
            rest &= rest - 1;
        }
        return true;
    }

    /** As {@link #enterUnlessOvertime}, for one stripe. */
    public boolean enterOneUnlessOvertime(int stripe) {
        return stripes[stripe].lockUnlessOvertime(this, stripe);
    }

    public void leave(long mask) {
        while (mask != 0) {
            int stripe = Long.numberOfTrailingZeros(mask);
            stripes[stripe].unlock();
            mask &= mask - 1;
        }
    }

    public void enterOne(int stripe) {
        stripes[stripe].lock(this, stripe);
    }

    public void leaveOne(int stripe) {
        stripes[stripe].unlock();
    }

    // --- scripts that take too long
    // ---------------------------------------------------------------

    /** A script has held these stripes for too long, or ends now. */
    public void overtime(long mask, boolean begins) {
        overtime.updateAndGet(held -> begins ? held | mask : held & ~mask);
    }

    /** Whether a script has held this stripe for too long. */
    public boolean isOvertime(int stripe) {
        return (overtime.get() & 1L << stripe) != 0;
    }

    /** Whether there is any such script. */
    public boolean isAnyOvertime() {
        return overtime.get() != 0;
    }

    /** Sets what a thread does now and then while it waits for such a script. */
    void onLongWait(Runnable action) {
        onLongWait = action;
    }

    void waitsLong() {
        onLongWait.run();
    }

    /** Takes one stripe if it is free. */
    public boolean tryEnterOne(int stripe) {
        return stripes[stripe].tryLock();
    }
}
