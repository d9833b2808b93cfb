package io.ferrite.node;

/**
 * The only serialiser of data access in the process. A unit enters with the set of stripes that its
 * keys fall into, as a bit mask, and leaves with the same mask.
 *
 * <p>Stripes are taken in ascending order, so that no two units can wait for each other. With one
 * event loop a stripe is never contended.
 */
public final class ExecutionGate {

    /** More stripes than this do not fit a mask. */
    public static final int STRIPES_MAX = 64;

    private final StripeLock[] stripes;
    private final long all;

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
            stripes[stripe].lock();
            mask &= mask - 1;
        }
    }

    public void leave(long mask) {
        while (mask != 0) {
            int stripe = Long.numberOfTrailingZeros(mask);
            stripes[stripe].unlock();
            mask &= mask - 1;
        }
    }

    public void enterOne(int stripe) {
        stripes[stripe].lock();
    }

    public void leaveOne(int stripe) {
        stripes[stripe].unlock();
    }

    /** Takes one stripe if it is free. */
    public boolean tryEnterOne(int stripe) {
        return stripes[stripe].tryLock();
    }
}
