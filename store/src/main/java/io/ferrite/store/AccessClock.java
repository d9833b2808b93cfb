package io.ferrite.store;

/**
 * What the 24 access bits of an {@link Entry} mean and how an access changes them, as in Redis.
 *
 * <pre>
 *   LRU   | seconds, modulo 2^24                        |
 *   LFU   | minutes of the last decay u16 | counter u8  |   counter: logarithmic, 5 for a new key
 * </pre>
 *
 * <p>The time is set by whoever begins a unit of work. Several threads may do that and touch
 * entries at once: the fields are single words, and a lost step of the random state does no harm.
 */
public final class AccessClock {

    /** Where a key's counter begins, so that it is not at once the least used one. */
    public static final int LFU_INITIAL = 5;

    private static final int LRU_MASK = (1 << 24) - 1;
    private static final int MINUTES_MASK = (1 << 16) - 1;
    private static final int COUNTER_MAX = 255;

    private boolean lfu;
    private int logFactor = 10;
    private int decayMinutes = 1;
    private int seconds;
    private int minutes;
    private long random;

    public AccessClock(long seed) {
        random = seed | 1;
    }

    /**
     * Whether the bits are LFU's. Bits written the other way are read as if they were of this one.
     */
    public void configure(boolean lfu, int logFactor, int decayMinutes) {
        this.lfu = lfu;
        this.logFactor = logFactor;
        this.decayMinutes = decayMinutes;
    }

    public void setTime(long nowMs) {
        long nowSeconds = nowMs / 1000;
        seconds = (int) nowSeconds & LRU_MASK;
        minutes = (int) (nowSeconds / 60) & MINUTES_MASK;
    }

    public boolean isLfu() {
        return lfu;
    }

    /** The bits of a new key. */
    public int fresh() {
        return lfu ? minutes << 8 | LFU_INITIAL : seconds;
    }

    /** The bits of a key whose value was replaced: LFU goes on counting. */
    int overwritten(long entry) {
        return lfu ? Entry.access(entry) : seconds;
    }

    /** Counts an access. */
    public void touch(long entry) {
        int before = Entry.access(entry);
        int after = lfu ? minutes << 8 | incremented(decayed(before)) : seconds;
        // Most accesses change nothing, and leave the cache line clean.
        if (after != before) {
            Entry.setAccess(entry, after);
        }
    }

    /** Seconds since the last access, for OBJECT IDLETIME and LRU. */
    public int idleSeconds(long entry) {
        return seconds - Entry.access(entry) & LRU_MASK;
    }

    /** The counter as it stands after decay, for OBJECT FREQ and LFU. */
    public int frequency(long entry) {
        return decayed(Entry.access(entry));
    }

    /** Lets a key look idle for so long (RESTORE's IDLETIME). */
    public void setIdle(long entry, long idleSeconds) {
        Entry.setAccess(entry, (int) (seconds - idleSeconds) & LRU_MASK);
    }

    /** Lets a key look used so often (RESTORE's FREQ). */
    public void setFrequency(long entry, int frequency) {
        Entry.setAccess(entry, minutes << 8 | frequency & COUNTER_MAX);
    }

    private int decayed(int access) {
        int counter = access & COUNTER_MAX;
        int elapsed = minutes - (access >>> 8) & MINUTES_MASK;
        int periods = decayMinutes > 0 ? elapsed / decayMinutes : 0;
        return periods > counter ? 0 : counter - periods;
    }

    /** One more with a probability of 1 / ((counter - 5) * factor + 1). */
    private int incremented(int counter) {
        if (counter == COUNTER_MAX) {
            return counter;
        }
        int above = Math.max(0, counter - LFU_INITIAL);
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        double drawn = (random >>> 11) * 0x1.0p-53;
        return drawn < 1.0 / ((double) above * logFactor + 1) ? counter + 1 : counter;
    }
}
