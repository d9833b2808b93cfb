package io.ferrite.node;

/**
 * Rates per second over the last samples, as INFO's instantaneous_ fields show them: sixteen
 * samples taken a tenth of a second apart. Written by one thread, read by any.
 */
final class Rates {

    private static final int SAMPLES = 16;
    static final int PERIOD_MS = 100;

    private final long[] perSecond = new long[SAMPLES];
    private int next;
    private long lastCount;
    private long lastMs;

    /** Takes a sample of a counter that only grows. */
    synchronized void sample(long count, long nowMs) {
        if (lastMs != 0 && nowMs > lastMs) {
            perSecond[next++ % SAMPLES] = Math.max(0, count - lastCount) * 1000 / (nowMs - lastMs);
        }
        lastCount = count;
        lastMs = nowMs;
    }

    synchronized long average() {
        long sum = 0;
        for (long sample : perSecond) {
            sum += sample;
        }
        return sum / SAMPLES;
    }
}
