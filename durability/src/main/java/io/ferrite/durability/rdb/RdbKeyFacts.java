package io.ferrite.durability.rdb;

/** What an RDB says about a key beside its value. Reusable. */
public final class RdbKeyFacts {

    /** Not said. */
    public static final long NONE = -1;

    private long expireAtMs = NONE;
    private boolean expires;
    private long idleSeconds = NONE;
    private int frequency = (int) NONE;

    void clear() {
        expires = false;
        expireAtMs = NONE;
        idleSeconds = NONE;
        frequency = (int) NONE;
    }

    boolean isClear() {
        return !expires && idleSeconds == NONE && frequency == NONE;
    }

    void setExpireAtMs(long atMs) {
        expires = true;
        expireAtMs = atMs;
    }

    void setIdleSeconds(long seconds) {
        idleSeconds = seconds;
    }

    void setFrequency(int counter) {
        frequency = counter;
    }

    public boolean expires() {
        return expires;
    }

    /** When the key expires, if it {@link #expires}; any number. */
    public long expireAtMs() {
        return expireAtMs;
    }

    /** For how long the key had not been used, or {@link #NONE}. */
    public long idleSeconds() {
        return idleSeconds;
    }

    /** The logarithmic counter of use, 0 to 255, or {@link #NONE}. */
    public int frequency() {
        return frequency;
    }
}
